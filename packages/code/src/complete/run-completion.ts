import { AnyModelError, type FinishPart, type Part, type Warning } from '@anymodel/core'
import { withPartial } from '@anymodel/core/verb'
import { type Asked, ask } from './ask.ts'
import { checkedModel } from './check.ts'
import type { Completion, CompletionOptions } from './options.ts'
import { staysOnLine, Trimmer } from './trim.ts'

/** Asks a model to fill a gap; `emit` takes the parts as they come, their text already trimmed. */
export async function runCompletion(
  given: CompletionOptions,
  emit: (part: Part) => void | Promise<void>,
): Promise<Completion> {
  const model = await checkedModel(given)
  const windows = (given.prefix + (given.suffix ?? '')).includes('\r\n')
  const options = windows ? unix(given) : given
  const { prefix, suffix = '', lines = 'auto', signal } = options
  const asked = ask(model, options)
  const trimmer = new Trimmer({
    prefix,
    suffix,
    language: asked.language,
    stop: asked.stop,
    oneLine: lines === 'auto' ? staysOnLine(suffix) : lines === 'one',
    echoes: asked.echoes,
  })
  const warnings: Warning[] = []
  let code = ''
  let finish: FinishPart | undefined
  const write = async (trimmed: string): Promise<void> => {
    const text = windows ? trimmed.replaceAll('\n', '\r\n') : trimmed
    code += text
    if (text !== '') await emit({ type: 'text', text })
  }
  const warn = (warning: Warning) => {
    warnings.push(warning)
    return emit({ type: 'notice', kind: 'warning', message: warning.message, warning })
  }
  try {
    signal?.throwIfAborted()
    for (const warning of asked.warnings) await warn(warning)
    for await (const part of asked.parts()) {
      if (part.type === 'text') await write(trimmer.push(readAs(asked, part.text)))
      else if (part.type === 'finish') finish = part
      else {
        if (part.type === 'notice' && part.kind === 'warning') warnings.push(part.warning)
        await emit(part)
      }
      if (trimmer.cut) break
    }
    if (!trimmer.cut && !finish) throw unfinished(model)
    if (!trimmer.cut) {
      const rest = asked.answer?.end() ?? ''
      await write(rest === '' ? '' : trimmer.push(rest))
      await write(trimmer.end())
    }
  } catch (error) {
    throw withPartial(error, signal, { text: code, toolCalls: [] })
  }
  // The model was left before it ended: what it used is not known.
  finish ??= { type: 'finish', reason: 'stop', usage: {}, response: { provider: model.provider, model: model.id } }
  await emit(finish)
  const { reason: finishReason, usage, response } = finish
  return { code, ...(trimmer.cut ? { cut: trimmer.cut } : {}), finishReason, usage, warnings, response }
}

/** The text of a completion; its lines end in one character until they are handed over. */
const readAs = ({ answer }: Asked, text: string): string => {
  const lines = text.replaceAll('\r', '')
  return answer ? answer.push(lines) : lines
}

const unix = (options: CompletionOptions): CompletionOptions => ({
  ...options,
  prefix: options.prefix.replaceAll('\r\n', '\n'),
  ...(options.suffix === undefined ? {} : { suffix: options.suffix.replaceAll('\r\n', '\n') }),
})

function unfinished({ provider, id }: { readonly provider: string; readonly id: string }): AnyModelError {
  const message = `${provider}/${id}: the stream ended without saying that the completion did.`
  return new AnyModelError('truncated', message, { provider, model: id })
}
