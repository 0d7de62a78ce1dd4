import type { Part } from '../../contract/part.ts'
import type { PartStream, TextCall, TextModel } from '../../contract/text.ts'
import { fit } from '../../generate/fit.ts'

/** Another model's answer, with the reason why it is that model's in front. */
export async function instead(model: TextModel, call: TextCall, why: string): Promise<() => PartStream> {
  const { call: fitted, warnings, emulateStop } = fit(call, model)
  const message = `${why} ${model.provider}/${model.id} answers instead.`
  const notices = [{ option: 'budget', message }, ...warnings].map((warning): Part => {
    return { type: 'notice', kind: 'warning', message: warning.message, warning }
  })
  if (!emulateStop) return () => preceded(notices, model.stream(fitted))
  const { stopAt } = await import('../../stream/stop.ts')
  return () => preceded(notices, { [Symbol.asyncIterator]: () => stopAt(model.stream(fitted), emulateStop) })
}

async function* preceded(first: readonly Part[], stream: PartStream): AsyncGenerator<Part, undefined, undefined> {
  yield* first
  yield* stream as AsyncIterable<Part>
  return undefined
}
