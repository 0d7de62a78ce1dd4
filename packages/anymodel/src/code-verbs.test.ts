import { setTimeout as wait } from 'node:timers/promises'
import type { CodeCall, CodeModel, Part } from '@anymodel/core'
import { mistralFimWire, mockModel, modelServer } from '@anymodel/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type AnyModel, anymodel } from './client.ts'
import type { Config } from './config/config.ts'
import { AnyModelError } from './index.ts'

async function client(models: NonNullable<Config['models']>): Promise<AnyModel> {
  const ai = await anymodel({ config: { models } })
  onTestFinished(() => ai.close())
  return ai
}

/** A model that fills gaps with a text, in fragments, and records what it was asked. */
function filler(text: string, play: (call: number) => void | Promise<void> = () => {}) {
  const calls: CodeCall[] = []
  const model: CodeModel = {
    provider: 'mock',
    id: 'filler',
    supports: { input: 'parts', knobs: ['maxTokens', 'temperature', 'stop'] },
    async *fill(call): AsyncGenerator<Part, undefined, undefined> {
      await play(calls.push(call))
      for (const piece of text.match(/.{1,3}/gs) ?? []) yield { type: 'text', text: piece }
      yield { type: 'finish', reason: 'stop', usage: { output: 2 }, response: { provider: 'mock', model: 'filler' } }
      return undefined
    },
  }
  return Object.assign(model, { calls })
}

const gap = { prefix: 'const sum = (a, b) => ', suffix: '\n' }
const errorOf = (promise: Promise<unknown>): Promise<AnyModelError> =>
  promise.then(
    () => expect.fail('this should fail'),
    (error) => error as AnyModelError,
  )

