import { type Check, type Found, fail, type Run, type Seen } from '../run.ts'
import { branch, type Keyword, quiet, schemas } from './keyword.ts'

/** How many of the alternatives fit (up to `enough`), and what is wrong with each that does not. */
function tryAll(checks: readonly Check[], enough: number, value: unknown, run: Run, seen: Seen | undefined) {
  const { issues } = run
  const fitting: number[] = []
  const problems: Found[][] = []
  for (const [index, check] of checks.entries()) {
    run.issues = issues && []
    if (branch(check, value, run, seen)) fitting.push(index)
    else problems.push(run.issues ?? [])
    if (fitting.length === enough && !seen) break
  }
  run.issues = issues
  return { fitting, problems }
}

/** `anyOf`. All alternatives are tried where what they looked at counts. */
export const anyOf: Keyword = (value, compiler) => {
  const checks = schemas(value, compiler, 'anyOf')
  return (given, run, seen) => {
    const { fitting, problems } = tryAll(checks, 1, given, run, seen)
    return fitting.length > 0 || failNearest(problems, run)
  }
}

/** `oneOf`. */
export const oneOf: Keyword = (value, compiler) => {
  const checks = schemas(value, compiler, 'oneOf')
  return (given, run, seen) => {
    const { fitting, problems } = tryAll(checks, 2, given, run, seen)
    if (fitting.length === 0) return failNearest(problems, run)
    const which = fitting.map((index) => index + 1).join(' and ')
    return fitting.length === 1 || fail(run, 'oneOf', `must fit exactly one alternative, not ${which}`)
  }
}

/** Tells what is wrong with the alternative that was meant: one whose type and constants fit. */
function failNearest(problems: readonly Found[][], run: Run): false {
  if (!run.issues) return false
  const depth = run.path.length
  const isMeant = (found: readonly Found[]) =>
    found.length > 0 &&
    !found.some(
      ({ path, keyword }) =>
        (path.length === depth && ['type', 'enum', 'const', 'false'].includes(keyword)) ||
        (path.length === depth + 1 && keyword === 'const'),
    )
  const meant = problems.filter(isMeant).sort((a, b) => a.length - b.length)[0]
  if (meant) {
    run.issues.push(...meant)
    return false
  }
  const told = [
    ...new Set(
      problems
        .flatMap((found) => found.slice(0, 1))
        .map(({ path, message }) => [...path.slice(depth), message].join(' ')),
    ),
  ]
  return fail(run, 'anyOf', `fits none of the alternatives: ${told.slice(0, 10).join('; ')}`)
}

/** `not`. */
export const not: Keyword = (value, compiler) => {
  const check = compiler.compile(value, `${compiler.at}/not`)
  const words = `must not fit ${JSON.stringify(value).slice(0, 200)}`
  return (given, run) => !quiet(run, () => check(given, run, undefined)) || fail(run, 'not', words)
}

/** `if`, with `then` and `else`. */
export const condition: Keyword = (value, compiler) => {
  const { schema, at } = compiler
  const test = compiler.compile(value, `${at}/if`)
  const [yes, no] = (['then', 'else'] as const).map((name) =>
    schema[name] === undefined ? undefined : compiler.compile(schema[name], `${at}/${name}`),
  )
  return (given, run, seen) => {
    const next = quiet(run, () => branch(test, given, run, seen)) ? yes : no
    return !next || branch(next, given, run, seen)
  }
}
