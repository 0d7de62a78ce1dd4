import type { Sandbox } from '@anymodel/core'
import { runCommand } from './child.ts'
import { type SandboxOptions, sandboxOf } from './driver.ts'
import { lockedNode } from './locked-node.ts'
import { inRunFolder } from './run-folder.ts'

/** Node's own data, beside what a program takes. */
const own = { bytes: 80 << 20, heapBytes: 0 }

/**
 * JavaScript and TypeScript in a process of Node with Node's permissions: it reads its own folder, writes nowhere and starts nothing; no environment;
 * limits of the system where there is a `sh`. Where Linux has `unshare` for everybody it also gets no network and sees no other process; elsewhere `holds`
 * has no `network`. Local sockets are closed by a preload only, so that `holds` never has them.
 */
export async function processSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const node = await lockedNode()
  return sandboxOf(
    {
      name: 'process',
      languages: ['javascript', 'typescript'],
      holds: node.holds,
      start: (run) =>
        inRunFolder(run.files, (folder) => {
          const args = [`${folder}/${run.entry}`, ...run.args]
          return runCommand({ ...node.command(run, { args, readable: [folder], own }), cwd: folder }, run)
        }),
    },
    options,
  )
}
