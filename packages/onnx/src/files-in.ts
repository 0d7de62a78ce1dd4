import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { SizedFile } from './hub/select.ts'

/** Models lie in folders of pipelines, which lie in folders of repositories. */
const deepest = 6

/** All files below a folder, with slashes in their paths. None when there is no such folder. */
export function filesIn(folder: string, depth: number = deepest): SizedFile[] {
  let entries: ReturnType<typeof readEntries>
  try {
    entries = readEntries(folder)
  } catch {
    return []
  }
  return entries.flatMap((entry) => {
    const { name } = entry
    if (entry.isDirectory())
      return depth === 0 || name === 'node_modules'
        ? []
        : filesIn(join(folder, name), depth - 1).map(({ path, size }) => ({ path: `${name}/${path}`, size }))
    const stats = statSync(join(folder, name), { throwIfNoEntry: false })
    return stats?.isFile() ? [{ path: name, size: stats.size }] : []
  })
}

const readEntries = (folder: string) => readdirSync(folder, { withFileTypes: true })
