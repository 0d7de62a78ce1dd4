import { AnyModelError, type Given, type Sandbox, type TextModel } from '@anymodel/core'
import { checkedText } from '../checked-text.ts'
import { languageName } from '../language-name.ts'
import { checkEntryPoint, checkInputs, checkTests, isCases, wrong } from './check-tests.ts'
import type { CodeTests } from './code-tests.ts'
import { assemblyOf, canRun } from './run-program.ts'
import type { VerifiedCodeOptions } from './verify-options.ts'

/** Options with their defaults, checked. */
export interface Plan {
  readonly options: VerifiedCodeOptions
  readonly models: readonly TextModel[]
  readonly inputModel: TextModel
  readonly judge: TextModel | undefined
  readonly language: string
  /** Where code runs; `undefined` for languages that are parsed only. */
  readonly sandbox: Sandbox | undefined
  readonly samples: number
  readonly concurrency: number
  readonly enough: number
  readonly repairs: number
  readonly entryPoint: string | undefined
  /** Compare what samples do, on inputs. */
  readonly compares: boolean
}

export async function planOf(options: VerifiedCodeOptions): Promise<Plan> {
  checkedText('task', options?.task)
  checkedText('language', options.language)
  const { model, models = model === undefined ? [] : [model], tests, samples = 8, inputs } = options
  if (model !== undefined && options.models !== undefined) wrong('Give model or models, not both.')
  if (!Array.isArray(models) || models.length === 0)
    wrong('model is missing: pass a text model, such as openai().text(id).')
  if (tests !== undefined) checkTests(tests)
  whole('samples', samples, 1, 1_000)
  const enough = options.enough ?? (few(tests) ? samples : 1)
  whole('enough', enough, 1, samples)
  const [concurrency, repairs] = [options.concurrency ?? 4, options.repairs ?? 2]
  whole('concurrency', concurrency, 1, 100)
  whole('repairs', repairs, 0, 10)
  checkNumbers(options)
  const entryPoint = options.entryPoint ?? (isCases(tests) ? tests.entryPoint : undefined)
  checkEntryPoint(entryPoint)
  if (inputs !== undefined) checkInputs(inputs)
  const language = languageName(options.language)
  const runs = canRun(language)
  if (tests !== undefined) assemblyOf(language)
  const given = await Promise.all(models.map(modelOf))
  const inputModel = options.inputModel === undefined ? given.at(-1) : await modelOf(options.inputModel)
  const judge = options.judge === undefined ? undefined : await modelOf(options.judge)
  if (runs && options.sandbox?.languages.includes(language) === false)
    throw new AnyModelError(
      'unsupported',
      `The sandbox ${options.sandbox.name} runs ${options.sandbox.languages.join(', ')}, not ${language}.`,
    )
  const sandbox = runs ? (options.sandbox ?? (await sandboxFor(language))) : undefined
  const compares = runs && (inputs !== undefined || few(tests) || enough > 1)
  return {
    options,
    models: given,
    inputModel: inputModel as TextModel,
    judge,
    language,
    sandbox,
    samples,
    concurrency,
    enough,
    repairs,
    entryPoint,
    compares,
  }
}

const sandboxFor = async (language: string) => (await import('../sandbox/default.ts')).defaultSandbox(language)

/** Too few cases to tell right code from code that happens to fit them. */
const few = (tests: CodeTests | undefined) => tests === undefined || (isCases(tests) && tests.cases.length < 4)

function whole(name: string, value: unknown, least: number, most: number): void {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
    wrong(`${name} must be a whole number from ${least} to ${most}.`)
}

function checkNumbers({ temperatures, budget = {} }: VerifiedCodeOptions): void {
  const isNumber = (value: unknown) => typeof value === 'number' && value >= 0
  if (
    temperatures !== undefined &&
    !(Array.isArray(temperatures) && temperatures.length > 0 && temperatures.every(isNumber))
  )
    wrong('temperatures must be a list of numbers that is not empty.')
  for (const name of ['tokens', 'timeMs', 'cost'] as const)
    if (budget[name] !== undefined && !isNumber(budget[name])) wrong(`budget.${name} must be a number, 0 or more.`)
  if (budget.cost !== undefined && budget.costOf === undefined)
    wrong('budget.cost needs budget.costOf, which knows prices.')
}

async function modelOf(given: Given<TextModel>): Promise<TextModel> {
  const model = typeof given === 'function' ? await given() : given
  if (typeof model !== 'object' || typeof model?.stream !== 'function')
    return wrong('A model is missing or of another kind: pass a text model, such as openai().text(id).')
  return model
}
