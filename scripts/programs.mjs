// Runs the programs that the workspace installs, without going through a package manager.
import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'

export const root = join(import.meta.dirname, '..')
const shell = process.platform === 'win32'
const env = { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter) }

/** Runs a program in the root of the repository, its output shown. Gives whether it succeeded. */
export const succeeds = (program, ...args) =>
  spawnSync(program, args, { cwd: root, env, shell, stdio: 'inherit' }).status === 0

/** The same, quietly; throws with what it printed when it fails. */
export function output(program, args, cwd = root) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env,
    shell,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`)
  return stdout
}
