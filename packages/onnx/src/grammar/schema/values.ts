import { automaton } from '../term/automaton.ts'
import { choice, type Making } from '../term/choice.ts'
import { freeKey, hasMore } from '../term/key.ts'
import { anyString } from '../term/string.ts'
import type { Term } from '../term/term.ts'
import { comparison } from './admits.ts'
import { invalid, isObject, refused } from './document.ts'
import { heights } from './heights.ts'
import { type NamedKey, type Node, numberKey, type ObjectPlan, type OtherKeys, openNodes } from './nodes.ts'
import { type ArrayRule, isFreeText, type NumberRule, type Shape, type StringRule, sameText } from './shape.ts'

/** Arrays and objects inside of each other, at most. Every reader of JSON takes as many. */
const deepest = 64

/** A JSON value as it is written: like Python's `json.dumps`, the style in which chat templates write JSON, and models with them. One spelling leaves most to be fast-forwarded. */
const between = ', '
const behindKey = ': '

/**
 * The JSON texts of the values that fit a schema. They are written in one way: keys in the order of the schema with free ones last, `, ` and `: ` between them, no other white space. `name` tells schemas of one
 * grammar apart. Throws `unsupported` with the keyword that can't be enforced, `invalid-argument` for a schema that is none, or that nothing fits.
 */
export function schemaTerm(making: Making, name: string, schema: unknown): Term {
  const { terms, literals } = making
  const nodes = openNodes(schema)
  const { constants, disjoint } = comparison(nodes)
  for (const { at, branches } of nodes.exclusives)
    if (overlap(branches, disjoint))
      throw refused('oneOf', at, 'two of its branches may fit the same value. Use "anyOf"')
  const height = heights(nodes, constants)
  if (height.of(nodes.root) === Number.POSITIVE_INFINITY)
    throw invalid(
      'No value fits the schema: its keywords contradict each other, or it refers to itself without an end.',
    )
  if (height.of(nodes.root) > deepest)
    throw refused('type', nodes.root.at, `every value nests deeper than ${deepest} arrays and objects`)
  const ids = new Map<object, number>()
  const aheads = new Map<string, Ahead>()
  return value(nodes.root, deepest)

  function idOf(part: object): number {
    let id = ids.get(part)
    if (id === undefined) {
      id = ids.size
      ids.set(part, id)
    }
    return id
  }

  function value(node: Node, depth: number): Term {
    return terms.lazy(`${name}:value:${node.id}:${depth}`, () =>
      terms.alternatives(
        node.shapes.filter((shape) => height.ofShape(shape) <= depth).flatMap((shape) => ofShape(shape, depth)),
      ),
    )
  }

  function ofShape(shape: Shape, depth: number): Term[] {
    const values = constants(shape)
    if (values) return [choice(making, `${name}:${idOf(shape)}`, values.map(written))]
    const { plain, number, string, array, object } = shape
    const found = [...plain].map(literals.of)
    if (number) found.push(ofNumber(number))
    if (string) found.push(ofString(string))
    if (array && height.ofArray(array) <= depth)
      found.push(terms.sequence(literals.of('['), items(array, 0, depth - 1)))
    if (object) {
      const plan = nodes.plan(object)
      const start: Members = { plan, at: 0, count: 0, taken: [], depth: depth - 1 }
      if (height.ofObject(plan) <= depth) found.push(terms.sequence(literals.of('{'), members(start)))
    }
    return found
  }

  function ofNumber(rule: NumberRule): Term {
    const dfa = nodes.number(rule)
    return dfa ? automaton(terms, `number:${numberKey(rule)}`, dfa) : terms.never
  }

  function ofString(rule: StringRule): Term {
    const open = literals.of('"')
    if (isFreeText(rule)) return terms.sequence(open, anyString(terms, rule.min, rule.max))
    const dfa = nodes.strings.dfa(rule)
    return dfa ? terms.sequence(open, automaton(terms, `${name}:string:${idOf(dfa)}`, dfa)) : terms.never
  }

  /** Items of a list of values, none of them twice. */
  function differentItems(rule: ArrayRule, used: ReadonlySet<string>): Term {
    const key = `${name}:different:${idOf(rule)}:${[...used].sort().join()}`
    return terms.lazy(key, () => {
      const found = used.size >= rule.min ? [literals.of(']')] : []
      if (used.size >= rule.max) return terms.alternatives(found)
      const values = nodes.item(rule, 0).shapes.flatMap((shape) => constants(shape) ?? [])
      const left = new Map(values.map((value) => [sameText(value), written(value)]))
      for (const text of used) left.delete(text)
      const byText = new Map([...left].map(([same, text]) => [text, same]))
      const item = choice(making, key, [...byText.keys()], (text) =>
        differentItems(rule, new Set([...used, byText.get(text) as string])),
      )
      found.push(terms.sequence(literals.of(used.size > 0 ? between : ''), item))
      return terms.alternatives(found)
    })
  }

  function items(rule: ArrayRule, count: number, depth: number): Term {
    if (rule.unique !== undefined && rule.max > 1) return differentItems(rule, none)
    // Behind the last item that is different from the next, how many there are makes no difference.
    const last = Math.max(rule.prefix.length, rule.min, 1)
    const at = rule.max === Number.POSITIVE_INFINITY ? Math.min(count, last) : count
    return terms.lazy(`${name}:items:${idOf(rule)}:${at}:${depth}`, () => {
      const item = nodes.item(rule, at)
      const found = at >= rule.min ? [literals.of(']')] : []
      if (at < rule.max && height.of(item) <= depth)
        found.push(terms.sequence(literals.of(at > 0 ? between : ''), value(item, depth), items(rule, at + 1, depth)))
      return terms.alternatives(found)
    })
  }

  function members(given: Members): Term {
    const { plan, at, taken, depth } = given
    // More keys than are asked for make no difference where there is no limit.
    const count = plan.max === Number.POSITIVE_INFINITY ? Math.min(given.count, Math.max(plan.min, 1)) : given.count
    const state: Members = { ...given, count }
    const key = `${name}:members:${plan.id}:${at}:${count}:${depth}:${taken.map(nameOf).join()}`
    return terms.lazy(key, () => {
      const found: Term[] = []
      const needed = plan.named.findIndex(({ required }, i) => i >= at && required)
      if (needed < 0 && count >= plan.min) found.push(literals.of('}'))
      if (count < plan.max) {
        const open = literals.of(`${count > 0 ? between : ''}"`)
        const keys = [namedMembers(state, key, needed < 0 ? plan.named.length : needed + 1)]
        if (needed < 0) keys.push(...plan.others.map((other, i) => freeMembers(state, other, i)))
        found.push(terms.sequence(open, terms.alternatives(keys)))
      }
      return terms.alternatives(found)
    })
  }

  /** Named keys up to before one of them. */
  function namedMembers(state: Members, id: string, end: number): Term {
    const { plan, depth, count, at } = state
    const indexes = new Map<string, number>()
    for (let i = at; i < end; i++) {
      const named = plan.named[i] as NamedKey
      if (height.of(named.node) <= depth && canEnd({ ...state, at: i + 1, count: count + 1 }))
        indexes.set(JSON.stringify(named.key).slice(1) + behindKey, i)
    }
    return choice(making, id, [...indexes.keys()], (text) => {
      const index = indexes.get(text) as number
      const { node } = plan.named[index] as NamedKey
      return terms.sequence(value(node, depth), members({ ...state, at: index + 1, count: count + 1 }))
    })
  }

  /** Other keys of one kind. */
  function freeMembers(state: Members, { node, language }: OtherKeys, index: number): Term {
    const { plan, depth, count, taken } = state
    const own = taken[index] ?? none
    const next = (key: string): Members => ({
      ...state,
      at: plan.named.length,
      count: count + 1,
      taken: plan.others.map((_, i) => (i === index ? new Set([...own, key]) : (taken[i] ?? none))),
    })
    if (height.of(node) > depth || !hasMore(language, own.size) || !canEnd(next(''))) return terms.never
    return freeKey(terms, language, own, (key) =>
      terms.sequence(literals.of(behindKey), value(node, depth), members(next(key))),
    )
  }

  /** For every named key: how many from there on must come, and how many can. */
  function ahead(plan: ObjectPlan, depth: number): Ahead {
    const key = `${plan.id}:${depth}`
    let found = aheads.get(key)
    if (!found) {
      const { named } = plan
      found = {
        needed: sumsFrom(named.map(({ required }) => required)),
        possible: sumsFrom(named.map(({ node }) => height.of(node) <= depth)),
      }
      aheads.set(key, found)
    }
    return found
  }

  /** True when there are still enough keys to be had, and not too many that must come. */
  function canEnd({ plan, at, count, taken, depth }: Members): boolean {
    const { needed, possible } = ahead(plan, depth)
    if (count + (needed[at] as number) > plan.max) return false
    if (count >= plan.min) return true
    let most = count + (possible[at] as number)
    for (const [i, { node, language }] of plan.others.entries())
      if (height.of(node) <= depth) most += (language.counts[0] as number) - (taken[i]?.size ?? 0)
    return most >= plan.min
  }
}

