import { faultServer } from '@anymodel/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import { describe as describeConfig } from '../cli/description.ts'
import { type AnyModel, anymodel } from '../client.ts'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'

/** Two providers on one server, and a client of a config that names them. */
async function setup(models: Config['models'], keys?: readonly string[]) {
  const server = await faultServer({ stall: 5_000 })
  const baseURL = `${server.url}/v1`
  const apiKey = keys ?? 'sk-0123456789abcdef'
  const providers = {
    a: { type: 'openai-compatible', baseURL, apiKey },
    b: { type: 'openai-compatible', baseURL, apiKey },
  } as const
  const config: Config = { providers, ...(models ? { models } : {}) }
  const ai = await anymodel({ config })
  onTestFinished(async () => {
    await ai.close()
    await server.close()
  })
  return { server, ai, config }
}

const ask = async (ai: AnyModel, more: object = {}): Promise<string> => {
  const { response } = await ai.generateText({ model: 'chat', prompt: 'x', ...more })
  return response.model
}

async function asked(ai: AnyModel, count: number, more?: object): Promise<string[]> {
  const all: string[] = []
  while (all.length < count) all.push(await ask(ai, more))
  return all
}

test('a balance shares the calls by weight, hands over inside, and then to the next in line', async () => {
  const { ai, server } = await setup({
    chat: {
      use: [
        {
          balance: 'weighted',
          of: [
            { model: 'a/healthy', weight: 9_999 },
            { model: 'b/healthy@spare', weight: 0 },
          ],
        },
        'b/healthy@last',
      ],
    },
  })
  expect(await asked(ai, 3)).toEqual(Array(3).fill('healthy'))
  server.script('healthy', { error: { status: 401, message: 'No.' } })
  expect(await ask(ai)).toBe('healthy@spare')
  server.script('healthy', { error: { status: 401, message: 'No.' } })
  server.script('healthy@spare', { error: { status: 401, message: 'No.' } }, { error: { status: 401, message: 'No.' } })
  expect(await ask(ai)).toBe('healthy@last')
})

test('calls go where they fit: by size, by tags, and a role that does not take a call is passed over', async () => {
  const { ai } = await setup({
    chat: { use: [{ model: 'a/healthy@gold', when: { tags: { plan: 'gold' } } }, { role: 'short' }, 'b/healthy@long'] },
    short: { use: 'a/healthy@short', when: { maxInputTokens: 100, modality: 'text' } },
  })
  expect(await ask(ai)).toBe('healthy@short')
  expect(await ask(ai, { tags: { plan: 'gold' } })).toBe('healthy@gold')
  expect(await ask(ai, { prompt: 'word '.repeat(200) })).toBe('healthy@long')
  const error = await ai.generateText({ model: 'short', prompt: 'word '.repeat(200) }).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'unsupported' })
  expect(error.message).toContain('up to 100 tokens')
})

test('a breaker stops asking', async () => {
  const { ai, server } = await setup({
    chat: {
      use: ['a/status-503', 'b/healthy'],
      retry: { attempts: 1 },
      cooldown: '1ms',
      breaker: { failures: 2, cooldown: '1m' },
    },
  })
  expect(await asked(ai, 6)).toEqual(Array(6).fill('healthy'))
  expect(server.log('status-503')).toHaveLength(2)
})

test('a breaker guards models of other kinds too', async () => {
  const { ai, server } = await setup({
    vectors: { use: 'a/status-503', retry: { attempts: 1 }, breaker: { failures: 1, cooldown: '1m' } },
  })
  const code = () => ai.embed({ model: 'vectors', value: 'x' }).catch((error) => error.providerCode ?? error.code)
  expect(await code()).toBe('server_error')
  expect(await code()).toBe('circuit-open')
  expect(server.log('status-503')).toHaveLength(1)
})

test('a model that is slow to begin is overtaken', async () => {
  const { ai } = await setup({
    chat: { use: 'a/slow-start', hedge: { to: 'b/healthy', after: '50ms', maxExtra: '100%' } },
  })
  const { response, attempts } = await ai.generateText({ model: 'chat', prompt: 'x' })
  expect(response.model).toBe('healthy')
  expect(attempts.map(({ outcome }) => outcome)).toEqual(['aborted', 'ok'])
})

