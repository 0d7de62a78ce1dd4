import { execFile } from 'node:child_process'
import { access, constants, realpath } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** Where a program of this machine is, links followed; `undefined` when it isn't on the path. */
export async function programPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder || '.', name)
    try {
      await access(path, constants.X_OK)
      return await realpath(path)
    } catch {
      // Not in this folder.
    }
  }
  return undefined
}

/** Tries a command once. Default of its environment: none. */
export function tried(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ works: boolean; stdout: string; why: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { env, cwd: '/', timeout: 10_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) =>
      resolve({ works: !error, stdout, why: error ? stderr.trim() || error.message : '' }),
    )
  })
}
