import { randomBytes } from 'node:crypto'
import { AnyModelError, type Sandbox, type SandboxLimits, type SandboxResult } from '@anymodel/core'
import { javascriptAssembly } from './javascript-program.ts'
import type { Assembly, Program } from './program.ts'
import { pythonAssembly } from './python-program.ts'

/** Where and how programs run. */
export interface Bench {
  readonly sandbox: Sandbox
  /** In one spelling. */
  readonly language: string
  readonly limits?: SandboxLimits | undefined
  readonly signal?: AbortSignal | undefined
}

const assemblies: Readonly<Record<string, Assembly>> = {
  javascript: javascriptAssembly('javascript'),
  typescript: javascriptAssembly('typescript'),
  python: pythonAssembly,
}

/** Whether programs of a language can be put together. */
export const canRun = (language: string): boolean => Object.hasOwn(assemblies, language)

export function assemblyOf(language: string): Assembly {
  const assembly = assemblies[language]
  if (assembly) return assembly
  const known = Object.keys(assemblies).join(', ')
  throw new AnyModelError(
    'unsupported',
    `Code in ${language} can't be run: there is ${known}. Leave out tests to have it parsed only.`,
  )
}

/** A word that no program can foresee. */
export const newMark = (): string => `$${randomBytes(12).toString('hex')}`

export function runProgram(
  program: Program,
  { sandbox, language, limits, signal }: Bench,
  stdin = '',
): Promise<SandboxResult> {
  return sandbox.run({
    ...program,
    language,
    stdin,
    ...(limits === undefined ? {} : { limits }),
    ...(signal === undefined ? {} : { signal }),
  })
}

/** The records in what a program wrote. */
export function recordsOf(stdout: string, mark: string): Record<string, unknown>[] {
  return stdout.split('\n').flatMap((line) => {
    if (!line.startsWith(mark)) return []
    try {
      const record: unknown = JSON.parse(line.slice(mark.length))
      return typeof record === 'object' && record !== null ? [record as Record<string, unknown>] : []
    } catch {
      // Killed in the middle of a line.
      return []
    }
  })
}

const noise = /^\s+at .*(?:node:internal|\(node:)|^Node\.js v|^node:internal|^\s+triggerUncaughtException\(/

/** Where the program lay in the sandbox. */
const folders = /(?:file:\/\/)?(?:\/[^\s/"'():]+)+\/(?=(?:program|solution|main)[\w.]*)/g

/** What a program said of its end, for people and models: how it was stopped, and the beginning and end of its errors. */
export function lastWords({ outcome, exitCode, stderr }: SandboxResult): string {
  const ends: Readonly<Record<string, string>> = {
    timeout: 'It ran for too long and was ended.',
    memory: 'It took too much memory and was ended.',
    output: 'It wrote too much and was ended.',
    crashed: 'Its runtime crashed.',
  }
  const lines = stderr.split('\n').filter((line) => !noise.test(line))
  const said = shortened(lines.join('\n').replace(folders, '').trim(), 3_000)
  const end = ends[outcome] ?? (exitCode === 0 || said !== '' ? '' : `It ended with exit code ${exitCode}.`)
  return [end, said].filter((text) => text !== '').join('\n')
}

/** A text without its middle, where it is longer than that. */
export const shortened = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length / 3)}\n...\n${text.slice(-(2 * length) / 3)}`
