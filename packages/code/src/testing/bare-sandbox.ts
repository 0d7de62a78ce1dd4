import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Sandbox, SandboxResult, SandboxRun } from '@anymodel/core'

const programs: Readonly<Record<string, string>> = { javascript: process.execPath, python: 'python3' }

/** Runs the programs of tests as they are: it holds nothing. */
export const bareSandbox = (): Sandbox & { readonly runs: SandboxRun[] } => {
  const runs: SandboxRun[] = []
  return {
    name: 'bare',
    languages: Object.keys(programs),
    holds: [],
    runs,
    async run(run) {
      runs.push(run)
      run.signal?.throwIfAborted()
      const folder = await mkdtemp(join(tmpdir(), 'anymodel-bare-'))
      try {
        for (const { path, text } of run.files) {
          await mkdir(dirname(join(folder, path)), { recursive: true })
          await writeFile(join(folder, path), text)
        }
        return await started(run, folder)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
    async close() {},
  }
}

function started(run: SandboxRun, folder: string): Promise<SandboxResult> {
  const begin = performance.now()
  const child = spawn(programs[run.language] as string, [run.entry], {
    cwd: folder,
    timeout: run.limits?.timeMs ?? 3_000,
    killSignal: 'SIGKILL',
  })
  run.signal?.addEventListener('abort', () => child.kill('SIGKILL'), { once: true })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  child.stdin.on('error', () => {})
  child.stdin.end(run.stdin ?? '')
  return new Promise((resolve, reject) => {
    child.on('close', (exitCode) => {
      if (run.signal?.aborted) return reject(run.signal.reason)
      const durationMs = performance.now() - begin
      resolve(
        exitCode === null
          ? { outcome: 'timeout', ...said, durationMs }
          : { outcome: 'exited', exitCode, ...said, durationMs },
      )
    })
  })
}
