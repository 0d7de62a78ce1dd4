import type { Json } from '@anymodel/core'
import { broken, checkLength } from './broken.ts'
import { decodeText } from './decode.ts'
import { documentOf } from './document-of.ts'
import { jsonText } from './json-text.ts'
import type { Loader } from './loader.ts'
import { recordDocuments } from './records.ts'

/** JSON as text, with the paths of its objects as headings. With `records`, each member of the list at its top is a document of its own. */
export const loadJson: Loader = async (source, options) => {
  const raw = decodeText(source.id, source.bytes, source.charset)
  checkLength(source.id, raw.length, options.maxText)
  const value = parsed(source.id, raw, '')
  if (options.records)
    return recordDocuments(source, 'application/json', Array.isArray(value) ? value : [value], options)
  const title = typeof value === 'object' && value !== null && 'title' in value ? value.title : undefined
  return [
    documentOf(source, 'application/json', {
      ...jsonText(source.id, value, options.maxText),
      title: typeof title === 'string' ? title : undefined,
    }),
  ]
}

/** JSON Lines: a value on each line. One document with a heading for each, or with `records` a document for each. */
export const loadJsonLines: Loader = async (source, options) => {
  const raw = decodeText(source.id, source.bytes, source.charset)
  checkLength(source.id, raw.length, options.maxText)
  const values = raw
    .split(/\r?\n/)
    .flatMap((line, place) => (line.trim() === '' ? [] : [parsed(source.id, line, ` in line ${place + 1}`)]))
  if (options.records) return recordDocuments(source, 'application/jsonl', values, options)
  return [documentOf(source, 'application/jsonl', jsonText(source.id, values, options.maxText))]
}

function parsed(id: string, text: string, where: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch (cause) {
    throw broken(id, `is no JSON${where}: ${(cause as Error).message.slice(0, 150)}`, cause)
  }
}
