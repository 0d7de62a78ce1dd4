import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AnyModelError, type Sandbox } from '@anymodel/core'
import type { CheckedRun } from './checked-run.ts'
import { runCommand } from './child.ts'
import { type SandboxOptions, sandboxOf } from './driver.ts'
import { insideFile } from './inside-file.ts'
import { lockedNode } from './locked-node.ts'
import { inRunFolder } from './run-folder.ts'

/** Pyodide's own memory, beside what a program takes. */
const own = { bytes: 240 << 20, heapBytes: 128 << 20 }

/**
 * Python in WebAssembly (Pyodide, the package `pyodide`, which you install), in a process of Node without permissions: its own files are in memory, there are no
 * processes, threads or sockets in it. Each run is a process of its own, which begins from a snapshot of a loaded interpreter: about half a second of processor time.
 * The standard library is there; packages are not. Throws `unsupported` when `pyodide` is not installed.
 */
export async function pyodideSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const folder = pyodideFolder()
  const url = pathToFileURL(join(folder, 'pyodide.mjs')).href
  const [node, snapshot] = await Promise.all([lockedNode(), snapshotOf(url)])
  const script = insideFile('pyodide.mjs')
  const start = (run: CheckedRun) =>
    inRunFolder(run.files, (files) => {
      const paths = run.files.map(({ path }) => path)
      const config = JSON.stringify({ url, folder: files, files: paths, entry: run.entry, args: run.args })
      const command = node.command(run, { args: [script, config], readable: [files, folder, script], own })
      return runCommand({ ...command, cwd: files, third: snapshot }, run)
    })
  return sandboxOf({ name: 'pyodide', languages: ['python'], holds: node.holds, start }, options)
}

function pyodideFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve('pyodide/package.json'))
  } catch (cause) {
    throw new AnyModelError(
      'unsupported',
      'Pyodide is not installed: npm install pyodide. It runs Python without Python being installed.',
      { cause },
    )
  }
}

/** The memory of a loaded interpreter; empty when this Pyodide can't make one, so that each run loads its own. */
function snapshotOf(url: string): Promise<Uint8Array> {
  const args = [insideFile('pyodide-snapshot.mjs'), url]
  const settings = { encoding: 'buffer', maxBuffer: 256 << 20, timeout: 300_000, env: {} } as const
  return new Promise((resolve) => {
    execFile(process.execPath, args, settings, (error, bytes) => resolve(error ? new Uint8Array() : bytes))
  })
}
