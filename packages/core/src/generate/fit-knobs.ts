import type { Warning } from '../contract/part.ts'
import { AnyModelError } from '../errors.ts'

/** A model as far as fitting a call to it needs one. */
interface Tunable<K> {
  readonly provider: string
  readonly id: string
  readonly supports: { readonly knobs?: readonly K[] }
}

/** A call without the tuning options that the model lacks, each with a warning. With `onUnsupported: 'error'` it throws `unsupported` before anything is sent. */
export function fitKnobs<C extends object, K extends keyof C & string>(
  call: C & { readonly onUnsupported?: 'error' | 'warn' | 'emulate' },
  knobs: readonly K[],
  model: Tunable<K>,
): { readonly call: C; readonly warnings: readonly Warning[] } {
  const { provider, id, supports } = model
  const missing = knobs.filter((knob) => asksFor(call[knob]) && !(supports.knobs ?? []).includes(knob))
  if (missing.length === 0) return { call, warnings: [] }
  if (call.onUnsupported === 'error') {
    throw new AnyModelError(
      'unsupported',
      `${provider}/${id} does not support ${missing.join(', ')}. Leave it out, or set onUnsupported: 'warn'.`,
      { provider, model: id },
    )
  }
  const fitted = { ...call }
  for (const knob of missing) delete fitted[knob]
  return {
    call: fitted,
    warnings: missing.map((option) => ({
      option,
      message: `${provider}/${id} does not support ${option}: it was left out.`,
    })),
  }
}

/** An empty list asks for nothing. */
const asksFor = (value: unknown): boolean => value !== undefined && !(Array.isArray(value) && value.length === 0)
