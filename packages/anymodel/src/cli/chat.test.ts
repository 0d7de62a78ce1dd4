import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ModelServer, modelServer } from '@anymodel/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testFolder } from '../testing/config-file.ts'
import { runCli } from '../testing/run-cli.ts'

let server: ModelServer
beforeAll(async () => {
  server = await modelServer()
})
afterAll(() => server.close())

function project(): { cwd: string; env: Record<string, string> } {
  const cwd = testFolder()
  writeFileSync(
    join(cwd, 'anymodel.config.yaml'),
    `providers: { groq: { apiKey: test, baseURL: "${server.url}/v1" } }\nmodels: { chat: groq/a, other: groq/b }\n`,
  )
  return { cwd, env: { TERM: 'xterm' } }
}

interface Body {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
}
const bodies = (): Body[] => server.requests.map(({ body }) => body as unknown as Body)

describe('without a terminal', () => {
  test('a line is a message, the conversation goes on, and so it does with another model', async () => {
    const before = server.requests.length
    server.reply('First.', 'Second.', 'Third.', 'Fourth.')
    const input = [
      'one',
      'two\\',
      'lines',
      '/model other',
      '/system Be brief.',
      '"""',
      'a',
      '',
      'b',
      '"""',
      '/clear',
      'new',
    ].join('\n')
    const result = await runCli(['chat'], { ...project(), input })
    expect(result.out).toBe('First.\nSecond.\nThird.\nFourth.\n')
    expect(result.code).toBe(0)
    const [first, second, third, fourth] = bodies().slice(before)
    expect(first?.messages).toEqual([{ role: 'user', content: 'one' }])
    expect(second).toMatchObject({
      model: 'a',
      messages: [
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'First.' },
        { role: 'user', content: 'two\nlines' },
      ],
    })
    expect(third?.model).toBe('b')
    expect(third?.messages.map(({ content }) => content)).toEqual([
      'Be brief.',
      'one',
      'First.',
      'two\nlines',
      'Second.',
      'a\n\nb',
    ])
    expect(fourth?.messages.map(({ content }) => content)).toEqual(['Be brief.', 'new'])
  })

  test('commands answer on the error stream; what follows /exit is not read', async () => {
    server.reply('never')
    const before = server.requests.length
    const result = await runCli(['chat'], {
      ...project(),
      input: '/help\n/nope\n/model\n/model nowhere\n/exit\nhello\n',
    })
    expect(result).toMatchObject({ code: 0, out: '' })
    for (const text of ['/system [text]', 'There is no /nope.', 'The model is chat.', 'There is no role "nowhere"'])
      expect(result.err).toContain(text)
    expect(server.requests).toHaveLength(before)
  })

  test('a call that fails is told, the next message is asked, and the exit code says it', async () => {
    server.reply({ error: { status: 401, message: 'no' } }, 'Better.')
    const result = await runCli(['chat'], { ...project(), input: 'a\nb\n' })
    expect(result).toMatchObject({ code: 1, out: 'Better.\n' })
    expect(result.err).toContain('Error: ')
  })

  test('a model that is not there is told before anything is typed', async () => {
    const result = await runCli(['chat', '--model', 'nowhere'], { ...project(), input: 'a\n' })
    expect(result).toMatchObject({ code: 2, out: '' })
  })
})

/** A terminal for a program: python's pty module, so that no native addon is needed. */
const python = ['python3', '-c', 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))']
const terminal = { through: python, input: { open: true } } as const
const hasPty = spawnSync('python3', ['-c', 'import os, pty; os.waitstatus_to_exitcode']).status === 0

describe.skipIf(!hasPty)('in a terminal (skipped where python3 is not there to make one)', () => {
  /** Types an answer to each thing that shows up, in order. */
  function typing(steps: [sees: RegExp, types: string][]) {
    let from = 0
    return (out: string, child: { stdin: { write(text: string): unknown } | null }) => {
      const found = steps[0]?.[0].exec(out.slice(from))
      if (!found) return
      from += found.index + found[0].length
      child.stdin?.write(steps.shift()?.[1] ?? '')
    }
  }

  test('Ctrl-C stops the answer and not the program; twice at the prompt leaves', async () => {
    const slow = { answer: Array.from({ length: 200 }, () => ({ type: 'text', text: 'word ' }) as const), delay: 30 }
    server.reply(slow, 'And on.')
    const before = server.requests.length
    const { out, code } = await runCli(['chat'], {
      ...project(),
      ...terminal,
      onOutput: typing([
        [/> /, 'Talk\r'],
        [/word word /, '\x03'],
        [/\(stopped\)[^>]*> /, 'Go on\r'],
        [/And on\.[^>]*> /, '\x03'],
        [/Ctrl-C again leaves\./, '\x03'],
      ]),
    })
    expect(out).toContain('And on.')
    expect(code).toBe(130)
    expect(await server.requests[before]?.outcome).toBe('dropped')
    const [, second] = bodies().slice(before)
    expect(second?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(second?.messages[1]?.content).toMatch(/^(word )+$/)
  })

  test('colours only where they are wanted; /exit leaves', async () => {
    const steps = (): [RegExp, string][] => [[/> /, '/exit\r']]
    const coloured = await runCli(['chat'], { ...project(), ...terminal, onOutput: typing(steps()) })
    expect(coloured.code).toBe(0)
    expect(coloured.out).toContain('\x1b[36m> ')
    const { cwd, env } = project()
    const plain = await runCli(['chat'], {
      cwd,
      env: { ...env, NO_COLOR: '1' },
      ...terminal,
      onOutput: typing(steps()),
    })
    expect(plain.code).toBe(0)
    expect(plain.out).not.toContain('\x1b[36m')
  })

  test('colours of our own reach it whole', async () => {
    const { out } = await runCli(['models'], { ...project(), ...terminal })
    expect(out.startsWith('\u001b[2m')).toBe(true)
  })

  test('control characters of an answer do not reach the terminal', async () => {
    server.reply('a\x1b]0;title\x07b')
    const { out } = await runCli(['hi'], { ...project(), ...terminal })
    expect(out).toContain('a]0;titleb')
  })
})
