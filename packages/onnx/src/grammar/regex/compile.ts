import { byteClasses, type Dfa, intersect, type Machine, subtract, toDfa, tooLarge } from '../automaton/dfa.ts'
import { type Range, utf8Sequences } from '../automaton/utf8.ts'
import { type Parsed, type Pattern, parsePattern } from './parse.ts'
import { everything, type Ranges } from './ranges.ts'

/** How the characters of a text are written as bytes, and what comes after the last one. */
interface Writing {
  /** One set of characters as sequences of byte ranges. */
  sequences(set: Ranges): Range[][]
  /** The byte that ends the text; `undefined`: the text ends by itself. */
  readonly close: number | undefined
}

const asText: Writing = { sequences: (set) => set.flatMap(utf8Sequences), close: undefined }

const quote = 0x22
const backslash = 0x5c
const shortEscapes: Readonly<Record<number, string>> = { 8: 'b', 9: 't', 10: 'n', 12: 'f', 13: 'r', 34: '"', 92: '\\' }

/** As `JSON.stringify` writes a string after its opening quote: escapes only where JSON needs them. */
const asJsonString: Writing = {
  sequences: (set) => set.flatMap((range) => [...withoutEscaped(range).flatMap(utf8Sequences), ...escapes(range)]),
  close: quote,
}

function withoutEscaped([first, last]: Range): Range[] {
  const plain: Range[] = [
    [0x20, quote - 1],
    [quote + 1, backslash - 1],
    [backslash + 1, 0x10ffff],
  ]
  return plain
    .map(([from, to]): Range => [Math.max(from, first), Math.min(to, last)])
    .filter(([from, to]) => from <= to)
}

function escapes([first, last]: Range): Range[][] {
  const found: Range[][] = []
  for (let point = first; point <= Math.min(last, backslash); point++)
    if (point < 0x20 || point === quote || point === backslash) {
      const short = shortEscapes[point]
      const text = short === undefined ? `\\u${point.toString(16).padStart(4, '0')}` : `\\${short}`
      found.push([...text].map((character): Range => [character.charCodeAt(0), character.charCodeAt(0)]))
    }
  return found
}

/** Texts that match from end to end, as UTF-8; `undefined` when none can. Throws as `parsePattern` does, and `unsupported` for a pattern that is too large. */
export const textDfa = (source: string): Dfa | undefined => {
  const parsed = parsePattern(source)
  return withLookaheads(compile(parsed.pattern, asText, source), parsed, asText, source)
}

/** Strings in which the pattern is found, as JSON Schema's `pattern` has it, written as JSON from behind the opening quote to the closing one. Throws as `textDfa` does. */
export const stringDfa = (source: string): Dfa | undefined => {
  const parsed = parsePattern(source)
  return withLookaheads(
    compile(inSequence(anything, parsed.pattern, anything), asJsonString, source),
    parsed,
    asJsonString,
    source,
  )
}

const inSequence = (...parts: readonly Pattern[]): Pattern => ({ type: 'sequence', parts })

const anything: Pattern = {
  type: 'repeat',
  part: { type: 'set', set: everything },
  min: 0,
  max: Number.POSITIVE_INFINITY,
}

/** Lookaheads at the start of the text say what all of it must, or must not, begin with. */
function withLookaheads(
  dfa: Dfa | undefined,
  { lookaheads }: Parsed,
  writing: Writing,
  source: string,
): Dfa | undefined {
  return lookaheads.reduce((left, { negative, part }) => {
    const begins = compile(inSequence(part, anything), writing, source)
    if (!left || !begins) return negative ? left : undefined
    return (negative ? subtract : intersect)(left, begins, nameOf(source))
  }, dfa)
}

const nameOf = (source: string): string => `The pattern /${source.slice(0, 200)}/`

/** A nondeterministic automaton. `always`, `atStart` and `atEnd` lead to states without reading anything. */
interface State {
  readonly always: number[]
  readonly atStart: number[]
  readonly atEnd: number[]
  readonly bytes: { readonly range: Range; readonly to: number }[]
}

const mostStates = 30_000
/** States visited while sets of states are explored: about a second. */
const mostVisits = 6_000_000

