// Runs pnpm 12.21.0: the one on the PATH when it is that version, else through npx. Nothing else has to be installed.
import { spawnSync } from 'node:child_process'

const version = '12.21.0'
const shell = process.platform === 'win32'
const found = spawnSync('pnpm', ['--version'], { encoding: 'utf8', shell, cwd: import.meta.dirname }).stdout?.trim()
const [command, args] =
  found === version ? ['pnpm', []] : ['npx', ['--yes', '--prefer-offline', '--loglevel=error', `pnpm@${version}`]]
const { status } = spawnSync(command, [...args, ...process.argv.slice(2)], { stdio: 'inherit', shell })
process.exit(status ?? 1)
