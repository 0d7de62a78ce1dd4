// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the config's own notation
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AnyModelError, isAnyModelError } from '@anymodel/core'
import { mockModel } from '@anymodel/testing'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { testFile, testFolder } from '../testing/config-file.ts'
import type { CheckedConfig } from './check.ts'
import { defineConfig } from './config.ts'
import { loadConfig } from './load.ts'

const load = (text: string, name = 'anymodel.config.yaml'): Promise<CheckedConfig> => loadConfig(testFile(name, text))

/** The error's message, with the file's name in place of its path. */
async function errorOf(loading: Promise<unknown>): Promise<string> {
  const error: unknown = await loading.then(
    () => expect.fail('this config should be refused'),
    (error) => error,
  )
  expect(isAnyModelError(error) && error.code).toBe('config')
  return (error as AnyModelError).message.replaceAll(/\/[^\s:]*\/(?=anymodel\.config)/g, '')
}

describe('what is accepted', () => {
  test('the short and the long form of a role, and a type that is the name', async () => {
    const config = await load(`
version: 1
providers:
  openai: { apiKey: \${OPENAI_API_KEY} }
  claude: { type: anthropic, apiKey: \${file:/run/secrets/anthropic}, headers: { x-team: a } }
  own: { type: openai-compatible, baseURL: http://localhost:8080/v1 }
  local: { type: onnx, dir: ./models, threads: 4, maxMemory: 2gb }
models:
  chat: claude/claude-sonnet-5
  support:
    use: [{ role: chat }]
    defaults: { temperature: 0.2, maxTokens: 2000, stop: [END], reasoning: { effort: low } }
    timeouts: { connect: 3s, headers: 10s, firstContent: 15s, idle: 1.5s, total: 2m }
    retry: { attempts: 3, maxWait: 250ms }
  deep: openrouter/meta/llama-3:free
state: memory
`)
    expect(config.providers.openai).toEqual({ type: 'openai', apiKey: '${OPENAI_API_KEY}' })
    expect(config.providers.claude).toMatchObject({ type: 'anthropic', apiKey: '${file:/run/secrets/anthropic}' })
    expect(config.models.chat).toEqual({ use: 'claude/claude-sonnet-5' })
    expect(config.models.support).toMatchObject({ use: [{ role: 'chat' }], retry: { attempts: 3, maxWait: '250ms' } })
    expect(config.models.deep).toEqual({ use: 'openrouter/meta/llama-3:free' })
  })

  test('variables bare or quoted, with any default, in block and flow style', async () => {
    const config = await load(`
providers:
  groq: { apiKey: \${KEY:-a, b: {c # d}, baseURL: "\${URL:-http://x/v1}" } # \${comment}
  vllm:
    baseURL: \${HOST:-http://localhost:8000/v1}
`)
    expect(config.providers.groq).toMatchObject({ apiKey: '${KEY:-a, b: {c # d}', baseURL: '${URL:-http://x/v1}' })
    expect(config.providers.vllm).toMatchObject({ baseURL: '${HOST:-http://localhost:8000/v1}' })
  })

  test('JSON, indented with tabs, with a pointer to the schema', async () => {
    const text = '{\n\t"$schema": "./x.json",\n\t"models": {\n\t\t"chat": "groq/x"\n\t}\n}\n'
    expect((await load(text, 'anymodel.config.json')).models).toEqual({ chat: { use: 'groq/x' } })
  })

  test('several models, and who answers when one of them can not', async () => {
    const { models } = await load(`
models:
  chat:
    use: [groq/x, { role: small }, openai/y]
    onBreak: continue
    onContextOverflow: [openai/large]
    onContentFilter: error
  small: { use: [xai/a, xai/b] }
`)
    expect(models.chat).toMatchObject({ use: ['groq/x', { role: 'small' }, 'openai/y'], onBreak: 'continue' })
  })

  test('an empty file', async () => {
    expect(await load('# nothing yet\n')).toMatchObject({ providers: {}, models: {} })
  })

  test('YAML anchors and merge keys', async () => {
    const { models } = await load(
      'models:\n  a: &a { use: groq/x, defaults: { seed: 1 } }\n  b: { <<: *a, use: groq/y }\n',
    )
    expect(models.b).toEqual({ use: 'groq/y', defaults: { seed: 1 } })
  })

  test.each(['ts', 'mjs', 'js'])('code in a .%s file, with models made by hand', async (ending) => {
    const types = ending === 'ts' ? ': object' : ''
    const config = await load(
      `const model${types} = { provider: 'own', id: 'm', supports: {}, stream() {} }
       export default { models: { chat: model, long: { use: [model] }, named: 'groq/x' } }`,
      `anymodel.config.${ending}`,
    )
    expect(config.models.chat).toMatchObject({ use: { provider: 'own' } })
    expect(config.models.long).toMatchObject({ use: [{ provider: 'own' }] })
    expect(config.models.named).toEqual({ use: 'groq/x' })
  })

  test('a config that is passed in', async () => {
    const config = defineConfig({ models: { chat: mockModel('hi') } })
    expect((await loadConfig(config)).models.chat).toMatchObject({ use: { provider: 'mock' } })
  })
})