/** Inside of an object. */
interface Members {
  readonly plan: ObjectPlan
  /** Named keys before this one are written or left out. */
  readonly at: number
  readonly count: number
  /** Free keys that are there, by kind. */
  readonly taken: readonly ReadonlySet<string>[]
  /** Arrays and objects that a value may still nest. */
  readonly depth: number
}

interface Ahead {
  readonly needed: Int32Array
  readonly possible: Int32Array
}

/** At every place, how many are true from there to the end. */
function sumsFrom(list: readonly boolean[]): Int32Array {
  const sums = new Int32Array(list.length + 1)
  for (let i = list.length - 1; i >= 0; i--) sums[i] = (sums[i + 1] as number) + (list[i] ? 1 : 0)
  return sums
}

/** A text that is another one for every set of keys. */
const nameOf = (keys: ReadonlySet<string>): string => [...keys].map((key) => `${key.length}:${key}`).join('+')

const none: ReadonlySet<string> = new Set()

function overlap(branches: readonly (readonly Shape[])[], disjoint: (a: Shape, b: Shape) => boolean): boolean {
  return branches.some((one, i) =>
    branches.slice(i + 1).some((other) => one.some((a) => other.some((b) => !disjoint(a, b)))),
  )
}

/** A value as this engine writes JSON. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(between)}]`
  if (!isObject(value)) return JSON.stringify(value)
  const entries = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}${behindKey}${written(inner)}`)
  return `{${entries.join(between)}}`
}
