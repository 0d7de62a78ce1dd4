import { relative, resolve, sep } from 'node:path'
import type { CodeFile } from '@anymodel/core'

/** Files that are named on the command line, by their paths below this folder. Throws `invalid-argument` for those that lead out of it. */
export async function projectFiles(paths: readonly string[]): Promise<CodeFile[]> {
  const { readFiles } = await import('@anymodel/code')
  return readFiles(process.cwd(), [...new Set(paths.map(projectPath))])
}

/** A path as a patch has it. */
const projectPath = (path: string): string => relative(process.cwd(), resolve(path)).split(sep).join('/')
