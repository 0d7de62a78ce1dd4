import type { SandboxThreat } from '@anymodel/core'
import type { CheckedRun } from './checked-run.ts'
import type { Command } from './child.ts'
import { idleNodeBytes } from './idle-node.ts'
import { insideFile } from './inside-file.ts'
import { programPath, tried } from './installed.ts'
import { limited } from './limited.ts'

/** A script for Node to run. */
interface LockedScript {
  /** Its path, and its arguments. */
  readonly args: readonly string[]
  /** Folders and files that it may read. */
  readonly readable: readonly string[]
  /** What is not the program's own: bytes of data beside those of an idle Node, and of Node's heap. */
  readonly own: { readonly bytes: number; readonly heapBytes: number }
}

/** Starts this process's Node with its permissions taken away. */
export interface LockedNode {
  readonly holds: readonly SandboxThreat[]
  command(run: CheckedRun, script: LockedScript): Command
}

/** Finds out once what this machine has. */
export async function lockedNode(): Promise<LockedNode> {
  const [sh, unshare] = process.platform === 'win32' ? [] : [await programPath('sh'), await ownNamespaces()]
  const idle = await idleNodeBytes()
  const preloads = ['streams.cjs', 'lockdown.cjs'].map(insideFile)
  const netPermission = process.allowedNodeEnvironmentFlags.has('--allow-net')
  return {
    holds: held({
      limits: sh !== undefined && process.platform === 'linux',
      apart: unshare !== undefined,
      netPermission,
    }),
    command(run, { args, readable, own }) {
      const flags = nodeFlags([...readable, ...preloads], run.limits.memoryBytes + own.heapBytes)
      const node = [process.execPath, ...flags, ...preloads.flatMap((path) => ['--require', path]), ...args]
      const inShell =
        sh === undefined ? node : [sh, ...limited(node, run, { runtimeBytes: idle + own.bytes, fileBytes: 0 })]
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

function nodeFlags(readable: readonly string[], heapBytes: number): string[] {
  const known = process.allowedNodeEnvironmentFlags
  return [
    known.has('--permission') ? '--permission' : '--experimental-permission',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    `--max-old-space-size=${Math.max(8, Math.ceil(heapBytes / 2 ** 20))}`,
    ...(known.has('--experimental-detect-module') ? ['--experimental-detect-module'] : []),
    '--no-warnings',
    '--no-addons',
    ...(known.has('--disable-sigusr1') ? ['--disable-sigusr1'] : []),
  ]
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
