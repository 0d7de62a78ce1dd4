import { randomUUID } from 'node:crypto'
import type { JsonObject } from '@anymodel/core'
import type { FormField } from './steps.ts'

const quoted = (text: string): string => text.replace(/\r\n|\r|\n/g, '%0D%0A').replace(/"/g, '%22')

/** A form as the bytes of a `multipart/form-data` body, and its content type. */
export function multipart(fields: readonly FormField[]): { readonly body: Uint8Array; readonly contentType: string } {
  const boundary = `anymodel-${randomUUID()}`
  const parts: Uint8Array[] = []
  const line = (text: string) => parts.push(Buffer.from(`${text}\r\n`))
  for (const { name, value } of fields) {
    line(`--${boundary}`)
    const disposition = `content-disposition: form-data; name="${quoted(name)}"`
    if (typeof value === 'string') {
      line(`${disposition}\r\n\r\n${value}`)
      continue
    }
    line(`${disposition}; filename="${quoted(value.fileName ?? fileName(value.mediaType))}"`)
    line(`content-type: ${value.mediaType}\r\n`)
    parts.push(value.data)
    line('')
  }
  line(`--${boundary}--`)
  return { body: Buffer.concat(parts), contentType: `multipart/form-data; boundary=${boundary}` }
}

/** Values as the texts of form fields. */
export const textFields = (fields: JsonObject): FormField[] =>
  Object.entries(fields).map(([name, value]) => ({ name, value: String(value) }))

const extensions: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/svg+xml': 'svg',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/x-wav': 'wav',
  'video/quicktime': 'mov',
}

/** Services tell formats by the name's ending. */
const fileName = (mediaType: string): string => {
  const type = mediaType.split(';')[0]?.trim() ?? ''
  return `file.${extensions[type] ?? type.split('/')[1] ?? 'bin'}`
}
