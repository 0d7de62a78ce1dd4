// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the config's own notation
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { faultServer, healthyAnswer, mockModel, modelServer } from '@anymodel/testing'
import { afterEach, describe, expect, expectTypeOf, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { type AnyModel, type AnyModelOptions, anymodel } from './client.ts'
import { AnyModelError, tool, type VideoEvent, type VideoModel } from './index.ts'
import { testFile, testFolder } from './testing/config-file.ts'

afterEach(() => void vi.unstubAllEnvs())

async function client(options: AnyModelOptions): Promise<AnyModel> {
  const ai = await anymodel(options)
  onTestFinished(() => ai.close())
  return ai
}

async function server(...args: Parameters<typeof modelServer>) {
  const server = await modelServer(...args)
  onTestFinished(() => server.close())
  return server
}

const prompt = 'Say hello.'
const errorOf = (promise: Promise<unknown>): Promise<AnyModelError> =>
  promise.then(
    () => expect.fail('this should fail'),
    (error) => error as AnyModelError,
  )

describe('one line of config', () => {
  /** The application: it names a role, and nothing else. */
  async function application(config: string): Promise<{ text: string; provider: string }> {
    await using ai = await anymodel({ config })
    const stream = ai.streamText({ model: 'chat', prompt, maxTokens: 12, temperature: 0 })
    let text = ''
    for await (const delta of stream.textStream) text += delta
    const { response, finishReason, usage } = await stream.result
    expect(['stop', 'length']).toContain(finishReason)
    expect(usage.output).toBeGreaterThan(0)
    return { text, provider: response.provider }
  }

  test('brings the same code from a hosted model to the built-in local one', { timeout: 60_000 }, async () => {
    const hosted = await server([
      { type: 'text', text: 'Hello from afar.' },
      { type: 'finish', usage: { input: 3, output: 4 } },
    ])
    vi.stubEnv('GROQ_API_KEY', 'test')
    const config = (chat: string) => `
models:
  chat: ${chat}
providers:
  groq: { apiKey: \${GROQ_API_KEY}, baseURL: ${hosted.url}/v1 }
  local: { type: onnx }
`
    const path = testFile('anymodel.config.yaml', config('groq/llama'))
    expect(await application(path)).toEqual({ text: 'Hello from afar.', provider: 'groq' })
    writeFileSync(path, config('local/smollm2-135m-instruct'))
    const local = await application(path)
    expect(local.provider).toBe('onnx')
    expect(local.text).not.toBe('')
    expect(hosted.requests).toHaveLength(1)
  })
})

describe('a role with several models', () => {
  const faults = async () => {
    const server = await faultServer({ stall: 400, retryAfter: 5_000 })
    onTestFinished(() => server.close())
    vi.stubEnv('GROQ_API_KEY', 'test')
    const providers = {
      groq: { baseURL: `${server.url}/v1` },
      second: { type: 'groq', baseURL: `${server.url}/v1` },
    } as const
    return { server, providers }
  }

  test('answers while one of them does, and goes on where one broke off', async () => {
    const { server, providers } = await faults()
    const use = ['groq/limited-seconds', { role: 'cut' }, { role: 'healthy' }] as const
    const ai = await client({
      config: {
        providers,
        models: {
          chat: { use, onBreak: 'continue', retry: { attempts: 1 }, defaults: { maxTokens: 99 } },
          cut: 'groq/cut',
          healthy: 'second/healthy',
        },
      },
    })
    const stream = ai.streamText({ model: 'chat', prompt })
    let text = ''
    for await (const delta of stream.textStream) text += delta
    const { attempts, response } = await stream.result
    expect(text).toBe(healthyAnswer)
    expect(response.model).toBe('healthy')
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['rate-limit', 'network', 'ok'])
    expect(server.log().map(({ request }) => request.body.max_completion_tokens)).toEqual([99, 99, 99])
  })

  test('has one owner of retries: a service sees what `attempts` says', async () => {
    const { server, providers } = await faults()
    const use = ['groq/status-503', 'second/status-503@b'] as const
    const ai = await client({ config: { providers, models: { chat: { use, retry: { attempts: 2 } } } } })
    const { message } = await errorOf(ai.generateText({ model: 'chat', prompt }))
    expect(message).toContain('4 attempts failed')
    expect(server.log('status-503')).toHaveLength(2)
    expect(server.log('status-503@b')).toHaveLength(2)
  })

  test('has models of its own for what is too long and for what was filtered', async () => {
    const { server, providers } = await faults()
    const lists = { onContextOverflow: ['groq/healthy@large'], onContentFilter: ['groq/healthy@free'] } as const
    const models = { long: { use: 'groq/context-length', ...lists }, bad: { use: 'groq/content-filter', ...lists } }
    const ai = await client({ config: { providers, models } })
    expect((await ai.generateText({ model: 'long', prompt })).response.model).toBe('healthy@large')
    expect((await ai.generateText({ model: 'bad', prompt })).response.model).toBe('healthy@free')
    expect(server.requests).toHaveLength(4)
  })

  test('stays within its clocks: each model has its own, the call has one', async () => {
    const { server, providers } = await faults()
    const use = ['groq/silent', 'second/healthy'] as const
    const timeouts = { firstContent: '100ms', total: '10s' }
    const ai = await client({ config: { providers, models: { chat: { use, timeouts } } } })
    expect((await ai.generateText({ model: 'chat', prompt })).text).toBe(healthyAnswer)
    expect(server.log('silent')).toHaveLength(1)
  })

  test('may end with the built-in local model', { timeout: 60_000 }, async () => {
    const { providers } = await faults()
    const use = ['groq/status-401', 'second/cut', 'local/smollm2-135m-instruct'] as const
    const ai = await client({
      config: {
        providers: { ...providers, local: { type: 'onnx' } },
        models: { chat: { use, onBreak: 'continue', retry: { attempts: 1 } } },
      },
    })
    const { text, response, attempts } = await ai.generateText({ model: 'chat', prompt, maxTokens: 8 })
    const delivered = healthyAnswer.slice(0, healthyAnswer.indexOf(' where'))
    expect(text.startsWith(delivered)).toBe(true)
    expect(text.length).toBeGreaterThan(delivered.length)
    expect(response.provider).toBe('onnx')
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['auth', 'network', 'ok'])
  })

  test('of any kind goes on to the next one; what is set about broken answers is for text', async () => {
    const down = { provider: 'down', id: 'v', embed: () => Promise.reject(new AnyModelError('server', 'Down.')) }
    const up = {
      provider: 'up',
      id: 'v',
      embed: async () => ({ embeddings: [Float32Array.of(1)], usage: {}, warnings: [] }),
    }
    const use = [down, up]
    const models = { vectors: { use, retry: { attempts: 1 } }, strict: { use, onBreak: 'continue' } } as const
    const ai = await client({ config: { models } })
    expect([...(await ai.embed({ model: 'vectors', value: 'a' })).embedding]).toEqual([1])
    const { message } = await errorOf(ai.embed({ model: 'strict', value: 'a' }))
    expect(message).toContain('The role strict sets onBreak')
  })
})

