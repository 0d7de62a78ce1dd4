import { AnyModelError } from '@anymodel/core'
import type { CompletionModel, CompletionOptions } from './options.ts'

/** The model of a completion, its options checked. Throws `invalid-argument`. */
export async function checkedModel(options: CompletionOptions): Promise<CompletionModel> {
  const given: CompletionOptions['model'] | string | undefined = options?.model
  if (typeof given === 'string')
    wrong(`model is the text "${given}". Pass a model object, such as mistral().code('${given}').`)
  const model = typeof given === 'function' ? await given() : given
  if (!isModel(model)) return wrong('model is missing: pass a code model such as mistral().code(id), or a text model.')
  const { prefix, suffix, context, maxInput, maxContext, maxTokens, temperature, lines, stop, seed, topP } = options
  if (typeof prefix !== 'string') wrong('prefix must be a text: what stands before the cursor.')
  if (suffix !== undefined && typeof suffix !== 'string') wrong('suffix must be a text: what stands after the cursor.')
  for (const [name, value] of Object.entries({ maxInput, maxContext, maxTokens }))
    if (value !== undefined && !(Number.isInteger(value) && value > 0)) wrong(`${name} must be a whole number above 0.`)
  for (const [name, value] of Object.entries({ temperature, seed, topP }))
    if (value !== undefined && !Number.isFinite(value)) wrong(`${name} must be a number.`)
  if (lines !== undefined && !['one', 'many', 'auto'].includes(lines)) wrong('lines must be one, many or auto.')
  if (stop !== undefined && !(Array.isArray(stop) && stop.every((text) => typeof text === 'string' && text !== '')))
    wrong('stop must be an array of non-empty texts.')
  if (context !== undefined && !(Array.isArray(context) && context.every(isFile)))
    wrong('context must be an array of { path, text }.')
  return model
}

const wrong = (message: string): never => {
  throw new AnyModelError('invalid-argument', message)
}

const isModel = (value: unknown): value is CompletionModel =>
  typeof value === 'object' &&
  value !== null &&
  (typeof (value as { fill?: unknown }).fill === 'function' ||
    typeof (value as { stream?: unknown }).stream === 'function')

/** Whether a value is a source file. */
const isFile = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { path?: unknown }).path === 'string' &&
  typeof (value as { text?: unknown }).text === 'string'
