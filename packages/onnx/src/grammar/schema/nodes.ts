import { byteClasses, type Dfa, intersect, subtract, toDfa, tooLarge } from '../automaton/dfa.ts'
import { hasUnicodeSyntax } from '../regex/parse.ts'
import { type KeyLanguage, keyLanguage } from '../term/key.ts'
import { openSchema, refused, type Schema, type SchemaDocument } from './document.ts'
import { numberDfa } from './number.ts'
import { type Reader, reader } from './reader.ts'
import {
  type ArrayRule,
  isFreeText,
  itemAt,
  type Layer,
  type NumberRule,
  type ObjectRule,
  type Schemas,
  type Shape,
} from './shape.ts'
import { remember, type Strings, strings } from './strings.ts'

/** All schemas of a document that values can be checked against, and how they hang together. */
export interface Nodes {
  readonly root: Node
  readonly strings: Strings
  /** Every node there is. */
  readonly all: readonly Node[]
  readonly exclusives: Reader['exclusives']
  plan(rule: ObjectRule): ObjectPlan
  /** Numbers as texts; `undefined`: there is none. */
  number(rule: NumberRule): Dfa | undefined
  /** The node of an array's item. */
  item(rule: ArrayRule, index: number): Node
}

/** What several schemas allow together. Recursion goes from node to node. */
export interface Node {
  readonly id: number
  readonly at: string
  readonly shapes: readonly Shape[]
}

/** An object's keys, sorted out. */
export interface ObjectPlan {
  readonly id: number
  /** Keys that are named somewhere, in the order in which they are written. */
  readonly named: readonly NamedKey[]
  /** Other keys, by what their values must be. */
  readonly others: readonly OtherKeys[]
  readonly min: number
  readonly max: number
}

export interface NamedKey {
  readonly key: string
  readonly node: Node
  readonly required: boolean
}

export interface OtherKeys {
  readonly language: KeyLanguage
  readonly node: Node
}

const mostNodes = 20_000
/** Each one doubles the kinds of keys. */
const mostPatterns = 4

/** Reads a schema and everything that it can lead to. Throws `unsupported` for a keyword that can't be enforced, `invalid-argument` for a schema that is none. */
export function openNodes(schema: unknown): Nodes {
  const document = openSchema(schema)
  const texts = strings()
  const { alternatives, exclusives } = reader(document, texts)
  const byKey = new Map<string, Node>()
  const all: Node[] = []
  const plans = new Map<ObjectRule, ObjectPlan>()

  const node = (schemas: Schemas): Node => {
    const said = schemas.filter((one) => one !== document.anything)
    const key = [...new Set(said.map(({ id }) => id))].sort((a, b) => a - b).join()
    let found = byKey.get(key)
    if (!found) {
      if (all.length >= mostNodes) throw tooLarge('The schema')
      found = { id: all.length, at: said[0]?.at ?? '#', shapes: together(said) }
      byKey.set(key, found)
      all.push(found)
    }
    return found
  }
  const together = (schemas: Schemas): readonly Shape[] => {
    const [first = document.anything, ...rest] = schemas
    if (rest.length === 0) return alternatives(first)
    return alternatives(document.child(first, { allOf: schemas.map(({ keywords, value }) => keywords ?? value) }))
  }
  const plan = (rule: ObjectRule): ObjectPlan => {
    let found = plans.get(rule)
    if (!found) {
      found = toPlan(rule, plans.size, { document, node, texts })
      plans.set(rule, found)
    }
    return found
  }
  const item = (rule: ArrayRule, index: number): Node => node(itemAt(rule, index))
  const numbers = new Map<string, Dfa | undefined>()
  const number = (rule: NumberRule): Dfa | undefined => remember(numbers, numberKey(rule), () => numberDfa(rule))

  const root = node([document.root])
  // What is found is added to the list, so that this ends when all that can be reached was looked at.
  for (const { shapes } of all)
    for (const { object, array, string, number: rule } of shapes) {
      if (string && !isFreeText(string)) texts.dfa(string)
      if (rule) number(rule)
      if (object) plan(object)
      if (array) for (let i = 0; i <= array.prefix.length; i++) item(array, i)
      if (array?.unique !== undefined && !isListed(item(array, 0), array))
        throw refused('uniqueItems', array.unique, 'its items are no list of constants')
    }
  return { root, strings: texts, all, exclusives, plan, number, item }
}

/** True for an array whose items are all taken from one list of values, or that has one item at most. */
const isListed = ({ shapes }: Node, { prefix, max }: ArrayRule): boolean =>
  max <= 1 || (prefix.length === 0 && shapes.every(({ values }) => values !== undefined))

/** A text that is the same for equal rules. */
export const numberKey = ({ integer, min, max, multiples }: NumberRule): string =>
  [integer, min.value, min.open, max.value, max.open, ...multiples].join()

interface Planning {
  readonly document: SchemaDocument
  readonly texts: Strings
  node(schemas: Schemas): Node
}

