// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the config's own notation
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ModelServer, modelServer } from '@anymodel/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testFolder } from '../testing/config-file.ts'
import { type CliOptions, runCli } from '../testing/run-cli.ts'

let server: ModelServer
beforeAll(async () => {
  server = await modelServer()
})
afterAll(() => server.close())

const secret = 'gsk-0123456789abcdef'

/** A folder whose config names a server on loopback. */
function project(more = ''): { cwd: string; env: Record<string, string> } {
  const cwd = testFolder()
  const config = `providers:
  groq: { apiKey: \${TEST_KEY}, baseURL: "${server.url}/v1" }
models:
  chat: groq/test-model
  small: { use: groq/small-model }
${more}`
  writeFileSync(join(cwd, 'anymodel.config.yaml'), config)
  return { cwd, env: { TEST_KEY: secret } }
}

const run = (args: string[], options: Partial<CliOptions> = {}, where = project()) =>
  runCli(args, { ...where, ...options })

/** What the server was asked last. */
const asked = () => server.requests.at(-1)?.body as { model: string; messages: { role: string; content: unknown }[] }

const answer = [
  { type: 'text', text: 'Because ' },
  { type: 'text', text: 'of Rayleigh.' },
  { type: 'finish', usage: { input: 7, output: 5 } },
] as const

