import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dockerSandbox } from './docker.ts'

/** In the place of Docker's client: says what it was asked, and runs what `node` would in a container. */
const client = (folder: string, answers: string) => `#!/bin/sh
printf '%s\\n' "$@" >> ${folder}/asked
echo -- >> ${folder}/asked
${answers}
case "$1" in
  run) echo "inside: $(cat)"; echo trouble >&2; exit 5 ;;
esac
`

const run = { language: 'javascript', files: [{ path: 'main.js', text: '1' }], entry: 'main.js', args: ['a b'] }

describe.skipIf(process.platform === 'win32')('Docker', () => {
  let folder: string
  const asked = async () =>
    (await readFile(join(folder, 'asked'), 'utf8')).split('--\n').map((call) => call.split('\n'))
  const install = async (answers = '') => {
    await writeFile(join(folder, 'docker'), client(folder, answers))
    await chmod(join(folder, 'docker'), 0o755)
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anymodel-docker-'))
    vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true, force: true })
  })

  it('runs a program in a container without network, rights or a root to write to', async () => {
    await install()
    const sandbox = await dockerSandbox({ images: { javascript: 'my/node' } })
    expect(sandbox.languages).toEqual(['javascript', 'typescript', 'python'])
    const result = await sandbox.run({ ...run, stdin: 'hello', limits: { memoryBytes: 64 << 20, timeMs: 9_500 } })
    expect(result).toMatchObject({ outcome: 'exited', exitCode: 5, stdout: 'inside: hello\n', stderr: 'trouble\n' })
    const started = (await asked()).find(([verb]) => verb === 'run') as string[]
    const mount = started[started.indexOf('--mount') + 1] as string
    expect(mount).toMatch(/^"type=bind","src=.*anymodel-run-\w+\/main\.js","dst=\/program\/main\.js","readonly"$/)
    const name = started[started.indexOf('--name') + 1] as string
    expect(
      started
        .map((arg) => (arg === mount ? 'MOUNT' : arg === name ? 'NAME' : arg))
        .join(' ')
        .trim(),
    ).toBe(
      'run --rm --interactive --name NAME --pull never --log-driver none --network none --read-only --cap-drop ALL ' +
        '--security-opt no-new-privileges --user 65534:65534 --pids-limit 64 --memory 201326592 --memory-swap 201326592 ' +
        '--ulimit core=0 --ulimit nofile=256 --ulimit cpu=11 --tmpfs /tmp:size=32m --tmpfs /program:size=32m --workdir /program ' +
        '--mount MOUNT my/node node --no-warnings --max-old-space-size=64 main.js a b',
    )
    expect(await asked()).toContainEqual(['rm', '--force', name, ''])
    await sandbox.close()
  })

  it('takes no options from the names of files', async () => {
    await install()
    const sandbox = await dockerSandbox()
    const path = 'a",src=etc,"b.js'
    const files = [
      { path, text: '1' },
      { path: '--volume=x', text: '' },
    ]
    await sandbox.run({ ...run, files, entry: '--volume=x' })
    const started = (await asked()).find(([verb]) => verb === 'run') as string[]
    expect(started.find((arg) => arg.includes('etc'))).toMatch(
      /\/a"",src=etc,""b\.js","dst=\/program\/a"",src=etc,""b\.js",/,
    )
    expect(started.slice(-3)).toEqual(['./--volume=x', 'a b', ''])
  })

  it('removes the container of a program that does not end', async () => {
    await install('[ "$1" = run ] && exec sleep 100')
    const sandbox = await dockerSandbox()
    expect(await sandbox.run({ ...run, limits: { timeMs: 300 } })).toMatchObject({ outcome: 'timeout' })
    const reason = new Error('enough')
    const aborted = sandbox.run({ ...run, signal: AbortSignal.timeout(300) })
    await expect(aborted).rejects.toMatchObject({ name: 'TimeoutError' })
    await expect(sandbox.run({ ...run, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect((await asked()).filter(([verb]) => verb === 'rm')).toHaveLength(2)
  })

  it('says that no daemon answers, without one', async () => {
    await install('echo "Cannot connect to the daemon" >&2; exit 1')
    await expect(dockerSandbox()).rejects.toMatchObject({
      code: 'unsupported',
      message: 'No Docker answers: Cannot connect to the daemon',
    })
  })

  it('says what to fetch, without its images', async () => {
    await install('[ "$1" = image ] && exit 1')
    await expect(dockerSandbox()).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('docker pull node:22-slim'),
    })
  })

  it('has the languages of the images that are here', async () => {
    await install('[ "$5" = node:22-slim ] && exit 1')
    expect((await dockerSandbox()).languages).toEqual(['python'])
  })
})
