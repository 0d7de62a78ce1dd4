import type { Json } from '@anymodel/core'
import type { Document } from '../contract.ts'
import { checkLength } from './broken.ts'
import { documentOf } from './document-of.ts'
import type { LoadOptions, Source } from './loader.ts'
import { recordDocuments } from './records.ts'

/** A value of a cell. */
type Cell = string | number | boolean | Date | null | undefined

/** A table with a label: a sheet, or a whole file. */
export interface Table {
  readonly label?: string
  readonly rows: readonly (readonly Cell[])[]
}

/**
 * Tables as text. The first row that holds something names the columns; every other is a line `name: value | name: value`, so that it says what it means wherever it is cut. Labelled tables are pages with
 * their label as heading.
 */
export function tableDocuments(
  source: Source,
  mediaType: string,
  tables: readonly Table[],
  options: LoadOptions,
  more: Partial<Omit<Document, 'id' | 'text'>> = {},
): readonly Document[] {
  if (options.records) {
    const records = tables.flatMap(({ label, rows }) =>
      recordsOf(rows).map((record) => ({ ...(label ? { sheet: label } : {}), ...record })),
    )
    return recordDocuments(source, mediaType, records, options)
  }
  let text = ''
  const headings: { level: number; title: string; start: number; end: number }[] = []
  const pages: { label: string; start: number; end: number }[] = []
  for (const { label, rows } of tables) {
    const start = text.length === 0 ? 0 : (text += '\n\n').length
    if (label) {
      text += label
      headings.push({ level: 1, title: label, start, end: text.length })
      text += '\n\n'
    }
    text += linesOf(rows).join('\n')
    checkLength(source.id, text.length, options.maxText)
    if (label) pages.push({ label, start, end: text.length })
  }
  return [documentOf(source, mediaType, { ...more, text, headings, pages })]
}

const shown = (cell: Cell): string =>
  cell instanceof Date
    ? dateText(cell)
    : cell === null || cell === undefined
      ? ''
      : String(cell).replace(/\s+/g, ' ').trim()

const dateText = (date: Date): string =>
  Number.isNaN(date.getTime())
    ? ''
    : date
        .toISOString()
        .replace(/T00:00:00\.000Z$/, '')
        .replace(/\.000Z$/, 'Z')

function named(rows: readonly (readonly Cell[])[]): { names: readonly string[]; body: readonly (readonly Cell[])[] } {
  const first = rows.findIndex((row) => row.some((cell) => shown(cell) !== ''))
  const names = (rows[first] ?? []).map(shown)
  return { names, body: rows.slice(first + 1) }
}

function linesOf(rows: readonly (readonly Cell[])[]): string[] {
  const { names, body } = named(rows)
  if (body.length === 0) return [names.filter((name) => name !== '').join(' | ')]
  return body.flatMap((row) => {
    const cells = row.flatMap((cell, column) =>
      shown(cell) === '' ? [] : [names[column] ? `${names[column]}: ${shown(cell)}` : shown(cell)],
    )
    return cells.length > 0 ? [cells.join(' | ')] : []
  })
}

function recordsOf(rows: readonly (readonly Cell[])[]): Record<string, Json>[] {
  const { names, body } = named(rows)
  return body.flatMap((row) => {
    const cells = row.flatMap((cell, column): [string, Json][] => {
      if (shown(cell) === '') return []
      const value =
        typeof cell === 'number' || typeof cell === 'boolean'
          ? cell
          : cell instanceof Date
            ? dateText(cell)
            : String(cell)
      return [[names[column] || `column ${column + 1}`, value]]
    })
    return cells.length > 0 ? [Object.fromEntries(cells)] : []
  })
}
