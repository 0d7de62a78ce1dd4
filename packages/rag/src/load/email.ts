import type { Address, Attachment, Email } from 'postal-mime'
import type { Document } from '../contract.ts'
import { checkLength, reading } from './broken.ts'
import { documentOf, isoDate } from './document-of.ts'
import { load } from './load.ts'
import type { Loader, LoadOptions, Source } from './loader.ts'
import { markupText } from './markup-text.ts'
import { parseMarkup } from './parse-markup.ts'

/** An e-mail (`.eml`): its text, or its HTML as text; the subject as title, the date, and `from`, `to`, `cc`, `messageId` and the names of its attachments as metadata. See `attachments`. */
export const loadEmail: Loader = async (source, options) => {
  const email = await reading(source.id, 'an e-mail', async () => {
    const { default: PostalMime } = await import('postal-mime')
    return PostalMime.parse(source.bytes, { maxNestingDepth: 20, maxHeadersSize: 1_000_000 })
  })
  const text = await bodyOf(email)
  checkLength(source.id, text.length, options.maxText)
  const names = email.attachments.map((attachment, place) => nameOf(attachment, place))
  const message = documentOf(source, 'message/rfc822', {
    text,
    title: email.subject,
    created: isoDate(email.date),
    metadata: {
      ...addresses('from', email.from ? [email.from] : []),
      ...addresses('to', email.to),
      ...addresses('cc', email.cc),
      ...(email.messageId ? { messageId: email.messageId } : {}),
      ...(names.length > 0 ? { attachments: names.slice(0, 50) } : {}),
    },
  })
  return options.attachments ? [message, ...(await attached(source, email.attachments, options))] : [message]
}

async function bodyOf({ text, html }: Email): Promise<string> {
  if (text?.trim() || !html) return text?.replace(/\r\n/g, '\n').trim() ?? ''
  return markupText(await parseMarkup(html)).text
}

const addresses = (field: string, list: readonly Address[] = []): Record<string, string[]> => {
  const found = list.flatMap(({ address, group }) => [
    ...(address ? [address] : []),
    ...(group ?? []).flatMap((one) => one.address ?? []),
  ])
  return found.length > 0 ? { [field]: found.slice(0, 50) } : {}
}

const nameOf = ({ filename }: Attachment, place: number): string => filename?.slice(0, 200) || `attachment ${place + 1}`

const maxDepth = 3

/** Attachments of formats that can be loaded; the others are left out, for most of them are pictures. */
async function attached(source: Source, attachments: readonly Attachment[], options: LoadOptions): Promise<Document[]> {
  const depth = source.id.split('.eml#').length
  if (depth > maxDepth) return []
  const documents: Document[] = []
  for (const [place, attachment] of attachments.entries()) {
    const { content, mimeType } = attachment
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content)
    const mediaType = mimeType === 'application/octet-stream' ? undefined : mimeType
    const file = {
      id: `${source.id}#${nameOf(attachment, place)}`,
      bytes,
      mediaType,
      metadata: { ...source.metadata, attachedTo: source.id },
    }
    documents.push(...(await load(file, options).catch(skipUnknown)))
  }
  return documents
}

function skipUnknown(error: { code?: string }): readonly Document[] {
  if (error.code === 'unsupported') return []
  throw error
}