describe('a role', () => {
  test('gives its defaults to calls, which may override them', async () => {
    const model = mockModel('hi')
    const ai = await client({
      config: { models: { chat: { use: model, defaults: { temperature: 0.2, maxTokens: 9 } } } },
    })
    await ai.generateText({ model: 'chat', prompt, temperature: 1 })
    expect(model.calls[0]).toMatchObject({ temperature: 1, maxTokens: 9 })
  })

  test('says which default its model lacks, or refuses it when asked to', async () => {
    const model = mockModel('hi', { supports: { knobs: ['seed'] } })
    const ai = await client({ config: { models: { chat: { use: model, defaults: { topK: 3, seed: 1 } } } } })
    const { text, warnings } = await ai.generateText({ model: 'chat', prompt })
    expect(text).toBe('hi')
    expect(warnings).toEqual([
      { option: 'topK', message: 'mock/mock does not support topK, a default of the config: it was left out.' },
    ])
    expect(model.calls[0]).not.toHaveProperty('topK')
    const error = await errorOf(ai.generateText({ model: 'chat', prompt, onUnsupported: 'error' }))
    expect(error.code).toBe('unsupported')
  })

  test('is asked again up to the attempts of its retry, counted at the server', async () => {
    const hosted = await server({ error: { status: 500, message: 'oops' } })
    const config = (attempts?: number) => ({
      providers: { groq: { apiKey: 'test', baseURL: `${hosted.url}/v1` } },
      models: { chat: { use: 'groq/x', ...(attempts ? { retry: { attempts } } : {}) } },
    })
    const once = await client({ config: config(1) })
    await errorOf(once.generateText({ model: 'chat', prompt }))
    expect(hosted.requests).toHaveLength(1)

    hosted.reply({ error: { status: 500, message: 'oops' } }, 'Fine.')
    const byDefault = await client({ config: config() })
    const { text, attempts } = await byDefault.generateText({ model: 'chat', prompt })
    expect(text).toBe('Fine.')
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['server', 'ok'])
  })

  test('has the clocks of its timeouts', async () => {
    const hosted = await server(async () => new Promise<string>(() => {}))
    const ai = await client({
      config: {
        providers: { groq: { apiKey: 'test', baseURL: `${hosted.url}/v1` } },
        models: {
          chat: { use: 'groq/x', timeouts: { headers: '50ms' } },
          all: { use: 'groq/x', timeouts: { total: '50ms' } },
        },
      },
    })
    expect(await errorOf(ai.generateText({ model: 'chat', prompt }))).toMatchObject({
      code: 'timeout',
      clock: 'headers',
    })
    expect(await errorOf(ai.generateText({ model: 'all', prompt }))).toMatchObject({ code: 'timeout', clock: 'total' })
  })

  test('is overridden by ANYMODEL_<ROLE>', async () => {
    const hosted = await server('from the environment')
    vi.stubEnv('ANYMODEL_CHAT', 'groq/other')
    vi.stubEnv('GROQ_API_KEY', 'test')
    vi.stubEnv('GROQ_BASE_URL', `${hosted.url}/v1`)
    const ai = await client({ config: { models: { chat: mockModel('from the config') } } })
    expect((await ai.generateText({ model: 'chat', prompt })).text).toBe('from the environment')
    expect(hosted.requests[0]?.body).toMatchObject({ model: 'other' })
  })
})

