import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The programs that run inside of a sandbox: files of this package, never bundled. */
export const insideFile = (name: string): string =>
  join(dirname(createRequire(import.meta.url).resolve('@anymodel/code/package.json')), 'src/sandbox/inside', name)
