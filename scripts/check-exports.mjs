// Whether what is published can be imported, with its types, the way package.json says: publint and are-the-types-wrong read the packed tarballs.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packAll } from './pack.mjs'
import { output } from './programs.mjs'

const folder = mkdtempSync(join(tmpdir(), 'anymodel-pack-'))
try {
  for (const { name, file } of packAll(folder)) {
    try {
      output('publint', ['run', file, '--strict'])
      // Weights are data behind a one-line module: reading 90 MB for its types is not worth it.
      if (!name.includes('/model-')) output('attw', [file, '--profile', 'esm-only', '--format', 'ascii'])
      console.log(`ok  ${name}`)
    } catch (error) {
      console.error(error.message)
      process.exitCode = 1
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}