describe('names', () => {
  test('a role, provider/model and a model object all work, in every verb', async () => {
    const hosted = await server('{"a":1}')
    const ai = await client({
      config: {
        providers: { own: { type: 'openai-compatible', baseURL: `${hosted.url}/v1` } },
        models: { chat: 'own/a' },
      },
    })
    const schema = z.object({ a: z.number() })
    for (const model of ['chat', 'own/b', mockModel('{"a":1}'), await ai.model('chat')]) {
      expect((await ai.generateText({ model, prompt })).text).toBe('{"a":1}')
      expect((await ai.streamText({ model, prompt }).result).text).toBe('{"a":1}')
      expect((await ai.generateObject({ model, prompt, schema })).object).toEqual({ a: 1 })
      expect((await ai.streamObject({ model, prompt, schema }).result).object).toEqual({ a: 1 })
    }
  })

  test.each([
    ['smal', 'There is no role "smal" in config. Did you mean small?'],
    ['constructor', 'There is no role "constructor" in config.'],
    ['goq/x', 'There is no provider "goq" in config. Did you mean groq?'],
    ['/x', 'The role /x must be provider/model'],
  ])('%s leads nowhere: an error of the call that says what there is', async (model, message) => {
    const ai = await client({ config: { models: { small: 'groq/x' } } })
    for (const call of [
      () => ai.generateText({ model, prompt }),
      () => ai.streamText({ model, prompt }).result,
      () => ai.generateObject({ model, prompt, schema: {} }),
      () => ai.streamObject({ model, prompt, schema: {} }).result,
      () => ai.model(model),
    ]) {
      const error = await errorOf(call())
      expect(error.code).toBe('config')
      expect(error.message).toContain(message)
    }
  })

  test('a call without a model is told so', async () => {
    const ai = await client({ config: {} })
    expect((await errorOf(ai.generateText({ prompt } as never))).message).toContain('model is missing')
  })
})

