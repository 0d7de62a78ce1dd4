import { checkLength, reading } from './broken.ts'
import { decodeText } from './decode.ts'
import type { Loader } from './loader.ts'
import { tableDocuments } from './table.ts'

/** CSV and TSV; the delimiter is told by the text. The first row names the columns; see `records` for a document per row. */
export const loadCsv: Loader = async (source, options) => {
  const text = decodeText(source.id, source.bytes, source.charset)
  checkLength(source.id, text.length, options.maxText)
  const rows = await reading(source.id, 'CSV', async () => {
    const { default: papa } = await import('papaparse')
    return papa.parse<string[]>(text, { skipEmptyLines: 'greedy' }).data
  })
  return tableDocuments(source, 'text/csv', [{ rows }], options)
}
