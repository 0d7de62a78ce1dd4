import { tooLarge } from '../automaton/dfa.ts'
import { invalid, type Keywords, refused, type Schema, type SchemaDocument } from './document.ts'
import { annotations, keywordNamed, type Reading, schemasIn } from './keywords.ts'
import { admitsScalar, isScalar, joined } from './scalar.ts'
import { anyValue, intersectShapes, onlyValues, type Shape } from './shape.ts'
import type { Strings } from './strings.ts'

/** Alternatives of which exactly one may hold. */
interface Exclusive {
  readonly at: string
  readonly branches: readonly (readonly Shape[])[]
}

/** Reads schemas as alternatives. */
export interface Reader {
  /** What a schema allows: any of these. Throws `unsupported` for a keyword that can't be enforced, `invalid-argument` for one that holds what it must not. */
  alternatives(schema: Schema): readonly Shape[]
  /** Every `oneOf` that was read: its branches must turn out not to overlap. */
  readonly exclusives: readonly Exclusive[]
}

/** Schemas that lead to one another for one value. */
const deepest = 200
/** All combinations of alternatives of one schema. */
const mostAlternatives = 1_000
/** Pairs of alternatives that are looked at in all: a second or so. */
const mostMeetings = 300_000
/** Branches of a `oneOf`, which are compared pair by pair. */
const mostBranches = 200

/** Reads the schemas of a document. */
export function reader(document: SchemaDocument, strings: Strings): Reader {
  const known = new Map<Schema, readonly Shape[]>()
  const active = new Set<Schema>()
  const exclusives: Exclusive[] = []
  let meetings = 0
  const { $schema } = document.root.keywords ?? {}
  const onlyRefs = typeof $schema === 'string' && /draft-0[3-7]/.test($schema)
  return { alternatives, exclusives }

  function alternatives(schema: Schema): readonly Shape[] {
    if (!schema.keywords) return schema.value ? [anyValue] : []
    let found = known.get(schema)
    if (!found) {
      if (active.has(schema)) throw invalid(`The schema at ${schema.at} refers to itself without anything in between.`)
      if (active.size >= deepest)
        throw refused('$ref', schema.at, `it leads through more than ${deepest} schemas to one and the same value`)
      active.add(schema)
      found = read(schema, schema.keywords)
      active.delete(schema)
      known.set(schema, found)
    }
    return found
  }

  function read(schema: Schema, all: Keywords): readonly Shape[] {
    const keywords = onlyRefs && all.$ref !== undefined ? { $ref: all.$ref } : all
    const both = (a: readonly Shape[], b: readonly Shape[]) => product(a, b, schema)
    const reading: Reading = { schema, keywords, document, alternatives, both }
    let shapes: readonly Shape[] = [anyValue]
    for (const [name, value] of Object.entries(keywords)) {
      if (value === undefined || annotations.has(name) || name.startsWith('x-') || name === 'oneOf') continue
      const keyword = keywordNamed(name)
      if (!keyword) throw refused(name, schema.at, 'this engine does not know it')
      shapes = both(shapes, keyword(value, reading))
    }
    const found = keywords.oneOf === undefined ? shapes : exclusive(shapes, keywords.oneOf, reading)
    if (found.length > mostAlternatives)
      throw refused('anyOf', schema.at, `it has more than ${mostAlternatives} alternatives`)
    return found
  }

  function exclusive(shapes: readonly Shape[], value: unknown, reading: Reading): readonly Shape[] {
    const branches = schemasIn(value, 'oneOf', reading).map((branch) =>
      reading.both(shapes, reading.alternatives(branch)),
    )
    if (branches.length > mostBranches)
      throw refused('oneOf', reading.schema.at, `it has more than ${mostBranches} branches`)
    exclusives.push({ at: reading.schema.at, branches })
    return joined(branches.flat())
  }

  function product(a: readonly Shape[], b: readonly Shape[], { at }: Schema): readonly Shape[] {
    if (a.length === 1 && a[0] === anyValue) return b
    const shapes: Shape[] = []
    for (const one of a)
      for (const other of b) {
        if (++meetings > mostMeetings) throw tooLarge('The schema')
        const both = intersectShapes(one, other)
        const shape = both && withScalarsChecked(both)
        if (shape && shapes.push(shape) > mostAlternatives)
          throw refused(
            'anyOf',
            at,
            `together with what stands beside it, it has more than ${mostAlternatives} combinations`,
          )
      }
    return joined(shapes)
  }

  /** Constants that are no objects or arrays are compared with the other keywords at once, and stand alone from then on. */
  function withScalarsChecked(shape: Shape): Shape | undefined {
    if (!shape.values?.every(isScalar)) return shape
    const values = shape.values.filter((value) => admitsScalar(strings, shape, value))
    return values.length > 0 ? onlyValues(values) : undefined
  }
}
