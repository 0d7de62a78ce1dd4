import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { anymodel } from '../client.ts'
import { loadConfig } from '../config/load.ts'
import { explainCall } from '../roles/explain.ts'
import { States } from '../roles/states.ts'
import { testFolder } from '../testing/config-file.ts'
import { runCli } from '../testing/run-cli.ts'
import { type CallOptions, imaginedCall } from './imagined-call.ts'

/** A server that refuses every connection: nobody is asked here. */
const providers = `providers:
  a: { type: openai-compatible, baseURL: "http://127.0.0.1:1/v1" }
  b: { type: openai-compatible, baseURL: "http://127.0.0.1:1/v1" }
`

function project(models: string): string {
  const cwd = testFolder()
  writeFileSync(join(cwd, 'anymodel.config.yaml'), `${providers}${models}`)
  return cwd
}

const chat = `models:
  chat:
    use:
      - { model: a/short, when: { maxInputTokens: 1000, modality: text } }
      - { model: a/gold, when: { tags: { plan: gold } }, rpm: 2 }
      - { balance: latency, of: [a/x, b/x] }
      - b/last
    breaker: { shared: true, failures: 1, cooldown: 10m }
    budget: team
    retry: { attempts: 1 }
  vectors: { use: [{ model: a/few, when: { maxTexts: 2 } }, a/many] }
  picture: { use: [{ model: a/small, when: { maxPixels: 500000, maxCount: 1 } }, a/large] }
  image: { use: { role: picture } }
  sound: { use: [{ model: a/clip, when: { maxSeconds: 30 } }, a/long] }
budgets: { team: { limit: 100000 tokens, per: 1mo, by: tenant } }
state: { sqlite: ./state.db }
`

async function explain(cwd: string, role: string, options: CallOptions) {
  const config = await loadConfig(join(cwd, 'anymodel.config.yaml'))
  const states = new States()
  const route = await explainCall(config, role, imaginedCall(options), () => states.of(config))
  await states.close()
  return route
}

describe('the way of one call', () => {
  test.each<[string, CallOptions, string[]]>([
    ['chat', { prompt: 'hello' }, ['a/short']],
    ['chat', { tokens: 9_000 }, ['a/x', 'b/x']],
    ['chat', { tokens: 9_000, tags: 'plan=gold,tenant=acme' }, ['a/gold']],
    ['chat', { images: 1 }, ['a/x', 'b/x']],
    ['vectors', { kind: 'embedding', texts: 2 }, ['a/few']],
    ['vectors', { kind: 'embedding', texts: 3 }, ['a/many']],
    ['picture', { kind: 'image', size: '1024x1024' }, ['a/large']],
    ['picture', { kind: 'image', count: 2 }, ['a/large']],
    ['picture', { kind: 'image' }, ['a/small']],
    ['sound', { kind: 'transcription', seconds: 20 }, ['a/clip']],
    ['sound', { kind: 'transcription', seconds: 31 }, ['a/long']],
  ])('to %s: %j', async (role, options, answers) => {
    expect((await explain(project(chat), role, options)).answers).toEqual(answers)
  })

  test('says of each model why it comes where it does', async () => {
    const { candidates } = await explain(project(chat), 'chat', { tokens: 9_000 })
    expect(candidates.map(({ model, place }) => [model, place])).toEqual([
      ['a/short', 'passed'],
      ['a/gold', 'passed'],
      ['a/x', 'shared'],
      ['b/x', 'shared'],
      ['b/last', 'next'],
    ])
    expect(candidates[0]?.why).toBe('it is for up to 1000 tokens, and these are about 9000')
    expect(candidates[1]).toMatchObject({
      why: 'it is for calls with the tag plan: gold',
      limits: { requestsPerMinute: 2 },
      budget: { name: 'team', left: 100_000, unit: 'tokens' },
    })
  })

  test('knows from the state what other processes found out and spent', async () => {
    const here = project(chat)
    const ai = await anymodel({ config: join(here, 'anymodel.config.yaml') })
    const ask = () =>
      ai.generateText({ model: 'chat', prompt: 'x', maxTokens: 10, tags: { plan: 'gold' } }).catch(() => {})
    await ask()
    await ask()
    await ai.close()
    const { candidates, answers } = await explain(here, 'chat', { tokens: 9_000, tags: 'plan=gold' })
    // Connections that are refused open no breaker and cost nothing, but they are requests.
    expect(candidates[1]?.budget?.left).toBe(100_000)
    expect(answers).toEqual(['a/gold'])
    const states = new States()
    const config = await loadConfig(join(here, 'anymodel.config.yaml'))
    const state = await states.of(config)
    await state.take([{ key: 'limit:{a/gold}:requests', amount: 2, limit: 2, window: 60_000 }])
    const news = { id: 'n', openings: 1, wait: 600_000, at: Date.now() }
    await state.set('breaker:{a/x}', JSON.stringify(news), 600_000)
    await state.set('breaker:{b/x}', JSON.stringify(news), 600_000)
    await states.close()
    const later = await explain(here, 'chat', { tokens: 9_000, tags: 'plan=gold' })
    expect(later.answers).toEqual(['b/last'])
    expect(later.candidates.map(({ place }) => place)).toEqual(['passed', 'passed', 'last', 'last', 'first'])
    expect(later.candidates[1]?.why).toBe('requestsPerMinute is reached')
    expect(later.candidates[2]?.why).toMatch(/^its breaker is open for another \d+ ms$/)
  })

  test('is told without the state when that can not be reached', async () => {
    const lost = project(chat.replace('sqlite: ./state.db', 'sqlite: ./nowhere/state.db'))
    const route = await explain(lost, 'chat', { prompt: 'x' })
    expect(route.answers).toEqual(['a/short'])
    expect(route.state).toContain("The state's file")
  })

  test.each<[CallOptions, string]>([
    [{ kind: 'song' }, '--kind must be one of text, code'],
    [{ tokens: -1 }, '--tokens must be a whole number from 0'],
    [{ tokens: 1e12 }, '--tokens must be a whole number from 0'],
    [{ images: 0.5 }, '--images must be'],
    [{ size: 'large' }, '--size must be pixels such as'],
    [{ tags: 'gold' }, '--tags must be names with values'],
  ])('what is wrong is said: %j', (options, words) => {
    expect(() => imaginedCall(options)).toThrow(words)
  })
})

test('anymodel config check --role prints it, for people and programs', async () => {
  const cwd = project(chat)
  const run = (...args: string[]) => runCli(['config', 'check', ...args], { cwd })
  const [text, json, without, named] = await Promise.all([
    run('--role', 'chat', '--tokens', '9000', '--tags', 'plan=gold'),
    run('--role', 'chat', '--images', '1', '--json'),
    run('--tokens', '9000'),
    run('--role', 'image', '--count', '2', '--json'),
  ])
  expect(text.out).toContain('chat: this text call goes to a/gold\n')
  expect(text.out).toMatch(/1\. {2}a\/short {2}is passed over +it is for up to 1000 tokens/)
  expect(text.out).toContain('2 requests left; 100000 tokens left of team')
  expect(JSON.parse(json.out)).toMatchObject({ role: 'chat', answers: ['a/x', 'b/x'] })
  expect(JSON.parse(named.out)).toMatchObject({ kind: 'image', answers: ['a/large'] })
  expect(without).toMatchObject({ code: 2, err: 'Error: --tokens says something of a call: it needs --role.\n' })
})
