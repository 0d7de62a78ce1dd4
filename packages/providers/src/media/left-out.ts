import { AnyModelError, type ImageCall, type Warning } from '@anymodel/core'
import type { Target } from '../protocol.ts'

/** Warnings for options that were given and that this request can't say; an `unsupported` error where the caller wants errors. What is `undefined` or empty was not given. */
export function leftOut(
  { onUnsupported }: Pick<ImageCall, 'onUnsupported'>,
  { provider, model }: Target,
  options: Readonly<Record<string, unknown>>,
): Warning[] {
  const given = Object.keys(options).filter((option) => options[option] !== undefined && options[option] !== '')
  if (given.length > 0 && onUnsupported === 'error')
    throw new AnyModelError(
      'unsupported',
      `${provider}/${model} does not take ${given.join(', ')} here: leave it out.`,
      {
        provider,
        model,
      },
    )
  return given.map((option) => ({
    option,
    message: `${provider}/${model} does not take ${option} here: it was left out.`,
  }))
}
