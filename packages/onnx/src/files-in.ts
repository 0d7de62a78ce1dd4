import { type Dirent, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { SizedFile } from './hub/select.ts'

/** The files of a folder and of the folders in it, `depth` deep (default 2: those of pipelines are 1), with slashes in their paths. What can't be read is left out. */
export function filesIn(folder: string, depth = 2): SizedFile[] {
  return entriesOf(folder).flatMap((entry) => {
    const { name } = entry
    if (!entry.isDirectory()) return sized(folder, name)
    if (depth === 0 || name === 'node_modules') return []
    return filesIn(join(folder, name), depth - 1).map(({ path, size }) => ({ path: `${name}/${path}`, size }))
  })
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** A link leads to its file. */
function sized(folder: string, name: string): SizedFile[] {
  try {
    const stats = statSync(join(folder, name))
    return stats.isFile() ? [{ path: name, size: stats.size }] : []
  } catch {
    return []
  }
}
