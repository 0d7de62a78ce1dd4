import { relative } from 'node:path'
import { AnyModelError } from '@anymodel/core'
import type { ConfigPath, Source } from './source.ts'

/** One thing that is wrong with a config. */
export interface Problem {
  readonly path: ConfigPath
  /** What follows the path: `must be a text, not 3.` */
  readonly message: string
  /** Whether the key is what is wrong, or its value. Default `value`. */
  readonly of?: 'key' | 'value'
}

/** One error for all problems of a config, each with its place; `issues` has them one by one. */
export function problemsError(source: Source, problems: readonly Problem[]): AnyModelError {
  const issues = inOrder(source, problems).map((problem) => ({
    path: pathText(problem.path),
    message: sentence(source, problem),
  }))
  const [first] = issues
  const message =
    issues.length === 1 && first
      ? first.message
      : `${source.name} has ${issues.length} problems:\n${issues.map(({ message }) => `  ${message}`).join('\n')}`
  return new AnyModelError('config', message, { issues })
}

/** As they stand in the file. */
function inOrder({ position }: Source, problems: readonly Problem[]): readonly Problem[] {
  const place = ({ path, of = 'value' }: Problem) => position(path, of) ?? { line: 0, column: 0 }
  return problems
    .map((problem) => ({ problem, at: place(problem) }))
    .sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column)
    .map(({ problem }) => problem)
}

function sentence({ name, position }: Source, { path, message, of = 'value' }: Problem): string {
  const at = position(path, of)
  return `${name}${at ? `:${at.line}:${at.column}` : ''}: ${path.length > 0 ? pathText(path) : 'the config'} ${message}`
}

/** `models.chat.use[0]` */
const pathText = (path: ConfigPath): string =>
  path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${String(step)}`))
    .join('')

/** The path as people write it: from the working folder where that is shorter. */
export function displayPath(file: string): string {
  const fromHere = relative(process.cwd(), file)
  return fromHere === '' || fromHere.startsWith('..') ? file : fromHere
}
