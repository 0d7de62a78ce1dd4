import { writeFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { CodeAttempt, CodeTests, VerifiedCode, VerifyEvent } from '@anymodel/code'
import { AnyModelError } from '@anymodel/core'
import { durationPattern, toMs } from '../../config/duration.ts'
import { exitCodes } from '../failure.ts'
import { remark, write, writePainted } from '../output.ts'
import { readBytes } from '../prompt.ts'
import { type Asking, asking, type CodeOptions } from './asking.ts'
import { evidenceLines, outcomeOf } from './evidence.ts'

export interface SolveOptions extends CodeOptions {
  /** Path of a test file, or of a JSON file with cases. */
  readonly tests?: string
  readonly language?: string
  /** Models that write samples besides the first one. */
  readonly also?: readonly string[]
  readonly samples?: number
  readonly repairs?: number
  readonly maxTokens?: number
  /** Such as `90s`. Default `5m`: small models write on and on. */
  readonly time?: string
  readonly output?: string
  readonly json?: boolean
}

/** `anymodel code solve task.md --tests tests.mjs`: has code written until some passes the tests, and shows what is known about it. Gives the exit code: 1 when nothing passed. */
export async function solve(path: string, options: SolveOptions): Promise<number> {
  const task = await readText(path)
  const tests = options.tests === undefined ? undefined : await readTests(options.tests)
  const search = {
    ...settings(options),
    task,
    language: languageFor(options),
    ...(tests === undefined ? {} : { tests }),
  }
  return asking(options, 'code', async (by) => {
    const result = await follow(by, search, options.also ?? [])
    const failed = tests !== undefined && !result.passed
    if (options.json) await write(`${JSON.stringify(result)}\n`)
    else await writePainted(evidenceLines(result), process.stderr)
    const { output } = options
    if (output === undefined) {
      if (!options.json) await write(result.code)
    } else if (failed) remark(`${output} was not written.`)
    else {
      await writeFile(output, result.code)
      remark(`Wrote ${output}.`)
    }
    return failed ? exitCodes.failed : exitCodes.ok
  })
}

type Search = Omit<Parameters<Asking['ai']['streamVerifiedCode']>[0], 'model' | 'models' | 'signal'>

function settings({ samples, repairs, maxTokens, time = '5m' }: SolveOptions): Partial<Search> {
  if (!durationPattern.test(time))
    throw new AnyModelError('invalid-argument', `--time must be a duration such as 90s or 5m, not "${time}".`)
  return {
    ...(samples === undefined ? {} : { samples }),
    ...(repairs === undefined ? {} : { repairs }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    budget: { timeMs: toMs(time) },
  }
}

/** The language that was named, else that of the file that is written or of the tests. */
function languageFor({ language, output = '', tests = '' }: SolveOptions): string {
  const ending = [output, tests].map((path) => extname(path).slice(1)).find((ending) => !['', 'json'].includes(ending))
  const found = language ?? ending?.replace(/^[cm](?=[jt]s$)/, '')
  if (found === undefined)
    throw new AnyModelError('invalid-argument', 'Which language? Say --language javascript, or name a file: -o add.js.')
  return found
}

async function readText(path: string): Promise<string> {
  const bytes = await readBytes(path)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new AnyModelError('invalid-argument', `${path} is no text in UTF-8.`, { cause })
  }
}

/** A test file as it is; of a JSON file the cases. */
async function readTests(path: string): Promise<CodeTests> {
  const text = await readText(path)
  if (extname(path) !== '.json') return text
  try {
    const tests = JSON.parse(text)
    return Array.isArray(tests) ? { cases: tests } : tests
  } catch (cause) {
    throw new AnyModelError('invalid-argument', `${path} is no JSON: ${(cause as Error).message}.`, { cause })
  }
}

/** Runs the search and tells on the error stream how it goes. */
async function follow({ ai, model, signal }: Asking, search: Search, also: readonly string[]): Promise<VerifiedCode> {
  const stream = ai.streamVerifiedCode({ ...search, models: [model, ...also], signal })
  for await (const event of stream) {
    const told = tellingOf(event)
    if (told !== undefined) remark(told)
  }
  return stream.result
}

function tellingOf(event: VerifyEvent): string | undefined {
  if (event.type === 'attempt-end') return `${named(event.attempt)}: ${outcomeOf(event.attempt)}`
  if (event.type === 'inputs') return `Comparing what they do on ${event.inputs.length} inputs ...`
  if (event.type === 'repair') return `None passed: ${event.attempts.length} go back with what went wrong.`
  return undefined
}

const named = ({ index, model, temperature }: CodeAttempt): string =>
  `Attempt ${index + 1} (${model}${temperature === undefined ? '' : `, temperature ${temperature.toFixed(1)}`})`
