import { AnyModelError } from '@anymodel/core'

/** Why a path may not be edited; `undefined` for one that may. A path is relative to the project, with `/` between folders, and stays in it; what git keeps for itself is not a source file. */
export function unsafePath(path: string): string | undefined {
  if (path === '' || path.length > 1_000) return 'it is empty or far too long'
  for (const character of path) {
    const code = character.charCodeAt(0)
    if (code < 32 || code === 127) return 'it has control characters'
  }
  if (path.includes('\\')) return 'it has a backslash; folders are separated by /'
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'it is absolute; it must be relative to the project'
  const names = path.split('/')
  if (names.some((name) => name === '..')) return 'it leaves the project'
  if (names.some((name) => name === '' || name === '.')) return 'it has empty names in it'
  if (names.some((name) => /^\.git[. ]*$/i.test(name))) return 'it is inside of .git'
  return undefined
}

/** Throws `invalid-argument` for a path that may not be edited. */
export function checkPath(path: string): void {
  const why = unsafePath(path)
  if (why !== undefined) throw new AnyModelError('invalid-argument', `The path "${path}" is refused: ${why}.`)
}
