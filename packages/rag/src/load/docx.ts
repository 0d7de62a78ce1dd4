import { reading } from './broken.ts'
import { documentOf } from './document-of.ts'
import type { Loader } from './loader.ts'
import { markupText } from './markup-text.ts'
import { checkedOffice, coreProperties } from './office.ts'
import { parseMarkup } from './parse-markup.ts'

/** What `loadDocx` does in its thread. */
export const readDocx: Loader = async (source, options) => {
  const { archive, entries } = await checkedOffice(source, /\.(?:xml|rels)$/, options)
  const found = await reading(source.id, 'a Word document', async () => {
    const { default: mammoth } = await import('mammoth')
    const { value } = await mammoth.convertToHtml(
      { buffer: Buffer.from(archive) },
      { styleMap: ["p[style-name='Title'] => h1:fresh"] },
    )
    return markupText(await parseMarkup(value))
  })
  const { modified = source.modified, title = found.headings[0]?.title, ...properties } = await coreProperties(entries)
  return [
    documentOf(source, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', {
      ...found,
      ...properties,
      title,
      modified,
    }),
  ]
}
