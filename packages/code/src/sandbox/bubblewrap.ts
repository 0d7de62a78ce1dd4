import { lstat, readdir, readlink, realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AnyModelError, type Sandbox, type SandboxThreat } from '@anymodel/core'
import type { CheckedRun } from './checked-run.ts'
import { type Command, runCommand } from './child.ts'
import { type SandboxOptions, sandboxOf } from './driver.ts'
import { idleNodeBytes } from './idle-node.ts'
import { insideFile } from './inside-file.ts'
import { programPath, tried } from './installed.ts'
import { limited, notAFlag } from './limited.ts'
import { inRunFolder } from './run-folder.ts'
import { seccompFilter } from './seccomp.ts'

/** Where a program and its own files are inside. */
const home = '/program'

/** Bytes that a program may write to its folder, and as many to /tmp: they are memory. */
const writable = 32 << 20

/** A language's command, and what it needs to see beside /usr. */
interface Runtime {
  readonly command: readonly string[]
  /** Read only: where it is on the host, where it is inside. */
  readonly binds: readonly (readonly [from: string, to: string])[]
  readonly runtimeBytes: number
}

/**
 * JavaScript, TypeScript and Python in Bubblewrap (Linux): an own root with nothing but /usr, the language and the program's folder; no network, no other process,
 * a filter of system calls, and limits of the system. What a program writes to its folder is gone with it. Python is the `python3` of the path.
 * Throws `unsupported` where Bubblewrap is missing or may not be used.
 */
export async function bubblewrapSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const bwrap = process.platform === 'linux' ? await programPath('bwrap') : undefined
  if (bwrap === undefined)
    throw new AnyModelError(
      'unsupported',
      'Bubblewrap is not installed. On Linux install the package bubblewrap; elsewhere use another sandbox.',
    )
  const root = await rootFolder()
  const filter = seccompFilter()
  const runtimes = { javascript: await nodeRuntime(), python: await pythonRuntime() }
  const { works, why } = await tried(bwrap, [...root, '--', '/bin/sh', '-c', ':'])
  if (!works)
    throw new AnyModelError(
      'unsupported',
      `Bubblewrap does not work here: ${why}. It needs user namespaces, which a system or a container may forbid.`,
    )
  const start = (run: CheckedRun) => {
    const runtime = run.language === 'python' ? runtimes.python : runtimes.javascript
    return inRunFolder(run.files, async (folder) =>
      runCommand(await command(bwrap, root, filter, folder, run, runtime as Runtime), run),
    )
  }
  const languages = ['javascript', 'typescript', ...(runtimes.python ? ['python'] : [])]
  return sandboxOf({ name: 'bubblewrap', languages, holds: filter ? held : held.filter(needsNoFilter), start }, options)
}

const held: readonly SandboxThreat[] = [
  'read',
  'write',
  'environment',
  'network',
  'local-sockets',
  'processes',
  'time',
  'memory',
  'output',
  'host',
]

const needsNoFilter = (threat: SandboxThreat) => threat !== 'processes' && threat !== 'memory'

async function command(
  bwrap: string,
  root: readonly string[],
  filter: Uint8Array | undefined,
  folder: string,
  run: CheckedRun,
  { command, binds, runtimeBytes }: Runtime,
): Promise<Command> {
  const bound = (await readdir(folder)).flatMap((name) => ['--ro-bind', `${folder}/${name}`, `${home}/${name}`])
  const seen = binds.flatMap((bind) => ['--ro-bind', ...bind])
  const heap = Math.max(8, Math.ceil(run.limits.memoryBytes / 2 ** 20))
  const flags = run.language === 'python' ? [] : [`--max-old-space-size=${heap}`]
  const program = limited([...command, ...flags, notAFlag(run.entry), ...run.args], run, { runtimeBytes })
  const seccomp = filter ? { flags: ['--seccomp', '3'], bytes: { third: filter } } : { flags: [], bytes: {} }
  const args = [
    ...root,
    ...seen,
    ...bound,
    ...seccomp.flags,
    '--remount-ro',
    '/',
    '--chdir',
    home,
    '--',
    '/bin/sh',
    ...program,
  ]
  return { program: bwrap, args, ...seccomp.bytes }
}

/** A root that has the system's programs and nothing of the machine's own. */
async function rootFolder(): Promise<string[]> {
  const links = await Promise.all(['/bin', '/sbin', '/lib', '/lib32', '/lib64'].map(asInSystem))
  const folder = (path: string, bytes: number) => ['--size', String(bytes), '--tmpfs', path]
  return [
    '--unshare-all',
    '--unshare-user',
    '--die-with-parent',
    '--new-session',
    '--clearenv',
    ...['--setenv', 'PATH', '/usr/bin:/bin', '--setenv', 'HOME', home, '--setenv', 'LANG', 'C.UTF-8'],
    ...['--uid', '65534', '--gid', '65534', '--hostname', 'sandbox', '--cap-drop', 'ALL'],
    ...['--ro-bind', '/usr', '/usr', ...links.flat()],
    ...['--proc', '/proc', '--dev', '/dev', ...folder('/dev/shm', 65_536)],
    ...[...folder('/tmp', writable), ...folder(home, writable)],
  ]
}

/** `/lib` is a link to `/usr/lib` in most systems and a folder in others. */
async function asInSystem(path: string): Promise<string[]> {
  const found = await lstat(path).catch(() => undefined)
  if (!found) return []
  return found.isSymbolicLink() ? ['--symlink', await readlink(path), path] : ['--ro-bind', path, path]
}

/** What is not in /usr is shown by itself. */
const shown = (path: string): [string, string][] => (`${path}/`.startsWith('/usr/') ? [] : [[path, path]])

const preload = '/streams.cjs'

async function nodeRuntime(): Promise<Runtime> {
  const node = await realpath(process.execPath)
  const detect = process.allowedNodeEnvironmentFlags.has('--experimental-detect-module')
  return {
    command: [node, '--no-warnings', '--require', preload, ...(detect ? ['--experimental-detect-module'] : [])],
    binds: [[insideFile('streams.cjs'), preload], ...shown(node)],
    runtimeBytes: (await idleNodeBytes()) + (80 << 20),
  }
}

/** The `python3` of the path, by its own word: what is on the path may be a script that picks one. */
async function pythonRuntime(): Promise<Runtime | undefined> {
  const onPath = await programPath('python3')
  if (onPath === undefined) return undefined
  const script = 'import os, sys; print(os.path.realpath(sys.executable)); print(os.path.realpath(sys.base_prefix))'
  const said = await tried(onPath, ['-I', '-S', '-c', script])
  const system = said.works ? said : await tried('/usr/bin/python3', ['-I', '-S', '-c', script])
  const [python, prefix] = system.stdout.split('\n')
  if (!system.works || !python || !prefix) return undefined
  const there = python.startsWith(`${prefix}/`) ? [] : shown(dirname(python))
  return { command: [python, '-E', '-s', '-B', '-u'], binds: [...shown(prefix), ...there], runtimeBytes: 32 << 20 }
}
