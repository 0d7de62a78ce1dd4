// `pnpm test:matrix [20 22 24] [-- vitest arguments]`: the tests on several versions of Node, whose programs come from the npm package `node`.
import { execFileSync, spawnSync } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const split = process.argv.indexOf('--')
const given = process.argv.slice(2, split < 0 ? undefined : split)
const versions = given.length > 0 ? given : ['20', '22', '24']
const args = split < 0 ? [] : process.argv.slice(split + 1)
const shell = process.platform === 'win32'

const failed = []
for (const version of versions) {
  const print = ['--yes', '--prefer-offline', '--loglevel=error', '--package', `node@${version}`, 'node', '--print']
  const node = execFileSync('npx', [...print, 'process.execPath'], { encoding: 'utf8', shell }).trim()
  console.log(`\n== Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`)
  // Children that tests start get the same Node: it stands first on the PATH.
  const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) }
  const { status } = spawnSync(node, ['node_modules/vitest/vitest.mjs', 'run', ...args], {
    cwd: root,
    env,
    stdio: 'inherit',
  })
  if (status !== 0) failed.push(version)
}
console.log(failed.length > 0 ? `\nfailed on Node ${failed.join(', ')}` : `\nok on Node ${versions.join(', ')}`)
if (failed.length > 0) process.exitCode = 1
