import type { CodeFile, TextModel } from '@anymodel/core'
import { fenced } from '../files-as-text.ts'
import { type GeneratedCode, generateCode } from '../generate/generate-code.ts'
import { shortened } from './run-program.ts'
import type { VerifiedCodeOptions } from './verify-options.ts'

/** One request for code. */
export interface Request {
  readonly model: TextModel
  readonly temperature: number | undefined
  /** Varies the words of the task. */
  readonly variant: number
  /** A program that failed, to be mended. */
  readonly repair?: { readonly code: string; readonly failure: string }
}

/** Ways to go about a task: samples that are asked in different words differ more. The first says nothing. */
const ways = [
  '',
  'Think of the edges first: empty, one, many, the largest, negative, malformed.',
  'Prefer the simplest code that is right for every input, even if it is slow.',
  'Take another approach than the first one that comes to mind.',
  'Restate to yourself in one sentence what must hold for every input, then write code that makes it hold.',
]

/** Asks a model for a program, in the words of the task and of its tests. Rejects as `generateCode` does. */
export function askForCode(
  options: VerifiedCodeOptions,
  { model, temperature, variant, repair }: Request,
  signal: AbortSignal,
): Promise<GeneratedCode> {
  const { task, language, context, maxTokens, topP, reasoning, onUnsupported, headers, extra } = options
  const given = { context, maxTokens, topP, reasoning, onUnsupported, headers, extra, temperature }
  const known = Object.entries(given).filter(([, value]) => value !== undefined)
  const pieces = [task, rulesFor(options), repair === undefined ? ways[variant % ways.length] : mend(repair)]
  const instruction = pieces.filter((piece) => piece !== undefined && piece !== '').join('\n\n')
  return generateCode({ model, language, instruction, signal, ...Object.fromEntries(known) })
}

/** Of tests in any language. */
const importsSolution = /(?:from|import|require\()\s*['"]?(?:\.\/)?solution\b/

function rulesFor({ tests, entryPoint, language }: VerifiedCodeOptions): string {
  const name = entryPoint ?? (typeof tests === 'object' && 'cases' in tests ? tests.entryPoint : undefined)
  const named = name === undefined ? '' : `Define ${name} at the top level.`
  if (tests === undefined) return named
  if (typeof tests === 'string' || !('cases' in tests)) {
    const text = typeof tests === 'string' ? tests : tests.text
    const place = importsSolution.test(text)
      ? 'They import your code by the name that stands in them: export what they import.'
      : 'They stand behind your code in one file: define the names they use at the top level.'
    return [
      named,
      `It must pass these tests. ${place} Leave the tests out of your answer.`,
      fenced(shortened(text, 8_000)),
    ]
      .filter((line) => line !== '')
      .join('\n')
  }
  const shown = tests.cases
    .slice(0, 5)
    .map(({ input, output }) =>
      name === undefined
        ? `Input:\n${fenced(shortened(String(input), 1_000))}\nOutput:\n${fenced(shortened(String(output), 1_000))}`
        : `${name}(${shortened(JSON.stringify(input).slice(1, -1), 500)}) gives ${shortened(JSON.stringify(output), 500)}`,
    )
  const kind =
    name === undefined ? `It is a ${language} program that reads standard input and writes to standard output.` : named
  return `${kind} For example:\n${shown.join('\n')}`
}

const mend = ({ code, failure }: { readonly code: string; readonly failure: string }): string =>
  `This answer is not right yet:\n${fenced(code)}\nWhat went wrong:\n${fenced(failure)}\nFind the mistake and write the whole code again without it.`

/** The files of an answer: its code under the path that it has there, and those beside it. */
export function filesOf({ code, files }: Pick<GeneratedCode, 'code' | 'files'>, language: string): readonly CodeFile[] {
  if (files.some(({ text }) => text === code)) return files
  const endings: Readonly<Record<string, string>> = { javascript: 'js', typescript: 'ts', python: 'py' }
  return [{ path: `solution.${endings[language] ?? language}`, text: code }, ...files]
}
