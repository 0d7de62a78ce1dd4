import type { JsonSchema } from '../contract/json.ts'
import { AnyModelError } from '../errors.ts'
import { isSchemaObject, pointedAt } from './pointer.ts'

/** A schema with its own `$id`, or the outermost one: what relative references and anchors belong to. */
export interface Resource {
  readonly base: string
  readonly root: unknown
  readonly anchors: Map<string, unknown>
  readonly dynamicAnchors: Map<string, unknown>
}

/** Finds what references point at, inside one schema. Nothing is ever fetched. */
export interface Resources {
  of(schema: JsonSchema): Resource
  resolve(ref: string, from: Resource): unknown
}

const single = [
  ...['additionalItems', 'additionalProperties', 'contains', 'else', 'if', 'items', 'not', 'propertyNames', 'then'],
  ...['unevaluatedItems', 'unevaluatedProperties'],
]
const lists = ['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items']
const maps = ['$defs', 'definitions', 'dependentSchemas', 'dependencies', 'patternProperties', 'properties']

/** The schemas directly inside a schema. */
function* children(schema: JsonSchema): Generator<unknown> {
  for (const keyword of single) yield schema[keyword]
  for (const keyword of lists) if (Array.isArray(schema[keyword])) yield* schema[keyword] as unknown[]
  for (const keyword of maps) if (isSchemaObject(schema[keyword])) yield* Object.values(schema[keyword] as object)
}

const invalid = (message: string, cause?: unknown): AnyModelError =>
  new AnyModelError('invalid-argument', message, { cause })

/** Collects the resources and anchors of a schema. */
export function collectResources(root: JsonSchema): Resources {
  const byUri = new Map<string, Resource>()
  const bySchema = new Map<unknown, Resource>()
  const newResource = (base: string, schema: unknown): Resource => {
    const resource: Resource = { base, root: schema, anchors: new Map(), dynamicAnchors: new Map() }
    byUri.set(base, resource)
    return resource
  }

  // A list of what is left to visit, not recursion: schemas may be deeper than the stack.
  const collect = (start: unknown, within: Resource) => {
    const left: [unknown, Resource][] = [[start, within]]
    for (let next = left.pop(); next; next = left.pop()) {
      const [schema, outer] = next
      if (!isSchemaObject(schema) || bySchema.has(schema)) continue
      const resource = enter(schema, outer)
      bySchema.set(schema, resource)
      for (const child of children(schema)) left.push([child, resource])
    }
  }
  const enter = (schema: JsonSchema, outer: Resource): Resource => {
    let resource = outer
    const { $id, $anchor, $dynamicAnchor } = schema
    if (typeof $id === 'string' && $id.startsWith('#')) outer.anchors.set($id.slice(1), schema)
    else if (typeof $id === 'string' && schema !== root) resource = newResource(uri($id, outer.base).base, schema)
    if (typeof $anchor === 'string') resource.anchors.set($anchor, schema)
    if (typeof $dynamicAnchor === 'string') {
      resource.anchors.set($dynamicAnchor, schema)
      resource.dynamicAnchors.set($dynamicAnchor, schema)
    }
    return resource
  }

  const id = typeof root.$id === 'string' && !root.$id.startsWith('#') ? root.$id : ''
  const outermost = newResource(uri(id, 'json-schema:///').base, root)
  collect(root, outermost)
  return {
    of: (schema) => {
      if (!bySchema.has(schema)) collect(schema, outermost)
      return bySchema.get(schema) as Resource
    },
    resolve: (ref, from) => {
      const { base, fragment } = uri(ref, from.base)
      const resource = byUri.get(base)
      if (!resource)
        throw invalid(
          `The schema refers to ${ref}, which is not part of it. Schemas are not fetched: put it under $defs.`,
        )
      const target =
        fragment === ''
          ? resource.root
          : fragment.startsWith('/')
            ? pointedAt(resource.root, fragment)
            : resource.anchors.get(fragment)
      if (target === undefined) throw invalid(`The schema refers to ${ref}, where there is nothing.`)
      collect(target, resource)
      return target
    },
  }
}

function uri(ref: string, base: string): { readonly base: string; readonly fragment: string } {
  try {
    const url = new URL(ref, base)
    const fragment = url.hash.slice(1)
    url.hash = ''
    return {
      base: url.href.replace(/#$/, ''),
      fragment: fragment.startsWith('/') ? fragment : decodeURIComponent(fragment),
    }
  } catch (cause) {
    throw invalid(`The schema has ${JSON.stringify(ref)} as a reference or $id, which is not a URI.`, cause)
  }
}