describe('variables', () => {
  test('a missing one is told at the first use of the role that needs it; other roles work', async () => {
    vi.stubEnv('MISSING_KEY', undefined)
    const ai = await client({
      config: testFile(
        'anymodel.config.mjs',
        `const hi = { provider: 'own', id: 'm', supports: {}, async *stream() { yield { type: 'text', text: 'hi' }; yield { type: 'finish', reason: 'stop', usage: {}, response: { provider: 'own', model: 'm' } } } }
         export default { providers: { groq: { apiKey: '\${MISSING_KEY}' } }, models: { chat: 'groq/x', other: hi } }`,
      ),
    })
    const error = await errorOf(ai.generateText({ model: 'chat', prompt }))
    expect(error.message).toBe(
      'The role chat needs providers.groq.apiKey, but the environment variable MISSING_KEY is not set. Set it, or give a default: ${MISSING_KEY:-default}.',
    )
    expect((await ai.generateText({ model: 'other', prompt })).text).toBe('hi')
  })

  test('a secret file that was replaced counts at the next request', async () => {
    const hosted = await server('hi')
    const secret = testFile('key', 'first-key\n')
    const ai = await client({
      config: {
        providers: {
          groq: { apiKey: `\${file:${secret}}`, baseURL: '${URL}/v1', headers: { 'x-team': '${TEAM:-a}' } },
        },
        models: { chat: 'groq/x' },
      },
    })
    vi.stubEnv('URL', hosted.url)
    await ai.generateText({ model: 'chat', prompt })
    writeFileSync(secret, 'second-key\n')
    await ai.generateText({ model: 'chat', prompt })
    const headers = hosted.requests.map(({ headers }) => [headers.authorization, headers['x-team']])
    expect(headers).toEqual([
      ['Bearer first-key', 'a'],
      ['Bearer second-key', 'a'],
    ])
  })
})