function compile(pattern: Pattern, writing: Writing, source: string): Dfa | undefined {
  const what = nameOf(source)
  const states: State[] = []
  const newState = (): number => {
    if (states.length >= mostStates) throw tooLarge(what)
    return states.push({ always: [], atStart: [], atEnd: [], bytes: [] }) - 1
  }
  const final = newState()
  const start = build(pattern, final)
  const ranges = states.flatMap(({ bytes }) => bytes.map(({ range }) => range))
  const closeRange: Range[] = writing.close === undefined ? [] : [[writing.close, writing.close]]
  return toDfa(
    subsets({ states, start, final, close: writing.close, what }),
    byteClasses([...ranges, ...closeRange]),
    what,
  )

  /** States that match the pattern and lead to `to`; the first of them. */
  function build(part: Pattern, to: number): number {
    switch (part.type) {
      case 'set':
        return buildSet(part.set, to)
      case 'sequence':
        return part.parts.reduceRight((next, inner) => build(inner, next), to)
      case 'choice': {
        const from = newState()
        for (const inner of part.parts) states[from]?.always.push(build(inner, to))
        return from
      }
      case 'repeat':
        return buildRepeat(part, to)
      default: {
        const from = newState()
        states[from]?.[part.type === 'start' ? 'atStart' : 'atEnd'].push(to)
        return from
      }
    }
  }

  function buildRepeat({ part, min, max }: Pattern & { type: 'repeat' }, to: number): number {
    if (min > mostStates || (max > mostStates && max !== Number.POSITIVE_INFINITY)) throw tooLarge(what)
    let from = to
    if (max === Number.POSITIVE_INFINITY) {
      from = newState()
      states[from]?.always.push(to)
      states[from]?.always.push(build(part, from))
    } else
      for (let i = min; i < max; i++) {
        const optional = newState()
        states[optional]?.always.push(to, build(part, from))
        from = optional
      }
    for (let i = 0; i < min; i++) from = build(part, from)
    return from
  }

  /** The sequences of a set are disjoint, so they make a tree: one state leads to one other with a byte. Equal ends are shared. */
  function buildSet(set: Ranges, to: number): number {
    const known = new Map<string, number>()
    return tree(writing.sequences(set))

    function tree(sequences: readonly (readonly Range[])[]): number {
      const key = sequences.map((sequence) => sequence.join('-')).join()
      let from = known.get(key)
      if (from === undefined) {
        from = newState()
        known.set(key, from)
        for (const [range, ends] of byFirst(sequences))
          states[from]?.bytes.push({ range, to: ends[0]?.length === 0 ? to : tree(ends) })
      }
      return from
    }
  }
}

/** What follows each first range. First ranges are the same or have nothing in common. */
function byFirst(sequences: readonly (readonly Range[])[]): [Range, (readonly Range[])[]][] {
  const found = new Map<string, [Range, (readonly Range[])[]]>()
  for (const [first, ...rest] of sequences) {
    if (!first) continue
    const key = first.join('-')
    const known = found.get(key)
    if (known) known[1].push(rest)
    else found.set(key, [first, [rest]])
  }
  return [...found.values()]
}

interface Subsets {
  readonly states: readonly State[]
  readonly start: number
  readonly final: number
  readonly close: number | undefined
  readonly what: string
}

/** A set of states, in order. */
type Subset = readonly number[]

function subsets({ states, start, final, close, what }: Subsets): Machine<Subset> {
  let visits = 0
  const targets: Int16Array[] = []
  const targetsOf = (id: number): Int16Array => (targets[id] ??= toTargets((states[id] as State).bytes))
  const closed: Subset = [-1]
  const closure = (from: Iterable<number>, edges: (state: State) => readonly (readonly number[])[]): Subset => {
    const seen = new Set(from)
    for (const id of seen) {
      if (++visits > mostVisits) throw tooLarge(what)
      for (const list of edges(states[id] as State)) for (const to of list) seen.add(to)
    }
    return [...seen].sort((a, b) => a - b)
  }
  const endsAt = (subset: Subset, atStart: boolean): boolean =>
    closure(subset, ({ always, atEnd, atStart: first }) =>
      atStart ? [always, atEnd, first] : [always, atEnd],
    ).includes(final)
  const first = closure([start], ({ always, atStart }) => [always, atStart])
  const mayEnd = (subset: Subset): boolean => endsAt(subset, subset === first)
  return {
    start: first,
    // The first set is told apart from an equal one later on, where the text no longer starts.
    key: (subset) => (subset === first ? 'first' : subset.join()),
    next(subset, byte) {
      if (subset === closed) return undefined
      if (byte === close && mayEnd(subset)) return closed
      const to = new Set<number>()
      for (const id of subset) {
        if (++visits > mostVisits) throw tooLarge(what)
        const next = targetsOf(id)[byte] as number
        if (next >= 0) to.add(next)
      }
      return to.size === 0 ? undefined : closure(to, ({ always }) => [always])
    },
    accepts: (subset) => (close === undefined ? mayEnd(subset) : subset === closed),
  }
}

/** The state after each byte; -1: none. */
function toTargets(bytes: State['bytes']): Int16Array {
  const targets = new Int16Array(256).fill(-1)
  for (const { range, to } of bytes) targets.fill(to, range[0], range[1] + 1)
  return targets
}
