import { AnyModelError, type CodeFile, type SandboxLimits, type SandboxRun } from '@anymodel/core'
import { checkPath } from '../edit/path-safety.ts'

/** A run that can be: every default filled in. */
export interface CheckedRun {
  readonly language: string
  readonly files: readonly CodeFile[]
  readonly entry: string
  readonly args: readonly string[]
  readonly stdin: string
  readonly limits: Required<SandboxLimits>
  readonly signal: AbortSignal
}

const defaults: Required<SandboxLimits> = { timeMs: 3_000, memoryBytes: 256 << 20, outputBytes: 1 << 20 }

/** What a limit may be: an hour, 64 GiB, and what fits into one text. */
const largest: Required<SandboxLimits> = { timeMs: 3_600_000, memoryBytes: 64 * 2 ** 30, outputBytes: 256 << 20 }

const wrong = (message: string): never => {
  throw new AnyModelError('invalid-argument', message)
}

/** Throws `invalid-argument` for a run that can't be, and `unsupported` for a language that isn't there. */
export function checkedRun(
  run: SandboxRun,
  name: string,
  languages: readonly string[],
  signal: AbortSignal,
): CheckedRun {
  const { language, files, entry, args = [], stdin = '' } = run
  if (!languages.includes(language))
    throw new AnyModelError(
      'unsupported',
      `The sandbox ${name} runs ${languages.join(', ')}, not ${String(language)}. Ask defaultSandbox('${String(language)}') for one that does.`,
    )
  checkFiles(files, entry)
  if (!Array.isArray(args) || args.some((arg) => typeof arg !== 'string' || arg.includes('\0')))
    wrong('args must be texts without NUL.')
  if (typeof stdin !== 'string') wrong('stdin must be a text.')
  return { language, files, entry, args, stdin, limits: checkedLimits(run.limits ?? {}), signal }
}

function checkFiles(files: readonly CodeFile[], entry: string): void {
  if (!Array.isArray(files) || files.length > 1_000) wrong('files must be at most 1,000 of { path, text }.')
  const paths = new Set<string>()
  for (const file of files) {
    if (typeof file?.path !== 'string' || typeof file.text !== 'string') wrong('Each file must be { path, text }.')
    checkPath(file.path)
    if (paths.has(file.path)) wrong(`The path "${file.path}" is there twice.`)
    paths.add(file.path)
  }
  for (const path of paths)
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1))
      if (paths.has(path.slice(0, at))) wrong(`"${path.slice(0, at)}" is a file, and a folder of "${path}".`)
  if (!paths.has(entry)) wrong(`entry must be the path of one of the files, not ${JSON.stringify(entry)}.`)
}

function checkedLimits(limits: SandboxLimits): Required<SandboxLimits> {
  const checked = { ...defaults }
  for (const name of Object.keys(defaults) as (keyof SandboxLimits)[]) {
    const value = limits[name] ?? defaults[name]
    if (!Number.isInteger(value) || value < 1 || value > largest[name])
      wrong(`limits.${name} must be a whole number from 1 to ${largest[name]}, not ${String(value)}.`)
    checked[name] = value
  }
  return checked
}
