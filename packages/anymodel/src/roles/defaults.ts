import {
  AnyModelError,
  type CodeModel,
  type Knob,
  type Part,
  type PartStream,
  type TextModel,
  type TuningOptions,
} from '@anymodel/core'

/**
 * Gives a model tuning options that every call may override, and asks for answers that stream, so that clocks can watch them grow. What the model lacks follows the call's `onUnsupported`, as an option of the call itself would.
 */
export function withDefaults(model: TextModel, defaults: TuningOptions): TextModel
export function withDefaults(model: CodeModel, defaults: TuningOptions): CodeModel
export function withDefaults(model: TextModel | CodeModel, defaults: TuningOptions): TextModel | CodeModel {
  const { provider, id, supports } = model
  const has: readonly Knob[] = supports.knobs ?? []
  const knobs = Object.keys(defaults) as Knob[]
  const lacking = knobs.filter((knob) => !has.includes(knob))
  const honoured = Object.fromEntries(Object.entries(defaults).filter(([knob]) => !lacking.includes(knob as Knob)))
  const told = (call: TuningOptions & { readonly onUnsupported?: string }, ask: () => PartStream): PartStream => {
    const left = lacking.filter((knob) => call[knob] === undefined)
    if (left.length > 0 && call.onUnsupported === 'error') throw unsupported(model, left)
    const notices = left.map((knob) => leftOut(model, knob))
    return notices.length === 0 ? ask() : preceded(notices, ask())
  }
  return 'fill' in model
    ? { provider, id, supports: model.supports, fill: (call) => told(call, () => model.fill({ ...honoured, ...call })) }
    : {
        provider,
        id,
        supports: model.supports,
        stream: (call) => told(call, () => model.stream({ ...honoured, ...call, delivery: 'stream' })),
      }
}

type Who = Pick<TextModel, 'provider' | 'id'>

const unsupported = ({ provider, id }: Who, knobs: readonly Knob[]): AnyModelError =>
  new AnyModelError(
    'unsupported',
    `${provider}/${id} does not support ${knobs.join(', ')}, which the config sets as a default. Take it out there, or set onUnsupported: 'warn'.`,
    { provider, model: id },
  )

function leftOut({ provider, id }: Who, option: Knob): Part {
  const message = `${provider}/${id} does not support ${option}, a default of the config: it was left out.`
  return { type: 'notice', kind: 'warning', message, warning: { option, message } }
}

/** A stream with some parts in front. */
const preceded = (first: Part[], stream: PartStream): PartStream => ({
  [Symbol.asyncIterator]() {
    const inner = stream[Symbol.asyncIterator]()
    return {
      take: () => first.shift() ?? inner.take?.(),
      next: () => {
        const value = first.shift()
        return value ? Promise.resolve({ done: false, value }) : inner.next()
      },
      return: async () => (await inner.return?.()) ?? { done: true, value: undefined },
    }
  },
})
