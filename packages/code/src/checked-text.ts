import { AnyModelError } from '@anymodel/core'

/** Throws `invalid-argument` unless an option is a text that says something. */
export function checkedText(name: string, value: unknown): void {
  if (typeof value !== 'string' || value.trim() === '')
    throw new AnyModelError('invalid-argument', `${name} must be a text that is not empty.`)
}
