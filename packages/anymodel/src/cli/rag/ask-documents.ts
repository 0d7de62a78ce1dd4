import { AnyModelError } from '@anymodel/core'
import type { Citation, Filter, GroundedAnswer } from '@anymodel/rag'
import { printText } from '../ask.ts'
import { callOptions, type ModelOptions } from '../client.ts'
import { paint, remark, write, writePainted } from '../output.ts'
import { type DocumentOptions, searchOf, withDocuments } from './with-documents.ts'

export interface AskDocumentsOptions
  extends DocumentOptions,
    Pick<ModelOptions, 'system' | 'maxTokens' | 'temperature'> {
  readonly filter?: readonly string[]
  readonly judge?: string
}

/** `anymodel ask "question"`: answers from documents, claim by claim, then names the quotes. */
export async function askDocuments(question: string, options: AskDocumentsOptions): Promise<void> {
  const filter = filterOf(options.filter)
  await withDocuments(options, async ({ kb, model, signal }) => {
    const { system: instructions, ...knobs } = callOptions(options)
    const stream = kb.streamAsk({
      ...knobs,
      model,
      question,
      signal,
      search: { ...searchOf(options), ...(filter ? { filter } : {}) },
      ...(instructions === undefined ? {} : { instructions }),
      ...(options.judge === undefined ? {} : { judge: options.judge }),
    })
    if (options.json) return write(`${JSON.stringify(await stream.result)}\n`)
    await printText(stream.textStream)
    await printRest(await stream.result)
  })
}

async function printRest({ answered, citations, verdicts, passages, warnings }: GroundedAnswer): Promise<void> {
  for (const [at, citation] of citations.entries()) {
    const line = `[${at + 1}] ${placeOf(citation)}: “${citation.quote.replace(/\s+/g, ' ')}”`
    await writePainted(`${at === 0 ? '\n' : ''}${paint('dim', line)}\n`)
  }
  for (const { message } of warnings) remark(message)
  if (!answered)
    for (const { documentId, text } of passages.slice(0, 3))
      remark(`Near: ${documentId}: ${text.replace(/\s+/g, ' ').slice(0, 160)}`)
  const left = verdicts.filter(({ kept }) => !kept).length
  if (left > 0)
    remark(
      `${left} ${left === 1 ? 'claim was' : 'claims were'} left out: no quote carried ${left === 1 ? 'it' : 'them'}.`,
    )
}

const placeOf = ({ documentId, page, headings }: Citation): string =>
  [documentId, page === undefined ? undefined : `page ${page}`, headings.at(-1)].filter(Boolean).join(', ')

/** `field=value` as a filter; numbers and truth values are taken as such. */
function filterOf(given: readonly string[] | undefined): Filter | undefined {
  if (!given) return undefined
  const and = given.map((text): Filter => {
    const [, field, value] = /^([^=]+)=(.*)$/.exec(text) ?? []
    if (field === undefined || value === undefined)
      throw new AnyModelError('invalid-argument', `--filter ${text} is not of the form field=value.`)
    const plain = /^(?:true|false|-?\d+(?:\.\d+)?)$/.test(value)
    return plain ? { or: [{ [field]: JSON.parse(value) as number | boolean }, { [field]: value }] } : { [field]: value }
  })
  return { and }
}