describe('anymodel "prompt"', () => {
  test('prints the answer, and nothing else', async () => {
    server.reply(answer)
    expect(
      await run(['Why is', 'the sky blue?', '--system', 'Be brief.', '--max-tokens', '9', '--temperature', '0']),
    ).toEqual({
      code: 0,
      signal: null,
      out: 'Because of Rayleigh.\n',
      err: '',
    })
    expect(asked()).toMatchObject({
      model: 'test-model',
      max_completion_tokens: 9,
      temperature: 0,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Why is the sky blue?' },
      ],
    })
  })

  test('takes a piped text as the prompt, or adds it to the words', async () => {
    server.reply('ok')
    await run([], { input: 'from the pipe\n' })
    expect(asked().messages).toEqual([{ role: 'user', content: 'from the pipe\n' }])
    await run(['Summarise this.', '-m', 'small'], { input: 'a text' })
    expect(asked()).toMatchObject({ model: 'small-model', messages: [{ content: 'Summarise this.\n\na text' }] })
  })

  test('--json prints one object', async () => {
    server.reply(answer)
    const { out, code } = await run(['hi', '--json', '--model', 'groq/any'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      text: 'Because of Rayleigh.',
      provider: 'groq',
      finishReason: 'stop',
      usage: { input: 7, output: 5 },
      warnings: [],
    })
    expect(asked().model).toBe('any')
  })

  test('--schema prints a checked object; an answer that never fits is an error', async () => {
    const where = project()
    writeFileSync(
      join(where.cwd, 'person.json'),
      '{"type":"object","properties":{"age":{"type":"integer"}},"required":["age"]}',
    )
    server.reply('{"age":42}')
    expect(await run(['How old?', '--schema', 'person.json'], {}, where)).toMatchObject({
      code: 0,
      out: '{"age":42}\n',
    })
    const { out } = await run(['How old?', '--schema', 'person.json', '--json'], {}, where)
    expect(JSON.parse(out)).toMatchObject({ object: { age: 42 }, finishReason: 'stop' })
    server.reply('{"age":"old"}')
    const unfit = await run(['How old?', '--schema', 'person.json'], {}, where)
    expect(unfit).toMatchObject({ code: 1, out: '' })
    expect(unfit.err).toContain('does not fit the schema')
  })

  test('--file sends images along and puts texts into the prompt', async () => {
    server.reply('ok')
    const where = project()
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    )
    writeFileSync(join(where.cwd, 'dot.png'), png)
    writeFileSync(join(where.cwd, 'notes.md'), '# Notes\n')
    const { code, err } = await run(['What?', '--file', 'dot.png', '--file', 'notes.md'], {}, where)
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(asked().messages[0]?.content).toEqual([
      { type: 'text', text: 'What?' },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${png.toString('base64')}` } },
      { type: 'text', text: 'notes.md:\n\n# Notes\n' },
    ])
  })

  test('says on the error stream that an answer was cut', async () => {
    server.reply([
      { type: 'text', text: 'Once' },
      { type: 'finish', reason: 'length' },
    ])
    expect(await run(['A story'])).toMatchObject({
      code: 0,
      out: 'Once\n',
      err: 'The answer was cut at the token limit.\n',
    })
  })

  test('Ctrl-C ends the answer and the program, with code 130', async () => {
    server.reply({ answer: Array.from({ length: 200 }, () => ({ type: 'text', text: 'word ' })), delay: 30 })
    let stopped = false
    const result = await run(['A story'], {
      onOutput: (_out, child) => {
        if (!stopped) child.kill('SIGINT')
        stopped = true
      },
    })
    expect(result).toMatchObject({ code: 130, signal: null, err: '' })
    expect(result.out).toMatch(/^(word )+\n$/)
    expect(await server.requests.at(-1)?.outcome).toBe('dropped')
  })

  test('a reader that leaves early ends it quietly', async () => {
    server.reply({ answer: Array.from({ length: 200 }, () => ({ type: 'text', text: 'word ' })), delay: 10 })
    const result = await run(['A story'], { onOutput: (_out, child) => child.stdout?.destroy() })
    expect(result).toMatchObject({ code: 0, signal: null, err: '' })
  })

  test('answers from the built-in model without a config, and says that it loads', { timeout: 60_000 }, async () => {
    const { code, out, err } = await run(
      ['Say hello.', '--max-tokens', '8', '--temperature', '0'],
      {},
      { cwd: testFolder(), env: {} },
    )
    expect(code).toBe(0)
    expect(out.trim()).not.toBe('')
    expect(err).toContain('Loading smollm2-135m-instruct (97 MB) ...\n')
  })
})

describe('what goes wrong', () => {
  test.each([
    ['an unknown option', ['hi', '--nope'], 2, "error: unknown option '--nope'\n"],
    ['an option without its number', ['hi', '--max-tokens', 'many'], 2, 'It must be a number.'],
    ['a number that no model takes', ['hi', '--max-tokens', '0'], 2, 'Error: maxTokens must be a whole number above 0'],
    ['no prompt', [], 2, 'Error: There is no prompt.'],
    ['an unknown role', ['hi', '-m', 'smal'], 2, 'Did you mean small?'],
    ['an unknown provider', ['hi', '-m', 'goq/x'], 2, 'Did you mean groq?'],
    [
      'a file that is not there',
      ['hi', '--file', 'absent.png'],
      2,
      "Error: The file absent.png can't be read (ENOENT).\n",
    ],
    ['a schema that is none', ['hi', '--schema', 'anymodel.config.yaml'], 2, 'is not a JSON Schema that can be read'],
    ['a config that is not there', ['hi', '--config', 'absent.yaml'], 2, 'Error: There is no config file'],
    ['a call that fails', ['hi'], 1, 'Error: '],
    ['a config command that is not there', ['config'], 2, 'Usage: anymodel config'],
  ])('%s: a sentence and the exit code', async (_what, args, code, message) => {
    server.reply({ error: { status: 401, message: `Invalid API key ${secret}` } })
    const result = await run(args)
    expect(result.err).toContain(message)
    expect(result.err).not.toMatch(/\n\s+at /)
    expect(result.err).not.toContain(secret)
    expect(result).toMatchObject({ code, out: '' })
  })

  test('a broken config: file, line and column', async () => {
    const result = await run(['hi'], {}, project('server: {}\n'))
    expect(result).toEqual({
      code: 2,
      signal: null,
      out: '',
      err: 'Error: anymodel.config.yaml:6:1: server is not available yet in this version: remove it.\n',
    })
  })

  test('--verbose and DEBUG=anymodel tell the stack', async () => {
    expect((await run(['hi', '-m', 'smal', '--verbose'])).err).toMatch(/\n\s+at /)
    const where = project()
    expect((await run(['hi', '-m', 'smal'], {}, { ...where, env: { ...where.env, DEBUG: 'anymodel' } })).err).toMatch(
      /\n\s+at /,
    )
  })
})

describe('anymodel models and config', () => {
  test('models lists roles with their routes and providers with where their key is from', async () => {
    const more = `  alias: { use: { role: small } }
  safe: { use: [{ role: small }, xai/grok], onContextOverflow: [groq/large, groq/larger], onContentFilter: [groq/free] }
`
    const { out, code } = await run(['models', '--json'], {}, project(more))
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      roles: [
        { role: 'chat', route: 'chat -> groq/test-model' },
        { role: 'small', route: 'small -> groq/small-model' },
        { role: 'alias', route: 'alias -> small -> groq/small-model' },
        {
          role: 'safe',
          route:
            'safe -> small -> groq/small-model, else xai/grok; too long: groq/large, else groq/larger; filtered: groq/free',
          problem: 'XAI_API_KEY is not set',
        },
      ],
      providers: [{ name: 'groq', type: 'groq', from: 'key from TEST_KEY' }],
    })
    expect(out).not.toContain(secret)
    const where = project()
    const table = await run(['models'], {}, { ...where, env: { ANYMODEL_CHAT: 'xai/grok' } })
    expect(table.out).toContain('chat -> xai/grok (by ANYMODEL_CHAT)  XAI_API_KEY is not set\n')
    expect(table.out).toContain('groq  groq  key from TEST_KEY  TEST_KEY is not set\n')
  })

  test('config check prints routes without secrets, and refuses what is broken', async () => {
    expect(await run(['config', 'check'])).toEqual({
      code: 0,
      signal: null,
      out: 'anymodel.config.yaml: valid\n  chat -> groq/test-model\n  small -> groq/small-model\n',
      err: '',
    })
    expect(await run(['config', 'check'], {}, project('  other: nowhere\n'))).toMatchObject({ code: 2, out: '' })
  })

  test('config check says of a model made by hand which kind it is', async () => {
    const cwd = testFolder()
    const code = "{ provider: 'mine', id: 'm', supports: { input: 'parts' }, async *fill() {} }"
    writeFileSync(join(cwd, 'anymodel.config.mjs'), `export default { models: { autocomplete: ${code} } }`)
    const { out } = await run(['config', 'check'], {}, { cwd, env: {} })
    expect(out).toContain('autocomplete -> a code model made by hand (mine/m)\n')
  })

  test('config init writes what it finds, once, and what it writes is valid', async () => {
    const cwd = testFolder()
    const env = { GROQ_API_KEY: secret }
    expect(await run(['config', 'init'], {}, { cwd, env })).toMatchObject({ code: 0, err: '' })
    const text = readFileSync(join(cwd, 'anymodel.config.yaml'), 'utf8')
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./node_modules/anymodel/anymodel.schema.json')
    expect(text).toContain('  groq: { apiKey: "${GROQ_API_KEY}" }\n')
    expect(text).not.toContain(secret)
    const again = await run(['config', 'init'], {}, { cwd, env: {} })
    expect(again).toMatchObject({
      code: 2,
      err: 'Error: anymodel.config.yaml is already there. --force replaces it.\n',
    })
    expect(readFileSync(join(cwd, 'anymodel.config.yaml'), 'utf8')).toBe(text)
    expect(await run(['config', 'init', '--force'], {}, { cwd, env: {} })).toMatchObject({ code: 0 })
    expect(await run(['config', 'check'], {}, { cwd, env: {} })).toMatchObject({
      code: 0,
      out: 'anymodel.config.yaml: valid\n  chat -> local/smollm2-135m-instruct\n',
    })
  })
})
