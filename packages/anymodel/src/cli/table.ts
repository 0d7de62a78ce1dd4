import { stripVTControlCharacters } from 'node:util'

/** Rows with aligned columns, each a line; `none` when there are none. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd(),
  )
  return lines.length > 0 ? lines.map((line) => `  ${line}\n`).join('') : '  none\n'
}

/** Colours take no room. */
const widthOf = (cell: string): number => stripVTControlCharacters(cell).length