const refused: readonly (readonly [what: string, text: string, expected: string])[] = [
  ['another version', 'version: 2', '1:10: version must be 1, not 2.'],
  ['a mistyped key', 'modles: {}', '1:1: modles is not a key that stands here. Did you mean models?'],
  [
    'a mistyped key of a provider',
    'providers:\n  groq: { apikey: x }',
    '2:11: providers.groq.apikey is not a key that stands here. Did you mean apiKey?',
  ],
  [
    'a key of another type of provider',
    'providers:\n  groq: { dir: x }',
    '2:11: providers.groq.dir is not a key that stands here.',
  ],
  [
    'an unknown type',
    'providers:\n  a: { type: opnai }',
    '2:14: providers.a.type has the unknown type opnai. Did you mean openai?',
  ],
  [
    'a name that is no type',
    'providers:\n  claude: {}',
    '2:3: providers.claude has the unknown type claude. Give it a type.',
  ],
  ['a provider without settings', 'providers:\n  groq:', '2:8: providers.groq must be a map, not nothing.'],
  [
    'a server without an address',
    'providers:\n  own: { type: openai-compatible }',
    '2:8: providers.own.baseURL is missing: it must be a text.',
  ],
  [
    'no threads',
    'providers:\n  onnx: { threads: 0 }',
    '2:20: providers.onnx.threads must be a whole number above 0, not 0.',
  ],
  [
    'memory without a unit',
    'providers:\n  onnx: { maxMemory: 2 }',
    '2:22: providers.onnx.maxMemory must be a size such as 512mb or 2gb, not 2.',
  ],
  ['a role that is a list', 'models: [a]', '1:9: models must be a map of roles, not a list.'],
  ['a role without a model', 'models:\n  chat:', '2:8: models.chat must be provider/model, not nothing.'],
  [
    'a role in place of a model',
    'models:\n  chat: small\n  small: groq/x',
    '2:9: models.chat must be provider/model, not "small". To use the role small, write { use: { role: small } }.',
  ],
  [
    'a long form without use',
    'models:\n  chat: { retry: {} }',
    '2:9: models.chat.use is missing: it must be provider/model.',
  ],
  [
    'a provider that is not there',
    'models:\n  chat: grok/x',
    '2:9: models.chat names the provider grok, which is not there. Did you mean groq?',
  ],
  [
    'a role that is not there',
    'models:\n  chat: { use: { role: smal } }\n  small: groq/x',
    '2:16: models.chat.use names the role smal, which is not there. Did you mean small?',
  ],
  [
    'a circle',
    'models:\n  a: { use: { role: b } }\n  b: { use: { role: a } }',
    '2:13: models.a.use leads in a circle: a -> b -> a.',
  ],
  [
    'a circle behind the first model',
    'models:\n  a: { use: [groq/x, { role: b }] }\n  b: { use: [groq/y, { role: c }] }\n  c: { use: [{ role: b }] }',
    '3:22: models.b.use[1] leads in a circle: b -> c -> b.',
  ],
  [
    'a fallback that is not there',
    'models:\n  chat: { use: [groq/x, grok/y] }',
    '2:25: models.chat.use[1] names the provider grok, which is not there. Did you mean groq?',
  ],
  [
    'a larger model that is not there',
    'models:\n  chat: { use: groq/x, onContextOverflow: [{ role: big }] }',
    '2:44: models.chat.onContextOverflow[0] names the role big, which is not there.',
  ],
  [
    'an empty list',
    'models:\n  chat: { use: [] }',
    '2:16: models.chat.use must be a list of at least one, not a list.',
  ],
  [
    'an unknown way to go on',
    'models:\n  chat: { use: groq/x, onBreak: resume }',
    '2:33: models.chat.onBreak must be one of error, restart, continue, not "resume".',
  ],
  [
    'what is neither error nor a list',
    'models:\n  chat: { use: groq/x, onContentFilter: groq/y }',
    '2:41: models.chat.onContentFilter must be ',
  ],
  [
    'a duration without a unit',
    'models:\n  chat: { use: groq/x, timeouts: { total: 3 } }',
    '2:43: models.chat.timeouts.total must be a duration such as 250ms, 3s or 2m, not 3.',
  ],
  [
    'a duration of nothing',
    'models:\n  chat: { use: groq/x, retry: { maxWait: 0s } }',
    '2:42: models.chat.retry.maxWait must be a duration such as 250ms, 3s or 2m, not "0s".',
  ],
  [
    'an unknown default',
    'models:\n  chat:\n    use: groq/x\n    defaults: { temprature: 1 }',
    '4:17: models.chat.defaults.temprature is not a key that stands here. Did you mean temperature?',
  ],
  [
    'a role named config',
    'models:\n  config: groq/x',
    "2:3: models.config can't be a role: ANYMODEL_CONFIG names the config file.",
  ],
  [
    'a name with a slash',
    'models:\n  a/b: groq/x',
    '2:3: models.a/b is not a name: use letters, digits, dots, hyphens and underscores.',
  ],
  ['a text', 'hello', ': the config must be a map, not "hello".'],
  ['broken YAML', 'models: {\n  chat: groq/x\n', '4:1: this is not valid YAML: '],
  ['the same key twice', 'models: {}\nmodels: {}', '2:1: this is not valid YAML: Map keys must be unique.'],
]