describe('an edit of the config while it is used', () => {
  const config = (url: string, model: string) =>
    `providers: { groq: { apiKey: test, baseURL: "${url}/v1" } }\nmodels: { chat: groq/${model} }\n`
  const next = <E extends 'reload' | 'error'>(ai: AnyModel, event: E) =>
    new Promise<unknown>((resolve) => {
      const off = ai.on(event, (about) => {
        off()
        resolve(about)
      })
    })

  /** As editors and containers do it: a new file in place of the old one. */
  function swap(path: string, text: string): void {
    writeFileSync(`${path}.new`, text)
    renameSync(`${path}.new`, path)
  }

  test('counts for the next call; a call under way keeps the config that it began with', async () => {
    const hosted = await server('hi')
    const path = testFile('anymodel.config.yaml', config(hosted.url, 'old'))
    const ai = await client({ config: path })
    const underWay = ai.streamText({ model: 'chat', prompt })
    const reloaded = next(ai, 'reload')
    swap(path, config(hosted.url, 'new'))
    expect(await reloaded).toEqual({ file: path })
    await ai.generateText({ model: 'chat', prompt })
    await underWay.result
    expect(hosted.requests.map(({ body }) => (body as { model: string }).model)).toEqual(['new', 'old'])
  })

  test('that is broken is an event, and the former config stays; the next good one counts', async () => {
    const hosted = await server('hi')
    const path = testFile('anymodel.config.yaml', config(hosted.url, 'old'))
    const ai = await client({ config: path })
    const broken = next(ai, 'error')
    writeFileSync(path, 'modles: {}\n')
    expect(await broken).toMatchObject({ code: 'config', message: expect.stringContaining('Did you mean models?') })
    await ai.generateText({ model: 'chat', prompt })
    const reloaded = next(ai, 'reload')
    writeFileSync(path, config(hosted.url, 'new'))
    await reloaded
    await ai.generateText({ model: 'chat', prompt })
    expect(hosted.requests.map(({ body }) => (body as { model: string }).model)).toEqual(['old', 'new'])
  })

  test('that nobody listens for is a process warning when it is broken', async () => {
    const path = testFile('anymodel.config.yaml', 'models: {}\n')
    await client({ config: path })
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
    rmSync(path)
    expect((await warned).message).toMatch(/^There is no config file .* The former config stays\.$/)
  })

  test('is seen through the links of a mounted volume', async () => {
    const hosted = await server('hi')
    const dir = testFolder()
    const version = (name: string, model: string) => {
      const path = testFile('anymodel.config.yaml', config(hosted.url, model))
      symlinkSync(dirname(path), join(dir, name))
    }
    version('..data', 'old')
    symlinkSync(join('..data', 'anymodel.config.yaml'), join(dir, 'anymodel.config.yaml'))
    const ai = await client({ config: join(dir, 'anymodel.config.yaml') })
    const reloaded = next(ai, 'reload')
    version('..data_new', 'new')
    renameSync(join(dir, '..data_new'), join(dir, '..data'))
    await reloaded
    await ai.generateText({ model: 'chat', prompt })
    expect(hosted.requests[0]?.body).toMatchObject({ model: 'new' })
  })

  test('of a file with code counts too', async () => {
    const path = testFile('anymodel.config.ts', `export default { models: { chat: 'groq/old' as string } }`)
    const ai = await client({ config: path })
    const reloaded = next(ai, 'reload')
    swap(path, `const id: string = 'new'\nexport default { models: { chat: 'groq/' + id } }`)
    await reloaded
    expect((await ai.model('chat')).id).toBe('new')
  })

  test('is not followed after close, nor with watch: false', async () => {
    const path = testFile('anymodel.config.yaml', config('http://localhost', 'old'))
    const closed = await anymodel({ config: path })
    await closed.close()
    const still = await client({ config: path, watch: false })
    const follows = await client({ config: path })
    const seen: string[] = []
    closed.on('reload', () => seen.push('closed'))
    still.on('reload', () => seen.push('still'))
    const reloaded = next(follows, 'reload')
    swap(path, config('http://localhost', 'new'))
    await reloaded
    expect((await still.model('chat')).id).toBe('old')
    expect(seen).toEqual([])
  })
})

test('the client types its verbs like the core', async () => {
  const ai = await client({ config: { models: { chat: mockModel('{"n":1}') } } })
  const weather = tool({ input: z.object({ city: z.string() }), execute: ({ city }) => city.length })
  const { toolCalls } = await ai.generateText({ model: 'chat', prompt, tools: { weather } })
  const typed = toolCalls.find((call) => call.name === 'weather')
  if (typed) expectTypeOf(typed.input).toEqualTypeOf<{ city: string }>()
  const { object } = await ai.generateObject({ model: 'chat', prompt, schema: z.object({ n: z.number() }) })
  expectTypeOf(object).toEqualTypeOf<{ n: number }>()
  const { object: choice } = await ai.generateObject({ model: mockModel('"a"'), prompt, choice: ['a', 'b'] })
  expectTypeOf(choice).toEqualTypeOf<'a' | 'b'>()
})

