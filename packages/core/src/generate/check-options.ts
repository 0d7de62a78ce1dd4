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

const wrong = (message: string): never => {
  throw new AnyModelError('invalid-argument', message)
}

/** Checks the options of a call and gives its model. What a wrong argument would break far from here is told here. */
export async function modelOf(options: Pick<TextOptions, 'model'> & Partial<TextOptions>): Promise<TextModel> {
  const given = options?.model as TextOptions['model'] | string | undefined
  if (typeof given === 'string')
    return wrong(
      `model is the text "${given}". Pass a model object, such as openai().text('${given}'), or use the client of 'anymodel', which knows names.`,
    )
  const model = typeof given === 'function' ? await given() : given
  if (typeof model?.stream !== 'function')
    return wrong('model is missing: pass a text model, such as openai().text(id).')
  checkTuning(options)
  return model
}

function checkTuning(options: Partial<TextOptions>): void {
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
