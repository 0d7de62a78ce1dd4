import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { AnyModelError, type Sandbox, type SandboxThreat } from '@anymodel/core'
import type { CheckedRun } from './checked-run.ts'
import { runCommand } from './child.ts'
import { type SandboxOptions, sandboxOf } from './driver.ts'
import { programPath, tried } from './installed.ts'
import { notAFlag } from './limited.ts'
import { inRunFolder } from './run-folder.ts'

/** Options of `dockerSandbox`. */
export interface DockerSandboxOptions extends SandboxOptions {
  /** Images by language; each has its `node` or `python` on its path. Default: `node:22-slim` and `python:3.13-slim`. Nothing is ever pulled. */
  readonly images?: { readonly javascript?: string; readonly python?: string }
}

const home = '/program'

/** Node's own memory, beside what a program takes. */
const runtimeBytes = 128 << 20

/** Processes may be started inside of a container: they are counted, and end with it. */
const holds: readonly SandboxThreat[] = [
  'read',
  'write',
  'environment',
  'network',
  'local-sockets',
  'time',
  'memory',
  'output',
  'host',
]

/**
 * JavaScript, TypeScript and Python in containers of Docker: no network, a root that is read only, no capabilities, 64 processes at most. Each run starts a container,
 * which counts to its time. Languages are those whose images are here. Throws `unsupported` where no Docker answers or no image is here.
 */
export async function dockerSandbox(options: DockerSandboxOptions = {}): Promise<Sandbox> {
  const docker = await programPath('docker')
  const answer = docker === undefined ? undefined : await asked(docker, ['version', '--format', '{{.Server.Version}}'])
  if (docker === undefined || !answer?.works)
    throw new AnyModelError(
      'unsupported',
      answer ? `No Docker answers: ${answer.why}` : 'Docker is not installed, or not on the path.',
    )
  const images = { javascript: 'node:22-slim', python: 'python:3.13-slim', ...options.images }
  const here = async (image: string) => (await asked(docker, ['image', 'inspect', '--format', '.', image])).works
  const [javascript, python] = await Promise.all([here(images.javascript), here(images.python)])
  if (!javascript && !python)
    throw new AnyModelError(
      'unsupported',
      `Docker has neither ${images.javascript} nor ${images.python}. Fetch what you need: docker pull ${images.javascript}.`,
    )
  const languages = [...(javascript ? ['javascript', 'typescript'] : []), ...(python ? ['python'] : [])]
  const start = (run: CheckedRun) =>
    inRunFolder(run.files, async (folder) => {
      const name = `anymodel-${randomUUID()}`
      try {
        const args = containerOf(name, folder, await readdir(folder), run, images)
        return await runCommand({ program: docker, args, env: environment() }, run)
      } finally {
        // A client that is killed leaves its container running; one that ended has removed it.
        await asked(docker, ['rm', '--force', name])
      }
    })
  return sandboxOf({ name: 'docker', languages, holds, start }, options)
}

/** The arguments of `docker` for one run. */
function containerOf(
  name: string,
  folder: string,
  entries: readonly string[],
  { language, entry, args, limits }: CheckedRun,
  images: { readonly javascript: string; readonly python: string },
): string[] {
  const memory = String(limits.memoryBytes + runtimeBytes)
  const seconds = Math.ceil(limits.timeMs / 1_000) + 1
  const command =
    language === 'python'
      ? [images.python, 'python', '-E', '-s', '-B', '-u']
      : [images.javascript, 'node', '--no-warnings', `--max-old-space-size=${Math.max(8, limits.memoryBytes >> 20)}`]
  return [
    ...['run', '--rm', '--interactive', '--name', name, '--pull', 'never', '--log-driver', 'none'],
    ...['--network', 'none', '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    ...['--user', '65534:65534', '--pids-limit', '64', '--memory', memory, '--memory-swap', memory],
    ...['--ulimit', 'core=0', '--ulimit', 'nofile=256', '--ulimit', `cpu=${seconds}`],
    ...['--tmpfs', '/tmp:size=32m', '--tmpfs', `${home}:size=32m`, '--workdir', home],
    ...entries.flatMap((one) => ['--mount', mountOf(`${folder}/${one}`, `${home}/${one}`)]),
    ...[...command, notAFlag(entry), ...args],
  ]
}

/** Docker reads a line of CSV: no name of a file may become an option. */
const mountOf = (from: string, to: string) =>
  ['type=bind', `src=${from}`, `dst=${to}`, 'readonly'].map((field) => `"${field.replaceAll('"', '""')}"`).join()

const asked = (docker: string, args: readonly string[]) => tried(docker, args, environment())

/** What the client needs of the host's environment; the container gets nothing of it. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(?:DOCKER_\w+|HOME|PATH)$/.test(name)))
