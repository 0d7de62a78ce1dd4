import { AnyModelError } from '@anymodel/core'

/** A schema inside of a document. Equal objects are one. */
export interface Schema {
  readonly id: number
  /** `undefined` for boolean schemas. */
  readonly keywords: Keywords | undefined
  /** What a boolean schema says; true where there are keywords. */
  readonly value: boolean
  /** Where it was found first, as a JSON pointer (RFC 6901) in a fragment. */
  readonly at: string
  /** What references inside of it are relative to. */
  readonly base: string
}

/** A schema's keywords and what they hold. */
export type Keywords = Readonly<Record<string, unknown>>

/** Where schemas are found. Nothing is ever fetched. */
export interface SchemaDocument {
  readonly root: Schema
  readonly anything: Schema
  readonly nothing: Schema
  /** The schema that a keyword of another one holds. Throws `invalid-argument` when it is none. */
  child(parent: Schema, value: unknown, ...steps: readonly (string | number)[]): Schema
  /** What a `$ref` points at. Throws `invalid-argument` when there is nothing. */
  resolve(from: Schema, ref: string): Schema
}

/** Deeper schemas are refused. */
const deepest = 200
const rootUri = 'json-schema:///'

/** True for a plain object, as keywords and maps of schemas are. */
export const isObject = (value: unknown): value is Keywords =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The error for a schema that is none. */
export const invalid = (message: string, cause?: unknown): AnyModelError =>
  new AnyModelError('invalid-argument', message, { cause })

/** The error for a keyword that can't be enforced. */
export const refused = (keyword: string, at: string, reason: string): AnyModelError =>
  new AnyModelError(
    'unsupported',
    `"${keyword}" at ${at} can't be enforced while a model writes: ${reason}. Leave it out, or check it afterwards.`,
  )

/** Opens a schema. Throws `invalid-argument` for what is none. */
export function openSchema(schema: unknown): SchemaDocument {
  const known = new Map<unknown, Schema>()
  const targets = new Map<string, { readonly value: unknown; readonly at: string; readonly base: string }>()
  const make = (value: unknown, at: string, base: string): Schema => {
    let found = known.get(value)
    if (!found) {
      if (typeof value !== 'boolean' && !isObject(value)) throw invalid(`There is no schema at ${at}.`)
      found =
        typeof value === 'boolean'
          ? { id: known.size, keywords: undefined, value, at, base }
          : { id: known.size, keywords: value, value: true, at, base: baseOf(value, base) }
      known.set(value, found)
    }
    return found
  }
  const anything = make(true, '#', rootUri)
  const nothing = make(false, '#', rootUri)
  findTargets(schema, targets)
  return {
    root: make(schema, '#', rootUri),
    anything,
    nothing,
    child: (parent, value, ...steps) => make(value, [parent.at, ...steps.map(escapeStep)].join('/'), parent.base),
    resolve(from, ref) {
      const [uri, fragment] = splitUri(ref, from.base)
      const resource = targets.get(uri)
      if (!resource)
        throw invalid(`The schema at ${from.at} refers to ${ref}, which is not part of it. Put it under $defs.`)
      if (fragment === '' || fragment.startsWith('/')) return pointed(resource, fragment, ref)
      const anchor = targets.get(`${uri}#${fragment}`)
      if (!anchor) throw invalid(`The schema at ${from.at} refers to ${ref}, where there is nothing.`)
      return make(anchor.value, anchor.at, anchor.base)
    },
  }

  function pointed(
    resource: { readonly value: unknown; readonly at: string; readonly base: string },
    pointer: string,
    ref: string,
  ): Schema {
    let { value, at, base } = resource
    for (const step of pointer.split('/').slice(1)) {
      const key = decodeStep(step)
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key))
        throw invalid(`The schema refers to ${ref}, where there is nothing.`)
      if (isObject(value)) base = baseOf(value, base)
      value = (value as Record<string, unknown>)[key]
      at += `/${escapeStep(key)}`
    }
    return make(value, at, base)
  }
}

const escapeStep = (step: string | number): string => String(step).replaceAll('~', '~0').replaceAll('/', '~1')

function decodeStep(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    return step
  }
}

/** What `$id` makes of the base. In older drafts `#name` is an anchor. */
function baseOf({ $id }: Keywords, base: string): string {
  return typeof $id === 'string' && !$id.startsWith('#') ? splitUri($id, base)[0] : base
}

function splitUri(ref: string, base: string): readonly [string, string] {
  try {
    const url = new URL(ref, base)
    const fragment = url.hash.slice(1)
    url.hash = ''
    return [url.href.replace(/#$/, ''), fragment.startsWith('/') ? fragment : decodeURIComponent(fragment)]
  } catch (cause) {
    throw invalid(`${JSON.stringify(ref.slice(0, 200))} is a $ref or $id of the schema and no URI.`, cause)
  }
}

/** Keywords that hold something else than schemas. */
const plain: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples', 'example'])

/** Finds what has an `$id` or an `$anchor`. A list of what is left, not recursion: schemas may be deeper than the stack. */
function findTargets(
  root: unknown,
  targets: Map<string, { readonly value: unknown; readonly at: string; readonly base: string }>,
): void {
  targets.set(isObject(root) ? baseOf(root, rootUri) : rootUri, { value: root, at: '#', base: rootUri })
  const seen = new Set<unknown>()
  const left = [{ value: root, at: '#', base: rootUri, depth: 0 }]
  for (let next = left.pop(); next; next = left.pop()) {
    const { value, at, depth } = next
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    if (depth > deepest) throw invalid(`The schema nests deeper than ${deepest} levels.`)
    seen.add(value)
    const base = isObject(value) ? baseOf(value, next.base) : next.base
    if (isObject(value)) {
      if (base !== next.base) targets.set(base, { value, at, base: next.base })
      const { $anchor, $dynamicAnchor, $id } = value
      const oldAnchor = typeof $id === 'string' && $id.startsWith('#') ? $id.slice(1) : undefined
      for (const anchor of [$anchor, $dynamicAnchor, oldAnchor])
        if (typeof anchor === 'string') targets.set(`${base}#${anchor}`, { value, at, base: next.base })
    }
    for (const [key, inner] of Object.entries(value))
      if (!plain.has(key)) left.push({ value: inner, at: `${at}/${escapeStep(key)}`, base, depth: depth + 1 })
  }
}