const later: readonly (readonly [key: string, text: string, position: string])[] = [
  ['server', 'version: 1\nserver: { port: 4000 }', '2:1'],
]

describe('what is refused, where it stands', () => {
  test.each(refused)('%s', async (_what, text, expected) => {
    expect(await errorOf(load(`${text}\n`))).toContain(`anymodel.config.yaml:${expected}`.replace('yaml::', 'yaml:'))
  })

  test.each(later)('%s, which a later version has', async (key, text, position) => {
    const message = `anymodel.config.yaml:${position}: ${key} is not available yet in this version: remove it.`
    expect(await errorOf(load(text))).toContain(message)
  })

  test('provider types of a later version, and other states', async () => {
    const text = `providers: { eu: { type: vertex } }\nstate: { mysql: x }\n`
    expect((await errorOf(load(text))).split('\n')).toEqual([
      'anymodel.config.yaml has 2 problems:',
      '  anymodel.config.yaml:1:26: providers.eu.type has the type vertex, which is not available yet in this version: remove it.',
      '  anymodel.config.yaml:2:10: state.mysql is not a key that stands here. There are sqlite, onError.',
    ])
  })

  test('every problem is in issues, with its path', async () => {
    const error = await load('version: 3\nmodels:\n  chat: x\n').catch((error: AnyModelError) => error)
    expect((error as AnyModelError).issues?.map(({ path }) => path)).toEqual(['version', 'models.chat'])
  })

  test('a secret is never shown', async () => {
    const message = await errorOf(load('providers:\n  groq: { apiKey: { a: hunter2 }, headers: { a: [hunter3] } }\n'))
    expect(message).toContain('providers.groq.apiKey must be a text, not a map.')
    expect(message).not.toContain('hunter')
  })

  test('JSON, with its position', async () => {
    const broken = await errorOf(load('{\n  "models": {,}\n}', 'anymodel.config.json'))
    expect(broken).toContain('anymodel.config.json:2:14: this is not valid JSON: ')
    const wrong = await errorOf(load('{\n  "models": { "chat": 3 }\n}', 'anymodel.config.json'))
    expect(wrong).toContain('anymodel.config.json:2:23: models.chat must be provider/model, not 3.')
  })

  test('code that fails, and code without a default export', async () => {
    expect(await errorOf(load('throw new Error("boom")', 'anymodel.config.mjs'))).toContain("can't be loaded: boom.")
    expect(await errorOf(load('export const a = 1', 'anymodel.config.mjs'))).toContain('it has no default export')
  })

  test('what is not a model, in code', async () => {
    expect(await errorOf(loadConfig({ models: { chat: { streams: 1 } as never } }))).toContain(
      'config: models.chat.streams is not a key that stands here.',
    )
  })
})

describe('where the file is sought', () => {
  const workIn = (dir: string) => {
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue(dir)
    onTestFinished(() => cwd.mockRestore())
  }
  const write = (path: string, model: string) => writeFileSync(path, `models: { chat: groq/${model} }\n`)

  test('the given path, then ANYMODEL_CONFIG, then upward from the working folder', async () => {
    const dir = testFolder()
    const inner = join(dir, 'a', 'b')
    mkdirSync(inner, { recursive: true })
    workIn(inner)
    write(join(dir, 'anymodel.config.yml'), 'upward')
    write(join(dir, 'named.yaml'), 'named')
    write(join(dir, 'given.yaml'), 'given')
    const chat = async (given?: string) => (await loadConfig(given)).models.chat?.use

    expect(await chat()).toBe('groq/upward')
    vi.stubEnv('ANYMODEL_CONFIG', join(dir, 'named.yaml'))
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(await chat()).toBe('groq/named')
    expect(await chat(join(dir, 'given.yaml'))).toBe('groq/given')
    expect(await errorOf(chat(join(dir, 'absent.yaml')))).toContain('There is no config file')
    vi.stubEnv('ANYMODEL_CONFIG', join(dir, 'absent.yaml'))
    expect(await errorOf(chat())).toContain('(named by ANYMODEL_CONFIG)')
  })

  test('without any, the built-in local model plays chat, and nothing else', async () => {
    workIn(testFolder())
    expect(await loadConfig()).toMatchObject({
      models: { chat: { use: 'local/smollm2-135m-instruct' } },
    })
  })
})
