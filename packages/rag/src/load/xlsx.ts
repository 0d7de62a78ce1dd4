import { reading } from './broken.ts'
import { isoDate } from './document-of.ts'
import type { Loader } from './loader.ts'
import { checkedOffice, coreProperties } from './office.ts'
import { tableDocuments } from './table.ts'

/** What `loadXlsx` does in its thread. */
export const readXlsx: Loader = async (source, options) => {
  const { archive, entries } = await checkedOffice(
    source,
    /^(?:xl\/(?!media\/).*|docProps\/core|_rels\/\.rels|\[Content_Types\])\.?(?:xml|rels)?$/,
    options,
  )
  const sheets = await reading(source.id, 'an Excel workbook', async () => {
    const { default: readWorkbook } = await import('read-excel-file/node')
    return readWorkbook(Buffer.from(archive))
  })
  const { title, created, modified, metadata } = await coreProperties(entries)
  return tableDocuments(
    source,
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    sheets.map(({ sheet, data }) => ({ label: sheet, rows: data as never })),
    options,
    {
      ...(title ? { title } : {}),
      ...(created ? { created } : {}),
      ...((modified ?? source.modified) ? { modified: isoDate(modified ?? source.modified) as string } : {}),
      metadata,
    },
  )
}
