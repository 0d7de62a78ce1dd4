import type { JsonSchema } from '../contract/json.ts'
import { AnyModelError } from '../errors.ts'
import { type Checked, check, toChecker } from '../schema/check.ts'
import type { Schema } from '../schema/standard-schema.ts'
import { toJsonSchema } from '../schema/to-json-schema.ts'
import { isObjectSchema, wrapList, wrapped, wrapValue } from '../schema/wrap.ts'
import type { ObjectTarget } from './object-options.ts'

/** What the model is asked to write, and the way from that to what the caller wants. */
export interface Target {
  /** An object schema: anything else is wrapped in one. */
  readonly schema: JsonSchema
  /** Checks a whole document and takes it out of its wrapping. */
  check(document: unknown): Promise<Checked>
  /** What there is of the value in a document that is not whole. */
  view(document: unknown): unknown
  /** Checks one element of a list. */
  checkElement?(element: unknown): Promise<Checked>
}

const wrong = (message: string): never => {
  throw new AnyModelError('invalid-argument', message)
}

/** Most issues that are told of one list. */
const mostIssues = 20

/** The target of a call. Throws `invalid-argument` when it is not one, before anything is sent. */
export async function toTarget({ schema, array, choice }: ObjectTarget): Promise<Target> {
  if ([schema, array, choice].filter((one) => one !== undefined).length !== 1)
    return wrong('Give exactly one of schema, array (the schema of an element) and choice (a list of texts).')
  if (choice !== undefined) return toChoice(choice)
  const given = (schema ?? array) as Schema
  if ((typeof given !== 'object' && typeof given !== 'function') || given === null)
    return wrong('The schema must be a Standard Schema (zod, valibot, arktype) or a JSON Schema object.')
  const json = toJsonSchema(given)
  await toChecker(given)
  if (array !== undefined) return toList(array, json)
  return isObjectSchema(json) ? toPlain(given, json) : toWrapped(given, json)
}

const toPlain = (schema: Schema, json: JsonSchema): Target => ({
  schema: json,
  check: (document) => check(schema, document),
  view: (document) => document,
})

const toWrapped = (schema: Schema, json: JsonSchema): Target => ({
  schema: wrapValue(json),
  // A model that left the wrapping out is understood.
  check: async (document) => {
    const value = field(document, 'value')
    const checked = await check(schema, value)
    if (!checked.issues) return checked
    const bare = await check(schema, document)
    return bare.issues ? below('value', checked) : bare
  },
  view: (document) => field(document, 'value'),
})

const toList = (schema: Schema, json: JsonSchema): Target => ({
  schema: wrapList(json),
  check: async (document) => {
    const list = Array.isArray(document) ? document : field(document, 'elements')
    if (!Array.isArray(list)) return { issues: [{ path: 'elements', message: 'must be an array' }] }
    const checked: Checked[] = []
    for (const [index, element] of list.entries())
      checked.push(below(`elements.${index}`, await check(schema, element)))
    const issues = checked.flatMap((one) => one.issues ?? []).slice(0, mostIssues)
    return issues.length > 0 ? { issues } : { value: checked.map((one) => ('value' in one ? one.value : undefined)) }
  },
  view: (document) => field(document, 'elements'),
  checkElement: (element) => check(schema, element),
})

function toChoice(choices: readonly string[]): Target {
  if (!Array.isArray(choices) || choices.length === 0 || choices.some((one) => typeof one !== 'string'))
    return wrong('choice must be an array of texts.')
  // Services do not promise the case of enum values.
  const meant = (value: unknown) =>
    choices.find((one) => one === value) ??
    choices.find((one) => typeof value === 'string' && one.toLowerCase() === value.trim().toLowerCase())
  return {
    schema: wrapped('value', { type: 'string', enum: [...choices] }),
    check: async (document) => {
      const value = meant(field(document, 'value') ?? document)
      const message = `must be one of ${choices.map((one) => JSON.stringify(one)).join(', ')}`
      return value === undefined ? { issues: [{ path: 'value', message }] } : { value }
    },
    view: (document) => choices.find((one) => one === field(document, 'value')),
  }
}

const field = (document: unknown, key: string): unknown =>
  typeof document === 'object' && document !== null && Object.hasOwn(document, key)
    ? (document as Record<string, unknown>)[key]
    : undefined

const below = (path: string, checked: Checked): Checked =>
  checked.issues
    ? {
        issues: checked.issues.map((issue) => ({ ...issue, path: issue.path === '' ? path : `${path}.${issue.path}` })),
      }
    : checked
