// Builds every package from nothing and packs it as it would be published.
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { output, root } from './programs.mjs'

/** The tarballs of all packages, written to `folder`: { name, file } each. */
export function packAll(folder) {
  const names = readdirSync(join(root, 'packages'))
  for (const name of names) rmSync(join(root, 'packages', name, 'dist'), { recursive: true, force: true })
  output('tsc', ['-b'])
  output('tsup', [])
  return names.map((name) => {
    const from = join(root, 'packages', name)
    const manifest = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'))
    output('node', [join(root, 'scripts', 'pnpm.mjs'), 'pack', '--pack-destination', folder], from)
    const file = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`
    return { name: manifest.name, file: join(folder, file) }
  })
}
