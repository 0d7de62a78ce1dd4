import type { Json } from '@anymodel/core'
import type { Document } from '../contract.ts'
import { broken, checkLength } from './broken.ts'
import { documentOf } from './document-of.ts'
import { jsonText } from './json-text.ts'
import type { LoadOptions, RecordOptions, Source } from './loader.ts'
import { asMetadata } from './plain-metadata.ts'

const maxRecords = 200_000

/** Each record as a document of its own. What is no object is its own text. */
export function recordDocuments(
  source: Source,
  mediaType: string,
  records: readonly Json[],
  { records: options, maxText }: LoadOptions,
): readonly Document[] {
  const { text: textFields, id: idField }: RecordOptions = typeof options === 'object' ? options : {}
  if (records.length > maxRecords)
    throw broken(source.id, `holds more than ${maxRecords} records: cut it into smaller files.`)
  let length = 0
  const ids = new Set<string>()
  return records.map((record, place) => {
    const fields = isObject(record) ? record : { text: record }
    const named = idField === undefined ? undefined : fields[idField]
    const id = typeof named === 'string' || typeof named === 'number' ? String(named) : `${source.id}#${place + 1}`
    if (ids.has(id))
      throw broken(
        source.id,
        `has two records with the ${idField} "${id.slice(0, 100)}": name a field whose values are unique, or none.`,
      )
    ids.add(id)
    const inText = textFields ?? Object.keys(fields)
    const text = textFields
      ? textFields
          .map((field) => plain(fields[field]))
          .filter(Boolean)
          .join('\n\n')
      : isObject(record)
        ? jsonText(source.id, record).text
        : plain(record)
    checkLength(source.id, (length += text.length), maxText)
    const others = Object.entries(fields).filter(([name]) => name !== idField && !(textFields && inText.includes(name)))
    return documentOf({ ...source, id }, mediaType, {
      text,
      title: typeof fields.title === 'string' ? fields.title : undefined,
      metadata: asMetadata(isObject(record) ? Object.fromEntries(others) : {}),
    })
  })
}

const isObject = (value: Json | undefined): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const plain = (value: Json | undefined): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)
