import {
  AnyModelError,
  type Knob,
  type Part,
  type PartStream,
  type TextCall,
  type TextModel,
  type TuningOptions,
} from '@anymodel/core'

/**
 * Gives a model tuning options that every call may override, and asks for answers that stream, so that clocks can watch them grow. What the model lacks follows the call's `onUnsupported`, as an option of the call itself would.
 */
export function withDefaults(model: TextModel, defaults: TuningOptions): TextModel {
  const { provider, id, supports } = model
  const knobs = Object.keys(defaults) as Knob[]
  const lacking = knobs.filter((knob) => !(supports.knobs ?? []).includes(knob))
  const honoured = Object.fromEntries(Object.entries(defaults).filter(([knob]) => !lacking.includes(knob as Knob)))
  return {
    provider,
    id,
    supports,
    stream(call) {
      const left = lacking.filter((knob) => call[knob] === undefined)
      if (left.length > 0 && call.onUnsupported === 'error') throw unsupported(model, left)
      const inner = model.stream({ ...honoured, ...call, delivery: 'stream' } as TextCall)
      return left.length === 0
        ? inner
        : preceded(
            left.map((knob) => leftOut(model, knob)),
            inner,
          )
    },
  }
}

const unsupported = ({ provider, id }: TextModel, knobs: readonly Knob[]): AnyModelError =>
  new AnyModelError(
    'unsupported',
    `${provider}/${id} does not support ${knobs.join(', ')}, which the config sets as a default. Take it out there, or set onUnsupported: 'warn'.`,
    { provider, model: id },
  )

function leftOut({ provider, id }: TextModel, option: Knob): Part {
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
