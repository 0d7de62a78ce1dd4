import type { FinishPart, Part } from '../../contract/part.ts'
import type { PartStream } from '../../contract/text.ts'
import type { Usage } from '../../contract/usage.ts'
import type { AnyCall, AnyModel } from '../kinds.ts'

/** A value as the events of an answer, so that it is kept and shared as others are. */
export const asStream =
  ({ provider, id }: AnyModel, ask: (call: AnyCall) => Promise<unknown>) =>
  (call: AnyCall): PartStream => ({
    async *[Symbol.asyncIterator]() {
      const { usage, ...value } = (await ask(call)) as { readonly usage: Usage }
      yield { type: 'value', value } as unknown as Part
      const finish: FinishPart = { type: 'finish', reason: 'stop', usage, response: { provider, model: id } }
      yield finish
      return undefined
    },
  })

/** The value again, with the usage that its reader is billed for. */
export async function valueIn(stream: PartStream): Promise<unknown> {
  let value = {}
  let usage: Usage = {}
  for await (const part of stream as AsyncIterable<Part>) {
    if (part.type === 'finish') usage = part.usage
    else if ((part as { readonly type: string }).type === 'value') value = (part as unknown as { value: object }).value
  }
  return { ...value, usage }
}
