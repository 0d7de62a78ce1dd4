import type { Json } from '@anymodel/core'
import type { Heading } from '../contract.ts'
import { broken, checkLength } from './broken.ts'

const maxDepth = 100
/** Of more nesting no headings are made. */
const headingDepth = 6

/** A JSON value as text: a line `name: value` for every plain value, and the path of each object or list that holds others as a heading above its lines. */
export function jsonText(id: string, value: Json, maxText?: number): { text: string; headings: Heading[] } {
  const lines: string[] = []
  const headings: Heading[] = []
  let length = 0
  const put = (line: string): void => {
    lines.push(line)
    checkLength(id, (length += line.length + 1), maxText)
  }
  const write = (name: string, path: string, inner: Json, depth: number): void => {
    if (depth > maxDepth) throw broken(id, `is nested more than ${maxDepth} levels deep: flatten it.`)
    if (!isNested(inner)) return put(name === '' ? shown(inner) : `${name}: ${shown(inner)}`)
    if (path !== '') {
      if (length > 0) put('')
      if (depth <= headingDepth) headings.push({ level: depth, title: path, start: length, end: length + path.length })
      put(path)
    }
    const members = entriesOf(inner)
    for (const [key, member] of members)
      if (!isNested(member)) write(Array.isArray(inner) ? '-' : key, '', member, depth + 1)
    for (const [key, member] of members)
      if (isNested(member)) write(key, join(path, key, Array.isArray(inner)), member, depth + 1)
  }
  write('', '', value, 0)
  return { text: lines.join('\n'), headings }
}

type Nested = readonly Json[] | { readonly [name: string]: Json }

/** Lists of plain values are one line. */
const isNested = (value: Json): value is Nested =>
  typeof value === 'object' && value !== null && !(Array.isArray(value) && value.every(isPlain) && value.length <= 50)

const isPlain = (value: Json): boolean => typeof value !== 'object' || value === null

const entriesOf = (value: Nested): [string, Json][] => Object.entries(value)

const shown = (value: Json): string =>
  Array.isArray(value) ? value.map(shown).join(', ') : typeof value === 'object' ? '' : String(value)

const join = (path: string, key: string, inList: boolean): string =>
  inList ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`