test('what is sent besides counts among the attempts of a role', async () => {
  const { ai, server } = await setup({
    chat: {
      use: 'a/status-503',
      hedge: { to: 'b/status-503@besides', after: '1ms', maxExtra: '100%' },
      retry: { attempts: 3 },
    },
  })
  await expect(ai.generateText({ model: 'chat', prompt: 'x' })).rejects.toMatchObject({ code: 'server' })
  expect(server.log().length).toBeGreaterThan(1)
  expect(server.log().length).toBeLessThanOrEqual(3)
})

test('the beginning is held back, so that an answer that breaks off early is replaced unseen', async () => {
  const { ai } = await setup({
    chat: { use: ['a/cut', 'b/healthy'], retry: { attempts: 1 }, hold: { chars: 10_000 } },
  })
  expect(await ask(ai)).toBe('healthy')
})

test('several keys take turns', async () => {
  vi.stubEnv('SECOND_KEY', 'sk-b-0123456789abcdef')
  onTestFinished(() => void vi.unstubAllEnvs())
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the config's own notation
  const { ai, server } = await setup({ chat: 'a/healthy' }, ['sk-a-0123456789abcdef', '${SECOND_KEY}'])
  await asked(ai, 3)
  const used = server.log('healthy').map(({ request }) => /sk-(\w)-/.exec(String(request.headers.authorization))?.[1])
  expect(used).toEqual(['a', 'b', 'a'])
})

test('the route of a role is told with its balances, conditions, breakers and hedges', async () => {
  const { config } = await setup({
    chat: {
      use: [
        { balance: 'adaptive', sticky: true, of: [{ model: 'a/x', weight: 3 }, { role: 'small' }] },
        {
          model: 'b/y',
          when: { maxInputTokens: 1_000, modality: ['text', 'image'], tags: { plan: ['gold', 'free'] } },
        },
      ],
      breaker: {},
      onContextOverflow: ['b/large'],
    },
    small: { use: 'b/z', hedge: { to: 'a/x', after: '2s' } },
  })
  const { roles } = describeConfig(await loadConfig(config))
  expect(roles.map(({ route }) => route)).toEqual([
    'chat -> adaptive, sticky of [a/x (weight 3; breaker), b/z (breaker; hedged by a/x after 2000 ms)], else b/y (up to 1000 tokens; only text, image; plan: gold or free; breaker); too long: b/large (breaker)',
    'small -> b/z (hedged by a/x after 2000 ms)',
  ])
})

test('what is wrong is told where it stands', async () => {
  const problems = async (models: Config['models']) => {
    const error = await loadConfig({ models } as Config).catch((thrown) => thrown)
    return error.issues.map(({ message }: { message: string }) => message.replace(/^config: /, ''))
  }
  expect(await problems({ chat: { use: { balance: 'fastest' as never, of: ['groq/x'] } } })).toEqual([
    'models.chat.use.balance must be one of weighted, least-busy, latency, cost, adaptive, not "fastest".',
  ])
  expect(await problems({ chat: { use: { balance: 'cost', of: [{ role: 'nobody' }] } } })).toEqual([
    expect.stringContaining('models.chat.use.of[0] names the role nobody, which is not there.'),
  ])
  expect(await problems({ chat: { use: { balance: 'cost', of: ['groq/x', { role: 'chat' }] } } })).toEqual([
    expect.stringContaining('models.chat.use.of[1] leads in a circle: chat -> chat.'),
  ])
  expect(await problems({ chat: { use: 'groq/x', hedge: { to: 'nowhere/x', maxExtra: '5' } } })).toEqual([
    'models.chat.hedge.maxExtra must be a share such as 5%, not "5".',
  ])
  expect(await problems({ chat: { use: 'groq/x', hedge: { to: 'nowhere/x' } } })).toEqual([
    expect.stringContaining('models.chat.hedge.to names the provider nowhere, which is not there.'),
  ])
})
