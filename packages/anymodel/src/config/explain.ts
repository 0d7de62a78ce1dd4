import type { z } from 'zod'
import { providerTypes } from './config.ts'
import { laterKeys, laterTypes, notYet } from './later.ts'
import type { Problem } from './problem.ts'
import type { ConfigPath } from './source.ts'
import { suggestion } from './suggest.ts'

type Issue = z.core.$ZodIssue

/** What zod found wrong with a config, in sentences that say what was found and what was expected. */
export const explain = (issues: readonly Issue[], config: unknown): Problem[] => toProblems(issues, [], config)

function toProblems(issues: readonly Issue[], base: ConfigPath, config: unknown): Problem[] {
  const mistyped = issues.some((issue) => issue.code === 'unrecognized_keys' && issue.path.length === 0)
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path]
    if (issue.code === 'invalid_union') return toProblems(meantBranch(issue.errors), path, config)
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], issue.message))
    // A key that seems to be missing is the mistyped one.
    if (mistyped && valueAt(config, path) === undefined) return []
    return [path[0] === 'providers' && path[2] === 'type' ? wrongType(path, config) : wrongValue(path, issue, config)]
  })
}

/** Of the forms that a value may have, the one that it was meant to have: of the right kind, though something in it is wrong; of several, the one that knows most of its keys. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const meant = branches.filter(isMeant)
  const unknown = meant.map((issues) => issues.reduce((sum, issue) => sum + unknownKeys(issue), 0))
  return meant[unknown.indexOf(Math.min(...unknown))] ?? branches[0] ?? []
}

const unknownKeys = (issue: Issue): number =>
  issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys.length : 0

const isMeant = (issues: readonly Issue[]): boolean =>
  issues.every((issue) => {
    if (issue.path.length > 0) return issue.path[0] !== 'type'
    if (issue.code === 'invalid_union') return issue.errors.some(isMeant)
    return !['invalid_type', 'invalid_value', 'custom'].includes(issue.code)
  })

function unknownKey(path: ConfigPath, known: string): Problem {
  const key = String(path.at(-1))
  const message = laterKeys.has(key)
    ? notYet
    : `is not a key that stands here.${suggestion(key, known.split(', '))} There are ${known}.`
  return { path, of: 'key', message }
}

function wrongType(path: ConfigPath, config: unknown): Problem {
  const type = String(valueAt(config, path))
  const name = path[1]
  // Without `type`, the name is the type: then the name is where the problem stands.
  const at: Pick<Problem, 'path' | 'of'> = type === name ? { path: path.slice(0, 2), of: 'key' } : { path, of: 'value' }
  if (laterTypes.has(type)) return { ...at, message: `has the type ${type}, which ${notYet}` }
  const hint = type === name ? ' Give it a type.' : ''
  return {
    ...at,
    message: `has the unknown type ${type}.${suggestion(type, providerTypes)}${hint} There are ${providerTypes.join(', ')}.`,
  }
}

function wrongValue(path: ConfigPath, { message }: Issue, config: unknown): Problem {
  const value = valueAt(config, path)
  if (value === undefined) return { path, message: `is missing: it must be ${message}.` }
  const roles = valueAt(config, ['models'])
  const isRole = path[0] === 'models' && typeof value === 'string' && Object.hasOwn(roles as object, value)
  const hint = isRole ? ` To use the role ${value}, write { use: { role: ${value} } }.` : ''
  return { path, message: `must be ${message}, not ${found(value, path)}.${hint}` }
}

/** What stands there, in words; never a text that may be a secret. */
function found(value: unknown, path: ConfigPath): string {
  if (value === null) return 'nothing'
  if (typeof value === 'string') return isSecret(path) ? 'a text' : JSON.stringify(value.slice(0, 60))
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a map'
  return isSecret(path) ? `a ${typeof value}` : String(value)
}

const isSecret = (path: ConfigPath): boolean => path.includes('apiKey') || path.includes('headers')

const valueAt = (value: unknown, path: ConfigPath): unknown =>
  path.reduce<unknown>((inner, step) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[step], value)
