import type { TextModel } from '../contract/text.ts'
import { AnyModelError } from '../errors.ts'
import type { TextOptions } from './options.ts'

const positive = ['maxTokens', 'topK', 'toolConcurrency'] as const
const numbers = [
  'temperature',
  'topP',
  'minP',
  'presencePenalty',
  'frequencyPenalty',
  'repetitionPenalty',
  'seed',
] as const

/** What a wrong argument would break far from here is told here. */
export function checkOptions(options: TextOptions): void {
  const wrong = (message: string) => {
    throw new AnyModelError('invalid-argument', message)
  }
  const model = options?.model as TextModel | undefined
  if (typeof model?.stream !== 'function') {
    wrong(
      typeof model === 'string'
        ? `model is the text "${model}". Pass a model object, such as openai().text('${model}'), or use the client of 'anymodel', which knows names.`
        : 'model is missing: pass a text model, such as openai().text(id).',
    )
  }
  for (const name of positive) {
    const value = options[name]
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      wrong(`${name} must be a whole number above 0, not ${String(value)}.`)
  }
  for (const name of numbers) {
    const value = options[name]
    if (value !== undefined && !Number.isFinite(value)) wrong(`${name} must be a number, not ${String(value)}.`)
  }
  if (
    options.stop !== undefined &&
    !(Array.isArray(options.stop) && options.stop.every((s) => typeof s === 'string' && s !== ''))
  )
    wrong('stop must be an array of non-empty texts.')
}
