import { readFile } from 'node:fs/promises'
import { dirname, extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AnyModelError } from '@anymodel/core'
import type { Document, LineCounter, Node, Pair } from 'yaml'
import { mask, unmask } from './mask.ts'
import { displayPath } from './problem.ts'

/** Keys and list positions that lead to a value. */
export type ConfigPath = readonly PropertyKey[]

/** A config as it was read, before it is checked. */
export interface Source {
  /** How errors call it: the file's path, or `config` for one that was passed in. */
  readonly name: string
  readonly file?: string
  /** Folder that relative paths in it start from. */
  readonly dir: string
  readonly value: unknown
  /** True when it may hold models made by hand. */
  readonly code: boolean
  /** Where a value stands (`value`) or its key (`key`); `undefined` where that is not known. */
  position(path: ConfigPath, of: 'key' | 'value'): Place | undefined
}

/** A place in a file, counted from 1. */
interface Place {
  readonly line: number
  readonly column: number
}

/** Reads a config file by its ending. Throws `config` with the position when it can't be parsed, or when its code fails. */
export function readSource(file: string): Promise<Source> {
  return ['.yaml', '.yml', '.json'].includes(extname(file)) ? readData(file) : readCode(file)
}

/** A config that was passed in. */
export const sourceOf = (value: unknown): Source => ({
  name: 'config',
  dir: process.cwd(),
  value,
  code: true,
  position: () => undefined,
})

async function readData(file: string): Promise<Source> {
  const [text, yaml] = await Promise.all([readText(file), import('yaml')])
  const lines = new yaml.LineCounter()
  const document = yaml.parseDocument(mask(text), { lineCounter: lines, prettyErrors: false, merge: true })
  const name = displayPath(file)
  const [error] = document.errors
  if (error) {
    const { line, column } = place(lines, error.pos[0])
    throw new AnyModelError(
      'config',
      `${name}:${line}:${column}: this is not valid ${kind(file)}: ${unmask(error.message)}.`,
      {
        cause: error,
      },
    )
  }
  const reviver = (_key: unknown, value: unknown) => (typeof value === 'string' ? unmask(value) : value)
  return {
    name,
    file,
    dir: dirname(file),
    value: document.toJS({ reviver }) ?? {},
    code: false,
    position: (path, of) => find(document, lines, path, of),
  }
}

const kind = (file: string): string => (file.endsWith('.json') ? 'JSON' : 'YAML')

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new AnyModelError('config', `The config file ${displayPath(file)} can't be read (${code}).`, { cause })
  }
}

/** The position of the nearest thing on the path that stands in the file. */
function find(document: Document, lines: LineCounter, path: ConfigPath, of: 'key' | 'value'): Place | undefined {
  for (let length = path.length; length > 0; length--) {
    const node = of === 'key' ? keyNode(document, path.slice(0, length)) : document.getIn(path.slice(0, length), true)
    const start = (node as Node | undefined)?.range?.[0]
    if (start !== undefined) return place(lines, start)
  }
  return undefined
}

function keyNode(document: Document, path: ConfigPath): unknown {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const pairs = (parent as { items?: readonly Pair[] } | null)?.items ?? []
  return pairs.find((pair) => (pair?.key as { value?: unknown } | undefined)?.value === path.at(-1))?.key
}

function place(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}

async function readCode(file: string): Promise<Source> {
  const name = displayPath(file)
  try {
    const value = await runCode(file)
    if (value === undefined) throw new Error('it has no default export')
    return { name, file, dir: dirname(file), value, code: true, position: () => undefined }
  } catch (cause) {
    throw new AnyModelError('config', `${name} can't be loaded: ${(cause as Error)?.message ?? cause}.`, { cause })
  }
}

/** Runs the file anew every time: an edit must count. jiti reads what Node 20 alone does not: types, and `.js` of either kind. */
async function runCode(file: string): Promise<unknown> {
  if (file.endsWith('.mjs')) {
    const module = (await import(`${pathToFileURL(file).href}?read=${Date.now()}`)) as { default?: unknown }
    return module.default
  }
  const { createJiti } = await import('jiti')
  return createJiti(import.meta.url, { moduleCache: false, fsCache: false }).import(file, { default: true })
}
