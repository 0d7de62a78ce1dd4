import { checkLength } from './broken.ts'
import { decodeText } from './decode.ts'
import { documentOf } from './document-of.ts'
import type { Loader } from './loader.ts'
import { languageOfName } from './programming-languages.ts'

/** Plain text and source code as they stand. UTF-8, UTF-16 and windows-1252 are told apart; `\r\n` stays. Names of source files are their titles, and set `programmingLanguage` in the metadata. */
export const loadText: Loader = async (source, { maxText }) => {
  const text = decodeText(source.id, source.bytes, source.charset)
  checkLength(source.id, text.length, maxText)
  const language = languageOfName(source.id)
  return [
    documentOf(source, language ? `text/x-${language}` : 'text/plain', {
      text,
      ...(language ? { title: source.id, metadata: { programmingLanguage: language } } : {}),
    }),
  ]
}
