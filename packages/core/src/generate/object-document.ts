import type { Checked } from '../schema/check.ts'
import { PartialJson } from '../stream/partial-json.ts'

/** Documents that are tried at most. */
const most = 8

/**
 * The value in an answer: the text itself when it is JSON, else the first document in it that fits (fences, prose and thinking are skipped, slips are read as meant). A document that was cut
 * is none.
 */
export async function readDocument(text: string, check: (document: unknown) => Promise<Checked>): Promise<Checked> {
  let last: Checked | undefined
  for (const document of documentsIn(text)) {
    last = await check(document)
    if (!last.issues) return last
  }
  const message = text.trim() === '' ? 'is empty' : 'is not a whole JSON document'
  return last ?? { issues: [{ path: '', message }] }
}

function documentsIn(text: string): readonly unknown[] {
  try {
    return [JSON.parse(withoutFence(text.trim()))]
  } catch {
    const json = new PartialJson({ seek: true })
    json.push(text)
    return json.documents.slice(-most)
  }
}

function withoutFence(text: string): string {
  if (!text.startsWith('```')) return text
  const end = text.lastIndexOf('```')
  return text.slice(text.indexOf('\n') + 1, end > 3 ? end : undefined)
}