function toPlan(
  { layers, required, min, max }: ObjectRule,
  id: number,
  { document, node, texts }: Planning,
): ObjectPlan {
  const nameRules = layers.flatMap((layer) => (layer.names ? [nameRule(layer, layer.names)] : []))
  const keys = new Set([...layers.flatMap(({ properties }) => [...properties.keys()]), ...required])
  const needed = new Set(required)
  const named = [...keys].map((key) => {
    const fits = nameRules.every((admits) => admits.key(key))
    const schemas = layers.flatMap((layer) => schemasOf(layer, key))
    return { key, node: node(fits ? schemas : [document.nothing]), required: needed.has(key) }
  })
  return { id, named, others: max > needed.size ? otherKeys() : [], min, max }

  function nameRule(layer: Layer, names: Schema): { key(text: string): boolean; readonly dfa: Dfa | undefined } {
    const shapes = node([names]).shapes.filter(({ string }) => string)
    if (shapes.length > 1) throw refused('propertyNames', layer.at, 'it has several alternatives for strings')
    const [{ string: rule, values } = {}] = shapes
    if (rule && (rule.formats.length > 0 || !rule.patterns.every(hasUnicodeSyntax)))
      throw refused('propertyNames', layer.at, 'it has a format, or a pattern that is not valid with flag u')
    const choices = values?.filter((value) => typeof value === 'string' && rule && texts.admits(rule, value)) as
      | string[]
      | undefined
    return {
      key: (text) => rule !== undefined && (choices ? choices.includes(text) : texts.admits(rule, text)),
      dfa: choices ? (choices.length > 0 ? textsDfa(choices) : undefined) : rule && texts.dfa(rule),
    }
  }

  function schemasOf(layer: Layer, key: string): Schemas {
    const own = layer.properties.get(key)
    const matched = layer.patterns
      .filter(([pattern]) => texts.admits(matching(pattern), key))
      .map(([, schema]) => schema)
    const schemas = own ? [own, ...matched] : matched
    return schemas.length > 0 ? schemas : [layer.additional]
  }

  /** Keys that no layer names: one kind for every set of patterns that a key may match. */
  function otherKeys(): OtherKeys[] {
    const patterns = [...new Set(layers.flatMap((layer) => layer.patterns.map(([pattern]) => pattern)))]
    if (patterns.length > mostPatterns)
      throw refused('patternProperties', layers[0]?.at ?? '#', `there are more than ${mostPatterns} patterns`)
    const found: OtherKeys[] = []
    for (let set = 0; set < 2 ** patterns.length; set++) {
      const matched = new Set(patterns.filter((_, i) => (set >> i) & 1))
      const own = node(layers.flatMap((layer) => schemasMatched(layer, matched)))
      const dfa = own.shapes.length > 0 ? keysMatching(patterns, matched) : undefined
      if (dfa) found.push({ language: keyLanguage(`${id}:${set}`, dfa), node: own })
    }
    return found
  }

  function anyKey(): Dfa {
    return texts.dfa(matching('')) as Dfa
  }

  function schemasMatched(layer: Layer, matched: ReadonlySet<string>): Schemas {
    const schemas = layer.patterns.filter(([pattern]) => matched.has(pattern)).map(([, schema]) => schema)
    return schemas.length > 0 ? schemas : [layer.additional]
  }

  function keysMatching(patterns: readonly string[], matched: ReadonlySet<string>): Dfa | undefined {
    const what = `The keys of the object at ${layers[0]?.at ?? '#'}`
    let dfa: Dfa | undefined = keys.size > 0 ? subtract(anyKey(), textsDfa([...keys]), what) : anyKey()
    for (const pattern of patterns) {
      const other = texts.dfa(matching(pattern))
      if (matched.has(pattern)) dfa = dfa && other && intersect(dfa, other, what)
      else if (other) dfa = dfa && subtract(dfa, other, what)
    }
    for (const { dfa: other } of nameRules) dfa = dfa && other && intersect(dfa, other, what)
    return dfa
  }
}

const matching = (pattern: string) => ({ min: 0, max: Number.POSITIVE_INFINITY, patterns: [pattern], formats: [] })

const written = (text: string): Buffer => Buffer.from(JSON.stringify(text).slice(1), 'utf8')

/** Just these strings. */
function textsDfa(texts: readonly string[]): Dfa {
  const root: Tree = { id: 0, next: new Map(), end: false }
  let count = 1
  for (const text of texts) {
    let at = root
    for (const byte of written(text)) {
      let next = at.next.get(byte)
      if (!next) {
        next = { id: count++, next: new Map(), end: false }
        at.next.set(byte, next)
      }
      at = next
    }
    at.end = true
  }
  const bytes = texts.flatMap((text) => [...written(text)].map((byte) => [byte, byte] as const))
  return toDfa<Tree>(
    { start: root, key: ({ id }) => id, next: ({ next }, byte) => next.get(byte), accepts: ({ end }) => end },
    byteClasses(bytes),
    'A list of keys',
  ) as Dfa
}

interface Tree {
  readonly id: number
  readonly next: Map<number, Tree>
  end: boolean
}
