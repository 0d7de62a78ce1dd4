import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AnyModelError, TextModel } from '@anymodel/core'
import { type Answer, mockModel } from '@anymodel/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { describe as describeConfig } from '../cli/description.ts'
import { type AnyModel, anymodel } from '../client.ts'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { testFile, testFolder } from '../testing/config-file.ts'

const answer: Answer = [
  { type: 'text', text: 'Hello.' },
  { type: 'finish', usage: { input: 10, output: 10 } },
]

async function client(config: Config): Promise<AnyModel> {
  const ai = await anymodel({ config })
  onTestFinished(() => ai.close())
  return ai
}

const ask = async (ai: AnyModel, model = 'chat', more: { temperature?: number; tags?: Record<string, string> } = {}) =>
  (await ai.generateText({ model, prompt: 'Hi.', maxTokens: 10, ...more })).text

const failed = (promise: Promise<unknown>): Promise<AnyModelError> =>
  promise.then(
    () => expect.unreachable('it must fail'),
    (error: AnyModelError) => error,
  )

/** Spends 20 tokens for each call; one may cost 29 at most. */
const budgets = { team: { limit: '80 tokens', per: '1d' } } as const

describe('limits', () => {
  test('a target’s requests per minute: the next model answers beyond that', async () => {
    const [first, second] = [mockModel(answer), mockModel('Second.', { id: 'second' })]
    const target = { model: first, rpm: 1 }
    const ai = await client({ models: { chat: { use: [target, second], timeouts: { total: '1m' } } } })
    expect([await ask(ai), await ask(ai)]).toEqual(['Hello.', 'Second.'])
  })

  test('are shared by the roles that name the model', async () => {
    const target = { model: mockModel(answer), rpm: 1 }
    const ai = await client({ models: { chat: { use: target }, other: { use: [target, mockModel('Second.')] } } })
    expect([await ask(ai), await ask(ai, 'other')]).toEqual(['Hello.', 'Second.'])
  })

  test('hold for embedding models, and so do budgets and caches', async () => {
    const embed = async () => ({ embeddings: [new Float32Array([1])], usage: { input: 1 }, warnings: [] })
    const embedding = { provider: 'mock', id: 'e', embed }
    const ai = await client({
      models: { vectors: { use: { model: embedding, rpm: 5 }, budget: 'team', cache: {} } },
      budgets,
    })
    await ai.embed({ model: 'vectors', value: 'x' })
    expect((await ai.embed({ model: 'vectors', value: 'x' })).usage).toMatchObject({ input: 0 })
  })
})

describe('budgets', () => {
  test('are spent by all roles that name them, also after the config was read again', async () => {
    const chat = { use: mockModel(answer), budget: 'team' }
    const ai = await client({ models: { chat, other: chat }, budgets })
    await ask(ai)
    await ask(ai, 'other')
    await ask(ai)
    expect(await failed(ask(ai, 'other'))).toMatchObject({ code: 'quota', providerCode: 'budget-exceeded' })
  })

  test('beyond them another role answers, which may name the same budget', async () => {
    const ai = await client({
      models: {
        chat: { use: mockModel(answer), budget: 'team' },
        small: { use: mockModel('Small.', { id: 'small' }), budget: 'team' },
      },
      budgets: { team: { ...budgets.team, onExceed: { role: 'small' } } },
    })
    const texts = []
    for (let calls = 0; calls < 6; calls++) texts.push(await ask(ai))
    expect(texts).toEqual(['Hello.', 'Hello.', 'Hello.', 'Small.', 'Small.', 'Small.'])
  })

  test('in dollars need a price: at the target, or by name; local models cost nothing', async () => {
    const read = async (more: string) =>
      describeConfig(
        await loadConfig(
          testFile(
            'anymodel.config.yaml',
            `budgets: { a: { limit: 20 usd, per: 1d } }\nmodels:\n  chat: { use: [groq/x, onnx/y], budget: a }\n${more}\n`,
          ),
        ),
      ).roles[0]
    const without = await read('')
    expect(without?.problem).toBe(
      'The budget a is in dollars, and the price of groq/x is not known. Set prices: { groq/x: { input: ..., output: ... } } (US dollars for a million tokens; or picture, second, characters, request), or a limit in tokens.',
    )
    const named = await read('prices: { groq/x: { input: 0.5, output: 1 } }')
    expect(named?.route).toBe('chat -> groq/x (budget a), else onnx/y (budget a)')
  })

  test('may be each tenant’s own', async () => {
    const chat = { use: mockModel(answer), budget: 'team' }
    const ai = await client({ models: { chat }, budgets: { team: { limit: '40 tokens', per: '1d', by: 'tenant' } } })
    await ask(ai, 'chat', { tags: { tenant: 'a' } })
    await failed(ask(ai, 'chat', { tags: { tenant: 'a' } }))
    await ask(ai, 'chat', { tags: { tenant: 'b' } })
  })
})

