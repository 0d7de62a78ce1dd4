import type { Part, Warning } from '../../contract/part.ts'
import type { PartStream } from '../../contract/text.ts'
import { warningNotice } from '../attempt-notice.ts'
import { type AnyCall, type AnyModel, asked } from '../kinds.ts'
import type { Fitted } from '../stand-in.ts'

/** Another model's answer, with the reason why it is that model's in front. */
export async function streamInstead(
  model: AnyModel,
  { call, warnings, emulateStop }: Fitted,
  why: string,
): Promise<() => PartStream> {
  const notices = [reason(model, why), ...warnings].map(warningNotice)
  const ask = () => asked(model, call) as PartStream
  if (!emulateStop) return () => preceded(notices, ask())
  const { stopAt } = await import('../../stream/stop.ts')
  return () => preceded(notices, { [Symbol.asyncIterator]: () => stopAt(ask(), emulateStop) })
}

/** The same for models that give one value. */
export async function valueInstead(model: AnyModel, call: AnyCall, why: string): Promise<unknown> {
  const value = (await asked(model, call)) as { readonly warnings?: readonly Warning[] }
  return { ...value, warnings: [reason(model, why), ...(value.warnings ?? [])] }
}

const reason = ({ provider, id }: AnyModel, why: string): Warning => ({
  option: 'budget',
  message: `${why} ${provider}/${id} answers instead.`,
})

async function* preceded(first: readonly Part[], stream: PartStream): AsyncGenerator<Part, undefined, undefined> {
  yield* first
  yield* stream as AsyncIterable<Part>
  return undefined
}
