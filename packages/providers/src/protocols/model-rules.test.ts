import { isAnyModelError, type TextCall, type Warning } from '@anymodel/core'
import { describe, expect, test } from 'vitest'
import { openaiModels } from '../openai-models.ts'
import { effortOf, knobsOf, ruleOf, whileReasoning } from './model-rules.ts'

const call = (more: Partial<TextCall>): TextCall => ({ messages: [], ...more })

describe("OpenAI's families", () => {
  const knobs = ['temperature', 'reasoning', 'stop', 'maxTokens'] as const

  test.each([
    ['gpt-4o-mini', ['temperature', 'stop', 'maxTokens']],
    ['gpt-5-chat-latest', ['temperature', 'stop', 'maxTokens']],
    ['gpt-5-mini', ['reasoning', 'maxTokens']],
    ['o4-mini', ['reasoning', 'maxTokens']],
    ['gpt-5.3-codex', ['reasoning', 'maxTokens']],
    ['gpt-6-luna', ['temperature', 'reasoning', 'maxTokens']],
    ['something-else', [...knobs]],
  ])('%s takes %j', (model, expected) => {
    expect(knobsOf(knobs, ruleOf(openaiModels, model))).toEqual(expected)
  })

  test.each([
    ['gpt-5-mini', 'none', 'minimal', 1],
    ['gpt-5.1', 'minimal', 'low', 1],
    ['gpt-5.1', 'max', 'high', 0],
    ['gpt-5.4', 'max', 'xhigh', 0],
    ['gpt-6-luna', 'max', 'max', 0],
    ['o3', 'none', 'low', 1],
  ] as const)('%s takes effort %s as %s', (model, asked, expected, warned) => {
    const warnings: Warning[] = []
    const target = { provider: 'openai', model }
    expect(effortOf(call({ reasoning: { effort: asked } }), ruleOf(openaiModels, model), target, warnings)).toBe(
      expected,
    )
    expect(warnings).toHaveLength(warned)
  })
})

describe('options that a model takes only while it does not reason', () => {
  const asked = call({ temperature: 0.5, maxTokens: 5 })
  const kept = (model: string, effort?: 'none' | 'low') => {
    const warnings: Warning[] = []
    const target = { provider: 'openai', model }
    return { ...whileReasoning(asked, ruleOf(openaiModels, model), effort, target, warnings), warnings }
  }

  test('stay when it does not, by itself or because it was told', () => {
    expect(kept('gpt-5.4').temperature).toBe(0.5)
    expect(kept('gpt-6-luna', 'none').temperature).toBe(0.5)
  })

  test('are left out with a warning when it does', () => {
    const { temperature, maxTokens, warnings } = kept('gpt-5.4', 'low')
    expect([temperature, maxTokens]).toEqual([undefined, 5])
    expect(warnings.map(({ option }) => option)).toEqual(['temperature'])
    expect(kept('gpt-6-luna').temperature).toBeUndefined()
  })

  test('are an error when the call wants that', () => {
    const run = () =>
      whileReasoning(
        { ...asked, onUnsupported: 'error' },
        ruleOf(openaiModels, 'gpt-6-luna'),
        'low',
        { provider: 'openai', model: 'gpt-6-luna' },
        [],
      )
    expect(run).toThrow(expect.toSatisfy((error) => isAnyModelError(error) && error.code === 'unsupported'))
  })
})
