import { promptText } from '@anymodel/core/verb'
import { expect, test } from 'vitest'
import { cutToBudget, filesInBudget } from './budget.ts'
import { fillFamilies, fillFamilyOf } from './families.ts'
import { toPrompt } from './prompt.ts'

const gap = { prefix: 'P', suffix: 'S', path: 'a.ts', language: 'typescript' }
const written = (id: string, more: object = {}) => {
  const family = fillFamilyOf(id)
  if (!family) throw new Error(`${id} has no family`)
  return promptText(toPrompt(family, { ...gap, ...more }))
}

test.each([
  ['bigcode/starcoder2-3b', '<fim_prefix>P<fim_suffix>S<fim_middle>'],
  ['Qwen/Qwen2.5-Coder-0.5B', '<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>'],
  ['codellama/CodeLlama-7b-hf', '<PRE> P <SUF>S <MID>'],
  ['deepseek-ai/deepseek-coder-1.3b-base', '<｜fim▁begin｜>P<｜fim▁hole｜>S<｜fim▁end｜>'],
  ['codestral-2508', '[SUFFIX]S[PREFIX]P'],
  ['google/codegemma-2b', '<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>'],
  ['ibm-granite/granite-4.0-h-tiny', '<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>'],
  ['ByteDance-Seed/Seed-Coder-8B-Base', '<[fim-suffix]>S<[fim-prefix]>P<[fim-middle]>'],
  ['mercury-coder', '<|file_sep|>a.ts\n<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>'],
  [
    'codegeex4-all-9b',
    '<|user|>\n###PATH:a.ts\n###LANGUAGE:typescript\n###MODE:BLOCK\n<|code_suffix|>S<|code_prefix|>P<|code_middle|><|assistant|>\n',
  ],
])('%s is asked in its own words', (id, prompt) => {
  expect(written(id)).toBe(prompt)
})

test.each([
  [
    'qwen2.5-coder',
    '<|repo_name|>project\n<|file_sep|>b.ts\nB\n<|file_sep|>a.ts\n<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>',
  ],
  ['starcoder2', '<file_sep>b.ts\nB<file_sep><fim_prefix>P<fim_suffix>S<fim_middle>'],
  ['codestral', '[SUFFIX]S[PREFIX]+++++ b.ts\nB\n\n+++++ a.ts\nP'],
  ['codellama', '<PRE> P <SUF>S <MID>'],
])('%s reads other files where its family has a form for them', (id, prompt) => {
  expect(written(id, { context: [{ path: 'b.ts', text: 'B' }] })).toBe(prompt)
})

test('a text that spells a marker stays a text', () => {
  for (const family of fillFamilies) {
    const { markers } = toPrompt(family, { prefix: '', suffix: '' })
    const { pieces } = toPrompt(family, { prefix: markers.join('x'), suffix: '' })
    const steps = family.template.filter((step) => 'marker' in step)
    expect(pieces.filter(({ type }) => type === 'marker')).toHaveLength(steps.length)
    const texts = pieces.filter(({ type }) => type === 'text')
    const safe = promptText({ pieces: texts, markers })
    expect(safe.length).toBeGreaterThan(0)
    expect(markers.filter((name) => safe.includes(name))).toEqual([])
  }
})

test('what stands around the gap is cut two to one, at lines, and what one side does not need the other gets', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index % 10}\n`).join('')
  const { prefix, suffix } = cutToBudget(lines(100), lines(100), 210)
  expect([prefix.length, suffix.length]).toEqual([133, 70])
  expect(lines(100).endsWith(prefix) && lines(100).startsWith(suffix)).toBe(true)
  expect(cutToBudget(lines(100), 'ab', 210).prefix).toHaveLength(203)
  expect(cutToBudget('ab', lines(100), 210).suffix).toHaveLength(203)
  expect(cutToBudget('', 'x'.repeat(10), 4)).toEqual({ prefix: '', suffix: 'xxxx' })
  expect(cutToBudget('😀😀', '😀', 3)).toEqual({ prefix: '😀', suffix: '' })
})

test('a file that does not fit is left out whole', () => {
  const file = (path: string, length: number) => ({ path, text: 'x'.repeat(length) })
  const files = [file('a', 4), file('b', 9), file('c', 4)]
  expect(filesInBudget(files, 10).map(({ path }) => path)).toEqual(['a', 'c'])
})
