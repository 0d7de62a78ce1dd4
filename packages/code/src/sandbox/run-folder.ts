import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { CodeFile } from '@anymodel/core'

/** Lends a new folder with these files in it. It is removed at the end, whatever happens. */
export async function inRunFolder<T>(files: readonly CodeFile[], use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'anymodel-run-')))
  try {
    for (const { path, text } of files) {
      const target = join(folder, path)
      if (path.includes('/')) await mkdir(dirname(target), { recursive: true })
      await writeFile(target, text, { flag: 'wx' })
    }
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
