import type { SandboxThreat } from '@anymodel/core'
import type { CheckedRun } from './checked-run.ts'
import type { Command } from './child.ts'
import { insideFile } from './inside-file.ts'
import { programPath, tried } from './installed.ts'
import { limited } from './limited.ts'

/** Node's own data and code, beside what a program takes. */
const runtimeBytes = 128 << 20

/** Starts this process's Node with its permissions taken away. */
export interface LockedNode {
  readonly holds: readonly SandboxThreat[]
  /** `readable`: folders and files that it may read. `args`: the script and its arguments. */
  command(run: CheckedRun, readable: readonly string[], args: readonly string[]): Command
}

/** Finds out once what this machine has. */
export async function lockedNode(): Promise<LockedNode> {
  const [sh, unshare] = process.platform === 'win32' ? [] : [await programPath('sh'), await ownNamespaces()]
  const preloads = ['streams.cjs', 'lockdown.cjs'].map(insideFile)
  const netPermission = process.allowedNodeEnvironmentFlags.has('--allow-net')
  return {
    holds: held({
      limits: sh !== undefined && process.platform === 'linux',
      apart: unshare !== undefined,
      netPermission,
    }),
    command(run, readable, args) {
      const flags = nodeFlags(run, [...readable, ...preloads])
      const node = [process.execPath, ...flags, ...preloads.flatMap((path) => ['--require', path]), ...args]
      const inShell = sh === undefined ? node : [sh, ...limited(node, run, { runtimeBytes, fileBytes: 0 })]
      const [program = '', ...rest] = [...(unshare ?? []), ...inShell]
      return { program, args: rest }
    },
  }
}

/** `unshare` with namespaces of its own for users, processes and network, where the system lets everybody have them. */
async function ownNamespaces(): Promise<readonly string[] | undefined> {
  const unshare = process.platform === 'linux' ? await programPath('unshare') : undefined
  if (unshare === undefined) return undefined
  const args = ['--user', '--net', '--ipc', '--pid', '--fork', '--kill-child', '--']
  const { works } = await tried(unshare, [...args, process.execPath, '--version'])
  return works ? [unshare, ...args] : undefined
}

function nodeFlags({ limits }: CheckedRun, readable: readonly string[]): string[] {
  const known = process.allowedNodeEnvironmentFlags
  return [
    known.has('--permission') ? '--permission' : '--experimental-permission',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    `--max-old-space-size=${Math.max(8, Math.ceil(limits.memoryBytes / 2 ** 20))}`,
    ...(known.has('--experimental-detect-module') ? ['--experimental-detect-module'] : []),
    '--no-warnings',
    '--no-addons',
    '--disable-sigusr1',
  ].filter((flag) => flag !== '--disable-sigusr1' || known.has(flag))
}

function held(has: { limits: boolean; apart: boolean; netPermission: boolean }): SandboxThreat[] {
  return [
    'read',
    'write',
    'environment',
    ...(has.apart || has.netPermission ? (['network'] as const) : []),
    ...(has.netPermission ? (['local-sockets'] as const) : []),
    ...(has.apart ? (['processes'] as const) : []),
    'time',
    ...(has.limits ? (['memory'] as const) : []),
    'output',
    'host',
  ]
}