describe('caches', () => {
  const counting = () => mockModel((_, index) => `Answer ${index + 1}.`)

  test('are each role’s own: roles with other settings have other answers', async () => {
    const model = counting()
    const chat = { use: model, cache: { ttl: '10m' } } as const
    const ai = await client({ models: { chat, terse: { ...chat, defaults: { maxTokens: 5 } } } })
    expect([await ask(ai), await ask(ai), await ask(ai, 'terse')]).toEqual(['Answer 1.', 'Answer 1.', 'Answer 2.'])
  })

  test('a role with a temperature above 0 has none, unless that is asked for', async () => {
    const warm = { use: counting(), defaults: { temperature: 0.7 }, cache: {} }
    const any = { ...warm, use: counting(), cache: { anyTemperature: true } }
    const ai = await client({ models: { chat: warm, any } })
    expect([await ask(ai), await ask(ai)]).toEqual(['Answer 1.', 'Answer 2.'])
    expect([await ask(ai, 'chat', { temperature: 0 }), await ask(ai, 'chat', { temperature: 0 })]).toEqual([
      'Answer 3.',
      'Answer 3.',
    ])
    expect([await ask(ai, 'any'), await ask(ai, 'any')]).toEqual(['Answer 1.', 'Answer 1.'])
  })

  test('compare questions by the model that is named, or by the built-in one', async () => {
    const embed = async ({ values }: { values: readonly string[] }) => ({
      embeddings: values.map(() => new Float32Array([1, 0])),
      usage: { input: 1 },
      warnings: [],
    })
    const models: Config['models'] = {
      vectors: { provider: 'mock', id: 'e', embed },
      chat: { use: counting(), cache: { mode: 'semantic', embedding: { role: 'vectors' } } },
      local: { use: counting(), cache: { mode: 'semantic' } },
    }
    const ai = await client({ models })
    for (const model of ['chat', 'local']) {
      const of = async (prompt: string) => (await ai.generateText({ model, prompt })).response.cached?.by
      expect([await of('What is the time?'), await of('what’s the time')]).toEqual([undefined, 'semantic'])
    }
  })
})

describe('the state', () => {
  test('in SQLite is what the next process finds', async () => {
    const dir = testFolder()
    const config = (model: TextModel): Config => ({
      models: { chat: { use: model, budget: 'team', cache: {} } },
      budgets: { team: { limit: '60 tokens', per: '1d' } },
      state: { sqlite: join(dir, 'state.db') },
    })
    const first = await anymodel({ config: config(mockModel(answer)) })
    await ask(first)
    await first.close()
    expect(existsSync(join(dir, 'state.db'))).toBe(true)
    const second = await client(config(mockModel('Other.')))
    expect(await ask(second)).toBe('Hello.')
    expect((await failed(second.generateText({ model: 'chat', prompt: 'Another.', maxTokens: 20 }))).code).toBe('quota')
  })

  test('in a Redis that is not there: limits let calls through, budgets refuse, and both do as they are told', async () => {
    const chat = { use: { model: mockModel(answer), rpm: 5 } }
    const redis = 'redis://127.0.0.1:1'
    const ai = await client({
      models: { chat, paid: { ...chat, budget: 'team', retry: { attempts: 1 } } },
      budgets,
      state: { redis },
    })
    expect(await ask(ai)).toBe('Hello.')
    expect((await failed(ask(ai, 'paid'))).message).toContain('The state in Redis can')
    const lax = await client({
      models: { paid: { ...chat, budget: 'team' } },
      budgets,
      state: { redis, onError: 'allow' },
    })
    expect(await ask(lax, 'paid')).toBe('Hello.')
  })
})

describe('config check', () => {
  test('tells limits, budgets and caches', async () => {
    const text = `
budgets: { a: { limit: 2000000 tokens, per: 30d, onExceed: { role: small } } }
models:
  chat:
    use: [{ model: groq/x, rpm: 500, tpm: 200000, concurrency: 8 }, { role: small }]
    budget: a
    cache: { mode: exact, ttl: 10m }
  small: groq/y
`
    const [chat] = describeConfig(await loadConfig(testFile('anymodel.config.yaml', text))).roles
    expect(chat?.route).toBe(
      'chat -> groq/x (500 rpm; 200000 tpm; 8 at once; budget a), else groq/y (budget a); exact cache',
    )
  })

  test.each([
    ['chat: { use: groq/x, budget: b }', 'models.chat.budget names the budget b, which is not there.'],
    ['chat: { use: groq/x, cache: { embedding: { role: z } } }', 'names the role z, which is not there.'],
  ])('finds what leads nowhere: %s', async (role, message) => {
    const text = `budgets: { a: { limit: 5 usd, per: 1d } }\nmodels:\n  ${role}\n`
    await expect(loadConfig(testFile('anymodel.config.yaml', text))).rejects.toThrow(message)
  })
})
