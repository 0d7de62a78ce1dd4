import { type ChildProcess, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ModelServer, modelServer } from '@anymodel/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { testFolder } from '../../testing/config-file.ts'
import { type CliOptions, runCli } from '../../testing/run-cli.ts'

// Each test starts several processes.
vi.setConfig({ testTimeout: 60_000 })

let server: ModelServer
beforeAll(async () => {
  server = await modelServer()
})
afterAll(() => server.close())

const add = 'export const add = (a, b) => {\n  return \n}\n'

/** A folder with a config and a file, and how the command line is run in it. */
function project(text = add) {
  const cwd = testFolder()
  writeFileSync(
    join(cwd, 'anymodel.config.yaml'),
    `providers: { groq: { apiKey: test, baseURL: "${server.url}/v1" } }\nmodels: { chat: groq/a, autocomplete: groq/b }\n`,
  )
  writeFileSync(join(cwd, 'add.js'), text)
  return {
    read: (path = 'add.js') => readFileSync(join(cwd, path), 'utf8'),
    write: (text: string) => writeFileSync(join(cwd, 'add.js'), text),
    files: () =>
      readdirSync(cwd)
        .filter((name) => name !== '.local')
        .sort(),
    run: (args: string[], options: Partial<CliOptions> = {}) =>
      runCli(['code', ...args], { cwd, env: { TERM: 'xterm' }, ...options }),
  }
}

const edits = (search: string, replace: string) =>
  ['add.js', '```js', '<<<<<<< SEARCH', search, '=======', replace, '>>>>>>> REPLACE', '```'].join('\n')
/** Ctrl-C when a text shows up, once. */
function interruptAt(seen: string) {
  let isDone = false
  return (err: string, child: ChildProcess) => {
    if (!isDone && err.includes(seen)) isDone = child.kill('SIGINT')
  }
}

const mend = ['edit', 'Mend it.', 'add.js', '--format', 'search-replace']

describe('anymodel code complete', () => {
  test('prints what belongs at the cursor, and inserts it when it is told to; undo takes it out', async () => {
    const { run, read } = project()
    server.reply('<COMPLETION>a + b</COMPLETION>')
    expect(await run(['complete', 'add.js:2:10'])).toMatchObject({ code: 0, out: 'a + b\n', err: '' })
    expect(read()).toBe(add)
    expect(server.requests.at(-1)?.body.model).toBe('b')
    const written = await run(['complete', 'add.js:2', '--write', '--json', '-m', 'groq/c'])
    expect(JSON.parse(written.out)).toMatchObject({ code: 'a + b', provider: 'groq', finishReason: 'stop' })
    expect(written.err).toContain('Inserted into add.js')
    expect(read()).toBe(add.replace('return ', 'return a + b'))
    expect(server.requests.at(-1)?.body.model).toBe('c')
    expect((await run(['undo'])).out).toContain('-  return a + b\n+  return \n')
    expect(read()).toBe(add)
  })

  test('a place that is not in a file is an error that says what there is', async () => {
    const { run } = project()
    const place = async (place: string) => run(['complete', place])
    expect(await place('add.js')).toMatchObject({ code: 2, err: expect.stringContaining('file:line:column') })
    expect(await place('add.js:9')).toMatchObject({ code: 2, err: expect.stringContaining('it has 4') })
    expect(await place('add.js:2:99')).toMatchObject({ code: 2, err: expect.stringContaining('columns 1 to 10') })
    expect(await place('../x.js:1')).toMatchObject({ code: 2, err: expect.stringContaining('leaves the project') })
  })
})

