import type { Node, Nodes, ObjectPlan } from './nodes.ts'
import { type ArrayRule, isFreeText, type Shape, type StringRule, sameText } from './shape.ts'

/** How many arrays and objects have to be nested for a value; infinite when there is no value at all. */
export interface Heights {
  of(node: Node): number
  ofShape(shape: Shape): number
  ofArray(rule: ArrayRule): number
  ofObject(plan: ObjectPlan): number
}

const infinite = Number.POSITIVE_INFINITY
const mostRounds = 200

/** Items that are looked at one by one to tell how high an array must be. */
const distinctItems = (rule: ArrayRule): number => Math.min(rule.min, rule.prefix.length + 1)

/** Computes the least height of every node: from the values that need none upwards, until nothing changes. `constants` tells the values that a shape's list has left. */
export function heights(nodes: Nodes, constants: (shape: Shape) => readonly unknown[] | undefined): Heights {
  const known = new Float64Array(nodes.all.length).fill(infinite)
  const of = ({ id }: Node): number => known[id] as number

  function ofShape(shape: Shape): number {
    const values = constants(shape)
    if (values) return values.length > 0 ? 0 : infinite
    const { plain, number, string, array, object } = shape
    if (plain.size > 0 || (number && nodes.number(number)) || (string && hasString(string))) return 0
    return Math.min(array ? ofArray(array) : infinite, object ? ofObject(nodes.plan(object)) : infinite)
  }

  function hasString(rule: StringRule): boolean {
    return isFreeText(rule) || nodes.strings.dfa(rule) !== undefined
  }

  /** How many different values the items have to choose from. */
  function listed(rule: ArrayRule): number {
    return new Set(nodes.item(rule, 0).shapes.flatMap((shape) => (constants(shape) ?? []).map(sameText))).size
  }

  function ofArray(rule: ArrayRule): number {
    if (rule.unique !== undefined && rule.max > 1 && rule.min > listed(rule)) return infinite
    let height = 0
    for (let i = 0; i < distinctItems(rule); i++) height = Math.max(height, of(nodes.item(rule, i)))
    return 1 + height
  }

  /** Keys that must be there, and the lowest of the others as long as more are asked for. */
  function ofObject({ named, others, min, max }: ObjectPlan): number {
    const needed = named.filter(({ required }) => required)
    if (needed.length > max) return infinite
    let height = needed.reduce((most, { node }) => Math.max(most, of(node)), 0)
    let missing = min - needed.length
    const optional = [
      ...named.filter(({ required }) => !required).map(({ node }) => ({ height: of(node), count: 1 })),
      ...others.map(({ node, language }) => ({ height: of(node), count: language.counts[0] as number })),
    ].sort((a, b) => a.height - b.height)
    for (const { height: own, count } of optional) {
      if (missing <= 0) break
      height = Math.max(height, own)
      missing -= count
    }
    return missing > 0 ? infinite : 1 + height
  }

  // What a node needs was mostly found after it. Every round settles one more height at least, so that what is left then is too high for anyone.
  for (let changed = true, round = 0; changed && round < mostRounds; round++) {
    changed = false
    for (let i = nodes.all.length - 1; i >= 0; i--) {
      const node = nodes.all[i] as Node
      const height = Math.min(infinite, ...node.shapes.map(ofShape))
      if (height < of(node)) {
        known[node.id] = height
        changed = true
      }
    }
  }
  return { of, ofShape, ofArray, ofObject }
}
