import type { Dirent } from 'node:fs'
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { AnyModelError } from '@anymodel/core'
import { mediaTypeOfName } from './formats.ts'

export interface FindOptions {
  /** The folder that patterns and paths are relative to. Default: the working directory. */
  readonly cwd?: string
  /** Patterns of what is left out. `.git` and `node_modules` always are. */
  readonly exclude?: readonly string[]
  /** Leaves out what the `.gitignore` files on the way say. Default false. */
  readonly gitignore?: boolean
  /** Names that begin with a dot are found as well. Default false. */
  readonly dot?: boolean
  readonly signal?: AbortSignal
}

/** A file that was found, by its path relative to `cwd`, with `/` on all systems; or a folder that can't be read, with the error. */
export interface FoundFile {
  readonly path: string
  readonly error?: AnyModelError
}

/**
 * Finds files by path, by folder or by pattern (`docs/**\/*.{md,pdf}`), each once, in the order of their names. A folder stands for the files in and below it whose names show a format that can be loaded.
 * Links to folders are not followed, links to files only where they stay in the folder that is searched. Throws `not-found` for a path or the folder of a pattern that is not there.
 */
export async function* findFiles(
  patterns: string | readonly string[],
  options: FindOptions = {},
): AsyncGenerator<FoundFile, void, undefined> {
  const seen = new Set<string>()
  for (const pattern of typeof patterns === 'string' ? [patterns] : patterns) {
    for await (const found of findOne(pattern, options)) {
      if (!seen.has(found.path)) yield found
      seen.add(found.path)
    }
  }
}

/** Says of a path below the folder that is searched whether it is wanted. */
type Wanted = (path: string) => boolean

async function* findOne(pattern: string, options: FindOptions): AsyncGenerator<FoundFile> {
  const cwd = resolve(options.cwd ?? '.')
  const { default: picomatch } = await import('picomatch')
  const dot = options.dot ?? false
  const excluded: Wanted = options.exclude?.length ? picomatch([...options.exclude], { dot: true }) : () => false
  const there = await stat(resolve(cwd, pattern)).catch(() => undefined)
  if (there && !there.isDirectory()) {
    yield { path: shown(cwd, resolve(cwd, pattern)) }
    return
  }
  const { base, glob } = there ? { base: pattern, glob: '' } : picomatch.scan(pattern.replaceAll('\\', '/'))
  const folder = resolve(cwd, base)
  const matches: Wanted = glob === '' ? (path) => mediaTypeOfName(path) !== undefined : picomatch(glob, { dot })
  const whole = (glob === '' && !there) || !(await stat(folder).catch(() => undefined))?.isDirectory()
  if (whole) throw new AnyModelError('not-found', `There is no file or folder ${base}: check the path.`)
  const search: Search = { cwd, root: await realpath(folder), dot, options, matches, excluded }
  yield* walk(search, folder, '', [])
}

interface Search {
  readonly cwd: string
  readonly root: string
  readonly dot: boolean
  readonly options: FindOptions
  readonly matches: Wanted
  readonly excluded: Wanted
}

const shown = (cwd: string, path: string): string => relative(cwd, path).split(sep).join('/')

/** Says whether a `.gitignore` leaves a path out; `undefined` when it says nothing about it. */
type Rule = (place: string, isFolder: boolean) => boolean | undefined

async function* walk(search: Search, folder: string, below: string, above: readonly Rule[]): AsyncGenerator<FoundFile> {
  search.options.signal?.throwIfAborted()
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => cause)
  if (!Array.isArray(entries)) {
    const path = shown(search.cwd, folder)
    yield {
      path,
      error: new AnyModelError('invalid-argument', `The folder ${path} can't be read (${entries.code}).`, {
        cause: entries,
      }),
    }
    return
  }
  const rules = search.options.gitignore ? [...(await gitignore(folder)), ...above] : above
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const place = join(folder, entry.name)
    const path = shown(search.cwd, place)
    const isFolder = entry.isDirectory()
    if (skipped(entry, search.dot) || search.excluded(path) || ignored(rules, place, isFolder)) continue
    const inside = `${below}${entry.name}`
    if (isFolder) yield* walk(search, place, `${inside}/`, rules)
    else if (search.matches(inside) && (await isFile(entry, place, search.root))) yield { path }
  }
}

const skipped = ({ name }: Dirent, dot: boolean): boolean =>
  name === '.git' || name === 'node_modules' || (!dot && name.startsWith('.'))

async function isFile(entry: Dirent, place: string, root: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile()
  const target = await realpath(place).catch(() => undefined)
  return target?.startsWith(root + sep) === true && (await stat(target)).isFile()
}

/** The innermost file that says something decides. */
function ignored(rules: readonly Rule[], place: string, isFolder: boolean): boolean {
  for (const rule of rules) {
    const verdict = rule(place, isFolder)
    if (verdict !== undefined) return verdict
  }
  return false
}

async function gitignore(folder: string): Promise<readonly Rule[]> {
  const text = await readFile(join(folder, '.gitignore'), 'utf8').catch(() => '')
  if (text === '') return []
  const { default: ignore } = await import('ignore')
  const rules = ignore().add(text)
  return [
    (place, isFolder) => {
      const { ignored, unignored } = rules.test(`${relative(folder, place).split(sep).join('/')}${isFolder ? '/' : ''}`)
      return ignored ? true : unignored ? false : undefined
    },
  ]
}