describe('completing by name', () => {
  test('a role may be played by a model that fills gaps or by one that chats', async () => {
    const fills = filler('a + b')
    const chat = mockModel('<COMPLETION>a * b</COMPLETION>')
    const ai = await client({ autocomplete: fills, chat, alias: { use: { role: 'autocomplete' } } })
    expect((await ai.completeCode({ model: 'autocomplete', ...gap })).code).toBe('a + b')
    expect((await ai.completeCode({ model: 'alias', ...gap })).code).toBe('a + b')
    expect((await ai.completeCode({ model: 'chat', ...gap })).code).toBe('a * b')
    expect((await ai.completeCode({ model: () => fills, ...gap })).code).toBe('a + b')
    expect(fills.calls).toHaveLength(3)
    expect(chat.calls).toHaveLength(1)
  })

  test('a hosted model is asked in its own way where its id is of a family that fills gaps, in a chat otherwise', async () => {
    await using server = await modelServer(
      ({ path }) => (path.endsWith('/fim/completions') ? 'a + b' : '<COMPLETION>a * b</COMPLETION>'),
      {
        wires: [mistralFimWire],
      },
    )
    const ai = await anymodel({
      config: {
        providers: { mistral: { apiKey: 'test', baseURL: `${server.url}/v1` } },
        models: { autocomplete: 'mistral/codestral-latest', chat: 'mistral/mistral-large-latest' },
      },
    })
    onTestFinished(() => ai.close())
    expect((await ai.completeCode({ model: 'autocomplete', ...gap })).code).toBe('a + b')
    expect(server.requests.at(-1)?.body).toMatchObject({ prompt: gap.prefix, suffix: gap.suffix })
    expect((await ai.completeCode({ model: 'chat', ...gap })).code).toBe('a * b')
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/fim/completions', '/v1/chat/completions'])
  })

  test('a provider that is not there is named', async () => {
    const ai = await client({ code: filler('a') })
    const wrong = await errorOf(ai.completeCode({ model: 'nowhere/codestral', ...gap }))
    expect(wrong).toMatchObject({ code: 'config', message: expect.stringContaining('no provider "nowhere"') })
  })

  test('the built-in local model completes in a chat', { timeout: 60_000 }, async () => {
    const ai = await anymodel({ config: { models: { chat: 'onnx/smollm2-135m-instruct' } } })
    onTestFinished(() => ai.close())
    const { usage, response } = await ai.completeCode({ model: 'chat', ...gap, maxTokens: 12 })
    expect(response).toMatchObject({ provider: 'onnx', model: 'smollm2-135m-instruct' })
    expect(usage.output).toBeGreaterThan(0)
  })

  test('what the role sets counts, what the call says counts more, and what the model lacks is told once', async () => {
    const fills = filler('a + b')
    const ai = await client({ code: { use: fills, defaults: { maxTokens: 40, temperature: 0.5, topK: 3 } } })
    const { warnings } = await ai.completeCode({ model: 'code', ...gap, temperature: 0 })
    expect(fills.calls[0]).toMatchObject({ maxTokens: 40, temperature: 0 })
    expect(warnings.map(({ option }) => option)).toEqual(['topK'])
  })

  test('a completion is asked for again, and watched by the clocks of its role', async () => {
    const busy = filler('a + b', (call) => {
      if (call === 1) throw new AnyModelError('rate-limit', 'Slow down.', { retryAfter: 1 })
    })
    const silent = filler('', async () => wait(60_000, undefined, { ref: false }))
    const ai = await client({ busy, silent: { use: silent, timeouts: { firstContent: '20ms' } } })
    expect((await ai.completeCode({ model: 'busy', ...gap })).code).toBe('a + b')
    expect(busy.calls).toHaveLength(2)
    expect(await errorOf(ai.completeCode({ model: 'silent', ...gap }))).toMatchObject({ code: 'timeout' })
  })

  test('several models that fill gaps stand in for one another; with a chat model among them all are asked in a chat', async () => {
    const down = filler('', () => {
      throw new AnyModelError('server', 'Down.', { status: 503 })
    })
    const up = filler('a + b')
    const text = mockModel('<COMPLETION>a * b</COMPLETION>')
    const ai = await client({
      code: { use: [down, up], retry: { attempts: 1 }, defaults: { maxTokens: 40 } },
      mixed: { use: [text, up] },
    })
    expect(await ai.completeCode({ model: 'code', ...gap })).toMatchObject({ code: 'a + b' })
    expect([down.calls.length, up.calls.length, up.calls[0]?.maxTokens]).toEqual([1, 1, 40])
    // The one that failed rests: it is not asked again at once.
    await ai.completeCode({ model: 'code', ...gap })
    expect([down.calls.length, up.calls.length]).toEqual([1, 2])
    expect(await errorOf(ai.completeCode({ model: 'mixed', ...gap }))).toMatchObject({ code: 'config' })
  })

  test('a name that leads nowhere is an error of the call, of the stream and of the session', async () => {
    const ai = await client({ chat: mockModel('x') })
    for (const outcome of [
      ai.completeCode({ model: 'autocomplete', ...gap }),
      ai.streamCompletion({ model: 'autocomplete', ...gap }).result,
      ai.completionSession({ model: 'autocomplete' }).complete(gap),
      ai.editCode({ model: 'editor', files: [], instruction: 'x' }),
    ])
      expect(await errorOf(outcome)).toMatchObject({ code: 'config', message: expect.stringContaining('no role') })
  })

  test('a stream asks nobody before it is read, hands text over to all its readers, and is left in the middle', async () => {
    const fills = filler('a + b + c')
    const ai = await client({ code: fills })
    const stream = ai.streamCompletion({ model: 'code', ...gap })
    await wait(5)
    expect(fills.calls).toHaveLength(0)
    const read = async () => {
      let text = ''
      for await (const delta of stream.textStream) text += delta
      return text
    }
    const [one, other, { code }] = await Promise.all([read(), read(), stream.result])
    expect([one, other, code]).toEqual(['a + b + c', 'a + b + c', 'a + b + c'])
    expect(fills.calls).toHaveLength(1)
    for await (const part of ai.streamCompletion({ model: 'code', ...gap })) if (part.type === 'text') break
    const unread = ai.streamCompletion({ model: 'code', ...gap })[Symbol.asyncIterator]()
    expect(await unread.return?.()).toEqual({ done: true, value: undefined })
    expect(fills.calls).toHaveLength(2)
  })

  test('a session completes while the user types, and ends when it is closed', async () => {
    const fills = filler('a + b')
    const session = (await client({ code: fills })).completionSession({ model: 'code', debounce: 1 })
    expect((await session.complete(gap))?.code).toBe('a + b')
    expect((await session.complete({ ...gap, prefix: `${gap.prefix}a` }))?.code).toBe(' + b')
    expect(fills.calls).toHaveLength(1)
    session.close()
    expect(await errorOf(session.complete(gap))).toMatchObject({ code: 'aborted' })
  })
})

