import { AnyModelError } from '../errors.ts'
import type { wrongWords } from './wrong-words.ts'

type Words = typeof wrongWords

/** The error of a wrong argument. Its words are loaded when there is one. */
export async function wrong<W extends keyof Words>(what: W, ...about: Parameters<Words[W]>): Promise<AnyModelError> {
  const { wrongWords } = await import('./wrong-words.ts')
  return new AnyModelError('invalid-argument', (wrongWords[what] as (...about: unknown[]) => string)(...about))
}