describe('models of other kinds', () => {
  const vectors = {
    provider: 'mock',
    id: 'lengths',
    embed: async ({ values }: { readonly values: readonly string[] }) => ({
      embeddings: values.map((value) => Float32Array.of(value.length)),
      usage: {},
      warnings: [],
    }),
  }

  test('play roles, and are found by name or given', async () => {
    const ai = await client({ config: { models: { embedding: vectors, alias: { use: { role: 'embedding' } } } } })
    for (const model of ['embedding', 'alias', vectors, () => vectors])
      expect([...(await ai.embed({ model, value: 'four' })).embedding]).toEqual([4])
  })

  test('a role of several video models finds the one that has a job', async () => {
    const finish = { type: 'finish', usage: {}, response: { provider: 'mock', model: 'waves' } } as const
    const films = (id: string, fails = false): VideoModel => {
      const job = { provider: 'mock', model: id, job: id }
      const answer = async function* (): AsyncGenerator<VideoEvent> {
        yield { type: 'submitted', job }
        yield { type: 'video', index: 0, mediaType: 'video/mp4', data: Buffer.from(`\0\0\0\x10ftypisom\0\0\0\0${id}`) }
        yield finish
      }
      const broken = async function* (): AsyncGenerator<VideoEvent> {
        yield await Promise.reject(new AnyModelError('quota', 'Nothing left.'))
      }
      return { provider: 'mock', id, supports: {}, film: fails ? broken : answer, resume: answer }
    }
    const ai = await client({ config: { models: { video: { use: [films('a', true), films('b')] } } } })
    const job = await ai.startVideo({ model: 'video', prompt })
    expect(job).toMatchObject({ provider: 'mock', model: 'b' })
    const { videos } = await ai.resumeVideo({ model: 'video', job })
    expect(Buffer.from(videos[0]?.data ?? []).toString()).toMatch(/b$/)
    expect(await errorOf(ai.cancelVideo({ model: 'video', job }))).toMatchObject({ code: 'unsupported' })
    expect(await errorOf(ai.generateVideo({ model: 'groq/x', prompt }))).toMatchObject({
      code: 'config',
      message: expect.stringContaining('"groq" has no video model'),
    })
  })

  test('a role is asked for its own kind only', async () => {
    const ai = await client({ config: { models: { embedding: vectors, chat: mockModel('hi') } } })
    expect(await errorOf(ai.generateText({ model: 'embedding', prompt }))).toMatchObject({
      code: 'config',
      message: expect.stringContaining('"embedding" has no text model: it has embedding.'),
    })
    expect(await errorOf(ai.rerank({ model: 'chat', query: 'q', documents: ['a'] }))).toMatchObject({ code: 'config' })
    expect(await errorOf(ai.generateSpeech({ model: 'deepseek/x', text: 'a' }))).toMatchObject({
      code: 'config',
      message: expect.stringContaining('"deepseek" has no speech model'),
    })
  })

  test('settings that a kind does not follow are not passed over in silence', async () => {
    const timeouts = { connect: '1s', total: '1s' }
    const embedding = { use: vectors, timeouts, onBreak: 'restart' } as const
    const ai = await client({ config: { models: { embedding } } })
    expect(await errorOf(ai.embed({ model: 'embedding', value: 'a' }))).toMatchObject({
      code: 'config',
      message: expect.stringContaining('The role embedding sets onBreak, timeouts.connect, which'),
    })
  })

  test('vectors are asked for again as the role says', async () => {
    let calls = 0
    const shaky = {
      ...vectors,
      async embed(call: { readonly values: readonly string[] }) {
        if (++calls % 3 !== 0) throw new AnyModelError('rate-limit', 'Slow down.', { retryAfter: 1 })
        return vectors.embed(call)
      },
    }
    const ai = await client({
      config: { models: { embedding: shaky, once: { use: { role: 'embedding' }, retry: { attempts: 1 } } } },
    })
    expect([...(await ai.embed({ model: 'embedding', value: 'four' })).embedding]).toEqual([4])
    expect(await errorOf(ai.embed({ model: 'once', value: 'a' }))).toMatchObject({ code: 'rate-limit' })
    expect(calls).toBe(4)
  })
})