describe('the other verbs of code', () => {
  const file = { path: 'add.js', text: 'export const add = (a, b) => a - b\n' }
  const edit = ['add.js', '```js', '<<<<<<< SEARCH', file.text.trim(), '=======', 'ok', '>>>>>>> REPLACE', '```'].join(
    '\n',
  )

  test('take models by name', async () => {
    const ai = await client({
      editor: mockModel(edit),
      writer: mockModel('add.test.js\n```js\nassert(true)\n```\n'),
      reader: mockModel(['{"summary":"adds","parts":[]}', '{"summary":"fine","findings":[]}']),
    })
    const asked = { model: 'editor', files: [file], instruction: 'Mend it.', format: 'search-replace' } as const
    expect((await ai.editCode(asked)).files).toEqual([{ path: 'add.js', text: 'ok\n' }])
    const events: string[] = []
    for await (const { type } of ai.streamEdit(asked)) events.push(type)
    expect(events).toContain('edit-end')
    expect((await ai.generateCode({ model: 'writer', instruction: 'Tests.' })).files).toHaveLength(1)
    expect((await ai.streamCode({ model: 'writer', instruction: 'Tests.' }).result).code).toBe('assert(true)\n')
    expect((await ai.writeTests({ model: 'writer', files: [file], framework: 'vitest' })).files[0]?.path).toBe(
      'add.test.js',
    )
    expect((await ai.translateCode({ model: 'writer', code: 'x', to: 'javascript' })).code).toBe('assert(true)\n')
    expect((await ai.explainCode({ model: 'reader', code: file.text })).summary).toBe('adds')
    expect((await ai.reviewCode({ model: 'reader', files: [file] })).summary).toBe('fine')
  })

  test('verified code takes all of its models by name', async () => {
    const wrong = mockModel('```js\nconst add = (a, b) => a - b\n```')
    const right = mockModel('```js\nconst add = (a, b) => a + b\n```')
    const ai = await client({ small: wrong, large: right, judge: mockModel('9') })
    const options = {
      task: 'Write a function add(a, b).',
      language: 'javascript',
      tests: { entryPoint: 'add', cases: [{ input: [1, 2], output: 3 }] },
      samples: 2,
      repairs: 0,
    }
    const result = await ai.generateVerifiedCode({
      ...options,
      models: ['small', 'large'],
      inputModel: 'large',
      judge: 'judge',
    })
    expect(result).toMatchObject({ passed: true, code: 'const add = (a, b) => a + b\n' })
    const stream = ai.streamVerifiedCode({ ...options, model: 'small', samples: 1 })
    const types: string[] = []
    for await (const { type } of stream) types.push(type)
    expect(types).toContain('attempt-end')
    expect(await stream.result).toMatchObject({ passed: false })
    expect(await errorOf(ai.generateVerifiedCode({ ...options, model: 'nobody' }))).toMatchObject({ code: 'config' })
  })

  test('verified code costs what the prices of the config say, in US dollars, and ends with its budget', async () => {
    const wrong = mockModel([
      { type: 'text', text: '```js\nconst add = (a, b) => a - b\n```' },
      { type: 'finish', usage: { input: 100_000, output: 50_000 } },
    ])
    const ai = await anymodel({
      config: { models: { small: wrong }, prices: { 'mock/mock': { input: 1, output: 2 } } },
    })
    onTestFinished(() => ai.close())
    const options = {
      model: 'small',
      task: 'Write a function add(a, b).',
      language: 'javascript',
      tests: { entryPoint: 'add', cases: [{ input: [1, 2], output: 3 }] },
      samples: 8,
      repairs: 0,
    }
    const { evidence } = await ai.generateVerifiedCode({ ...options, budget: { cost: 0.3 } })
    // Some run at once.
    expect(wrong.calls.length).toBeLessThan(8)
    expect([evidence.stopped, evidence.cost]).toEqual(['cost', expect.closeTo(0.2 * wrong.calls.length)])
    const before = wrong.calls.length
    const own = await ai.generateVerifiedCode({ ...options, budget: { cost: 5, costOf: () => 5 } })
    expect([own.evidence.stopped, own.evidence.cost]).toEqual(['cost', 5 * (wrong.calls.length - before)])
  })

  test('a role with a model for gaps has no text to give', async () => {
    const ai = await client({ code: filler('a') })
    expect(await errorOf(ai.editCode({ model: 'code', files: [file], instruction: 'x' }))).toMatchObject({
      code: 'config',
      message: expect.stringContaining('"code" has no text model: it has code.'),
    })
  })
})