describe('anymodel code edit', () => {
  test('shows the difference, asks, and writes; edits are taken back one after the other', async () => {
    const { run, read } = project()
    server.reply(edits('  return ', '  return a + b'))
    const written = await run(mend, { input: 'y\n' })
    expect(written).toMatchObject({ code: 0, out: expect.stringContaining('-  return \n+  return a + b\n') })
    expect(written.err).toContain('Write this file? [y/N]')
    const first = read()
    expect(first).toBe(add.replace('return ', 'return a + b'))
    server.reply(edits('  return a + b', '  return b + a'))
    expect((await run([...mend, '--yes'])).code).toBe(0)
    expect(read()).toContain('b + a')
    expect((await run(['undo'])).code).toBe(0)
    expect(read()).toBe(first)
    expect((await run(['undo'])).code).toBe(0)
    expect(read()).toBe(add)
    expect(await run(['undo'])).toMatchObject({ code: 2, err: expect.stringContaining('nothing to take back') })
  })

  test('writes nothing when it is not told yes', async () => {
    const { run, read, files } = project()
    const before = files()
    server.reply(edits('  return ', '  return a + b'))
    expect(await run(mend, { input: 'n\n' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('Nothing was written'),
    })
    expect((await run(mend)).code).toBe(1)
    expect(await run([...mend, '--dry-run'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('+  return a + b'),
    })
    expect([read(), files()]).toEqual([add, before])
  })

  test('undo leaves files alone that were changed since, and can be had again', async () => {
    const { run, read, write } = project()
    server.reply(edits('  return ', '  return a + b'))
    await run([...mend, '--yes'])
    const edited = read()
    write('mine\n')
    expect(await run(['undo'])).toMatchObject({ code: 2, err: expect.stringContaining('add.js has changed') })
    expect(read()).toBe('mine\n')
    write(edited)
    expect(await run(['undo', '--dry-run'])).toMatchObject({ code: 0, out: expect.stringContaining('-  return a + b') })
    expect(read()).toBe(edited)
    // Taken back by other means, it is not in the way of the one before it.
    server.reply(edits('  return a + b', '  return b + a'))
    await run([...mend, '--yes'])
    write(edited)
    expect((await run(['undo'])).code).toBe(0)
    expect(read()).toBe(add)
  })

  test('Ctrl-C leaves the files as they were: while the model writes, and at the question', async () => {
    const { run, read, files } = project()
    const before = files()
    const lines = edits('  return ', '  return a + b').split('\n')
    server.reply({ answer: lines.map((line) => ({ type: 'text', text: `${line}\n` })), silentAfter: 7 })
    const writing = await run(mend, { onError: interruptAt('Editing add.js') })
    expect(writing).toMatchObject({ code: 130, out: '' })
    server.reply(edits('  return ', '  return a + b'))
    const atQuestion = await run(mend, {
      input: { open: true },
      onError: interruptAt('[y/N]'),
    })
    expect(atQuestion.code).toBe(130)
    expect([read(), files()]).toEqual([add, before])
  })
})

/** A terminal for a program: python's pty module, so that no native addon is needed. */
const python = ['python3', '-c', 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))']
const hasPty = spawnSync('python3', ['-c', 'import os, pty; os.waitstatus_to_exitcode']).status === 0

test.skipIf(!hasPty)(
  'in a terminal the difference has colours, and nothing of the model steers it (skipped where python3 is not there to make one)',
  async () => {
    const { run } = project()
    server.reply(edits('  return ', '  return a\u001b[8m + b'))
    const answer = (out: string, child: ChildProcess) => out.endsWith('[y/N] ') && child.stdin?.write('n\r')
    const { out, code } = await run(mend, { through: python, input: { open: true }, onOutput: answer })
    expect(code).toBe(1)
    expect(out).toContain('\u001b[32m+  return a[8m + b')
    expect(out).not.toContain('\u001b[8m')
  },
)

describe('anymodel code explain and review', () => {
  test('print what the model says of the lines', async () => {
    const { run } = project()
    server.reply('{"summary":"It adds.","parts":[{"from":1,"to":3,"text":"A function."}]}')
    expect(await run(['explain', 'add.js'])).toMatchObject({ code: 0, out: 'It adds.\n\nadd.js:1-3\nA function.\n' })
    const finding = {
      path: 'add.js',
      line: 2,
      severity: 'error',
      title: 'No value.',
      detail: 'It returns nothing.',
      fix: 'Return a + b.',
    }
    server.reply(JSON.stringify({ summary: 'Broken.', findings: [finding] }))
    const { out } = await run(['review', 'add.js', '--focus', 'sums'])
    expect(out).toBe('Broken.\n\nadd.js:2 error No value.\nIt returns nothing.\nFix: Return a + b.\n')
    expect(JSON.parse((await run(['review', 'add.js', '--json'])).out)).toEqual({
      summary: 'Broken.',
      findings: [finding],
    })
  })
})
