import { run } from '../automaton/dfa.ts'
import { hasUnicodeSyntax } from '../regex/parse.ts'
import { isObject, type Keywords } from './document.ts'
import type { Node, Nodes, ObjectPlan } from './nodes.ts'
import { admitsScalar } from './scalar.ts'
import {
  type ArrayRule,
  intersectShapes,
  isFreeText,
  type NumberRule,
  type Shape,
  type StringRule,
  sameText,
} from './shape.ts'

/** What constants do in other schemas, and what schemas do to each other. */
export interface Comparison {
  /** The values that a shape's list has left when its other parts have their say; `undefined` for a shape without a list. */
  constants(shape: Shape): readonly unknown[] | undefined
  /** True when it is certain that no value is valid for both. */
  disjoint(a: Shape, b: Shape): boolean
}

/** How deep schemas are followed to tell them apart. */
const farthest = 4

/** Compares the shapes of a document. */
export function comparison(nodes: Nodes): Comparison {
  const known = new Map<Shape, readonly unknown[]>()
  const texts = new Map<Shape, ReadonlySet<string>>()

  function constants(shape: Shape): readonly unknown[] | undefined {
    if (!shape.values) return undefined
    let found = known.get(shape)
    if (!found) {
      found = shape.values.filter((value) => admitsValue(shape, value))
      known.set(shape, found)
    }
    return found
  }

  /** The constants as texts, to find one among many. */
  function textsOf(shape: Shape): ReadonlySet<string> {
    let found = texts.get(shape)
    if (!found) {
      found = new Set(constants(shape)?.map(sameText))
      texts.set(shape, found)
    }
    return found
  }

  function admits(shape: Shape, value: unknown): boolean {
    return shape.values ? textsOf(shape).has(sameText(value)) : admitsValue(shape, value)
  }

  /** Its list of values aside. */
  function admitsValue(shape: Shape, value: unknown): boolean {
    if (Array.isArray(value)) return shape.array !== undefined && admitsArray(shape.array, value)
    if (isObject(value)) return shape.object !== undefined && admitsObject(nodes.plan(shape.object), value)
    return admitsScalar(nodes.strings, shape, value)
  }

  function admitsNode({ shapes }: Node, value: unknown): boolean {
    return shapes.some((shape) => admits(shape, value))
  }

  function admitsArray(rule: ArrayRule, value: readonly unknown[]): boolean {
    if (value.length < rule.min || value.length > rule.max) return false
    return value.every((item, i) => admitsNode(nodes.item(rule, i), item))
  }

  function admitsObject(plan: ObjectPlan, value: Keywords): boolean {
    const keys = Object.keys(value)
    if (keys.length < plan.min || keys.length > plan.max) return false
    if (plan.named.some(({ key, required }) => required && !Object.hasOwn(value, key))) return false
    return keys.every((key) => {
      const node = nodeOf(plan, key)
      return node !== undefined && admitsNode(node, value[key])
    })
  }

  function disjoint(a: Shape, b: Shape, left = farthest): boolean {
    if (a.values && b.values) return ![...textsOf(a)].some((text) => textsOf(b).has(text))
    const own = constants(a)
    if (own) return own.every((value) => !admitsValue(b, value))
    if (b.values) return disjoint(b, a, left)
    const both = intersectShapes(a, b)
    if (!both) return true
    const { plain, number, string, array, object } = both
    if (plain.size > 0 || (number && !holdsNone(number))) return false
    if (string && holdsSome(exactly(string))) return false
    if (array && !(a.array && b.array && disjointArrays(a.array, b.array, left))) return false
    return (
      !object ||
      (a.object !== undefined &&
        b.object !== undefined &&
        disjointObjects(nodes.plan(a.object), nodes.plan(b.object), left))
    )
  }

  function holdsSome(rule: StringRule): boolean {
    return isFreeText(rule) || nodes.strings.dfa(rule) !== undefined
  }

  function disjointNodes(a: Node, b: Node, left: number): boolean {
    return left > 0 && a.shapes.every((one) => b.shapes.every((other) => disjoint(one, other, left - 1)))
  }

  function disjointArrays(a: ArrayRule, b: ArrayRule, left: number): boolean {
    const needed = Math.min(Math.max(a.min, b.min), Math.max(a.prefix.length, b.prefix.length) + 1)
    for (let i = 0; i < needed; i++) if (disjointNodes(nodes.item(a, i), nodes.item(b, i), left)) return true
    return false
  }

  /** One key that must be there, and whose values can't be the same, is enough. */
  function disjointObjects(a: ObjectPlan, b: ObjectPlan, left: number): boolean {
    const needed = [...a.named, ...b.named].filter(({ required }) => required).map(({ key }) => key)
    return [...new Set(needed)].some((key) => {
      const [one, other] = [nodeOf(a, key), nodeOf(b, key)]
      return !one || !other || disjointNodes(one, other, left)
    })
  }

  return { constants, disjoint: (a, b) => disjoint(a, b) }
}

/** What is written is narrower than what is valid, and a value that one schema writes must not be valid for the other: only what holds for all numbers counts. */
const holdsNone = ({ integer, min, max }: NumberRule): boolean => {
  const first = min.open ? Math.floor(min.value) + 1 : Math.ceil(min.value)
  const last = max.open ? Math.ceil(max.value) - 1 : Math.floor(max.value)
  return integer && first > last
}

/** Without what an automaton narrows. */
const exactly = (rule: StringRule): StringRule => ({
  ...rule,
  patterns: rule.patterns.filter(hasUnicodeSyntax),
  formats: [],
})

/** The node of the values under a key; `undefined` where there can be no such key. */
function nodeOf({ named, others }: ObjectPlan, key: string): Node | undefined {
  const own = named.find((one) => one.key === key)
  if (own) return own.node
  const written = Buffer.from(JSON.stringify(key).slice(1), 'utf8')
  return others.find(({ language: { dfa } }) => dfa.accepts[run(dfa, written)] === 1)?.node
}
