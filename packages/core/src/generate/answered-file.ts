import type { FilePart, Part } from '../contract/part.ts'
import { mediaTypeOf } from './media-type.ts'

/** A file of an answer: a picture's bytes say what it is, a service may say anything. An empty file becomes a warning. */
export function answeredFile(part: FilePart): Part {
  if (part.data.byteLength === 0) {
    const message = `The answer has an empty file (${part.mediaType || 'of no type'}): it was left out.`
    return { type: 'notice', kind: 'warning', message, warning: { option: 'files', message } }
  }
  const seen = mediaTypeOf(part.data)
  const untold = /^(?:$|application\/octet-stream)/.test(part.mediaType)
  return seen !== undefined && (untold || seen.startsWith('image/')) ? { ...part, mediaType: seen } : part
}
