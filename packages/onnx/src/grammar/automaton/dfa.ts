import { AnyModelError } from '@anymodel/core'

/** A deterministic automaton over bytes whose every state still leads to an accepting one. It starts in state 0. */
export interface Dfa {
  /** Bytes of one class are never told apart. */
  readonly classOf: Uint8Array
  readonly classes: number
  /** `table[state * classes + classOf[byte]]` is the next state; -1: none. */
  readonly table: Int32Array
  /** 1 for states in which the text may end. */
  readonly accepts: Uint8Array
}

/** A machine that can be asked, to become a table. States with the same key are the same. */
export interface Machine<State> {
  readonly start: State
  key(state: State): string | number
  /** The state after a byte; `undefined`: the byte can't come here. */
  next(state: State, byte: number): State | undefined
  accepts(state: State): boolean
}

/** Bytes put into classes, with one byte of each. */
export interface ByteClasses {
  readonly of: Uint8Array
  readonly samples: readonly number[]
}

/** More states than any sensible pattern has; every table stays below some megabytes. */
const mostStates = 20_000

/** The next state; -1: none. */
export const step = ({ table, classes, classOf }: Dfa, state: number, byte: number): number =>
  table[state * classes + (classOf[byte] as number)] as number

/** The number of states. */
export const sizeOf = ({ accepts }: Dfa): number => accepts.length

/** True for states that only accept: nothing can follow. */
export function isFinal(dfa: Dfa, state: number): boolean {
  for (let at = state * dfa.classes; at < (state + 1) * dfa.classes; at++) if (dfa.table[at] !== -1) return false
  return true
}

/** Runs all bytes; -1 when one can't come. */
export function run(dfa: Dfa, bytes: Uint8Array): number {
  let state = 0
  for (const byte of bytes) if (state >= 0) state = step(dfa, state, byte)
  return state
}

/** Puts bytes into the classes of which every range is a union. Ranges include both ends. */
export function byteClasses(ranges: Iterable<readonly [number, number]>): ByteClasses {
  const begins = new Uint8Array(257)
  begins[0] = 1
  for (const [first, last] of ranges) {
    begins[first] = 1
    begins[last + 1] = 1
  }
  const of = new Uint8Array(256)
  const samples: number[] = []
  for (let byte = 0; byte < 256; byte++) {
    if (begins[byte] === 1) samples.push(byte)
    of[byte] = samples.length - 1
  }
  return { of, samples }
}

/** Classes fine enough for both. */
function refine(a: Uint8Array, b: Uint8Array): ByteClasses {
  const known = new Map<number, number>()
  const of = new Uint8Array(256)
  const samples: number[] = []
  for (let byte = 0; byte < 256; byte++) {
    const pair = (a[byte] as number) * 256 + (b[byte] as number)
    let found = known.get(pair)
    if (found === undefined) {
      found = samples.push(byte) - 1
      known.set(pair, found)
    }
    of[byte] = found
  }
  return { of, samples }
}

/** Explores a machine; `undefined` when it accepts nothing. Throws `unsupported`, naming `what`, when it has too many states. */
export function toDfa<State>(machine: Machine<State>, classes: ByteClasses, what: string): Dfa | undefined {
  const width = classes.samples.length
  const states: State[] = [machine.start]
  const ids = new Map<string | number, number>([[machine.key(machine.start), 0]])
  const table: number[] = []
  for (let id = 0; id < states.length; id++)
    for (const byte of classes.samples) {
      const next = machine.next(states[id] as State, byte)
      table.push(next === undefined ? -1 : idOf(next))
    }
  return trimmed(
    table,
    states.map((state) => machine.accepts(state)),
    { classOf: classes.of, classes: width },
  )

  function idOf(state: State): number {
    const key = machine.key(state)
    let id = ids.get(key)
    if (id === undefined) {
      if (states.length >= mostStates) throw tooLarge(what)
      id = states.push(state) - 1
      ids.set(key, id)
    }
    return id
  }
}

/** The error for what would need too large a table. */
export const tooLarge = (what: string): AnyModelError =>
  new AnyModelError(
    'unsupported',
    `${what} is too complex to be enforced while a model writes. Simplify it, or check it afterwards.`,
  )

/** Takes out the states from which no text can end. */
function trimmed(
  table: readonly number[],
  accepts: readonly boolean[],
  { classOf, classes }: Pick<Dfa, 'classOf' | 'classes'>,
): Dfa | undefined {
  const live = liveStates(table, accepts, classes)
  if (!live[0]) return undefined
  const renamed = new Int32Array(accepts.length)
  let count = 0
  for (let state = 0; state < accepts.length; state++) renamed[state] = live[state] ? count++ : -1
  const kept = new Int32Array(count * classes)
  const ends = new Uint8Array(count)
  for (let state = 0; state < accepts.length; state++) {
    const to = renamed[state] as number
    if (to < 0) continue
    ends[to] = accepts[state] ? 1 : 0
    for (let c = 0; c < classes; c++) {
      const next = table[state * classes + c] as number
      kept[to * classes + c] = next < 0 ? -1 : (renamed[next] as number)
    }
  }
  return { classOf, classes, table: kept, accepts: ends }
}

function liveStates(table: readonly number[], accepts: readonly boolean[], classes: number): Uint8Array {
  const before: number[][] = accepts.map(() => [])
  for (const [at, next] of table.entries()) if (next >= 0) before[next]?.push(Math.floor(at / classes))
  const live = new Uint8Array(accepts.length)
  const left: number[] = []
  const reach = (state: number) => {
    if (live[state]) return
    live[state] = 1
    left.push(state)
  }
  for (const [state, ends] of accepts.entries()) if (ends) reach(state)
  for (let state = left.pop(); state !== undefined; state = left.pop()) before[state]?.forEach(reach)
  return live
}

/** What both accept; `undefined`: nothing. */
export const intersect = (a: Dfa, b: Dfa, what: string): Dfa | undefined =>
  combine(a, b, what, { goesOn: (_x, y) => y >= 0, accepts: (x, y) => x && y })

/** What the first accepts and the second doesn't; `undefined`: nothing. */
export const subtract = (a: Dfa, b: Dfa, what: string): Dfa | undefined =>
  combine(a, b, what, { goesOn: () => true, accepts: (x, y) => x && !y })

interface Combination {
  goesOn(a: number, b: number): boolean
  accepts(a: boolean, b: boolean): boolean
}

function combine(a: Dfa, b: Dfa, what: string, { goesOn, accepts }: Combination): Dfa | undefined {
  const machine: Machine<readonly [number, number]> = {
    start: [0, 0],
    key: ([x, y]) => x * (sizeOf(b) + 1) + y + 1,
    next([x, y], byte) {
      const to = step(a, x, byte)
      const other = y < 0 ? -1 : step(b, y, byte)
      return to < 0 || !goesOn(to, other) ? undefined : [to, other]
    },
    accepts: ([x, y]) => accepts(a.accepts[x] === 1, y >= 0 && b.accepts[y] === 1),
  }
  return toDfa(machine, refine(a.classOf, b.classOf), what)
}

/** How many texts each state still leads to: infinite where it leads into a cycle. */
export function countTexts(dfa: Dfa): Float64Array {
  const { table, classes, classOf, accepts } = dfa
  const bytes = new Float64Array(classes)
  for (const c of classOf) bytes[c] = (bytes[c] as number) + 1
  const size = sizeOf(dfa)
  const open = new Int32Array(size)
  const before: number[][] = Array.from({ length: size }, () => [])
  for (const [at, next] of table.entries())
    if (next >= 0) {
      const state = Math.floor(at / classes)
      open[state] = (open[state] as number) + 1
      before[next]?.push(state)
    }
  const counts = new Float64Array(size).fill(Number.POSITIVE_INFINITY)
  const left: number[] = []
  for (let state = 0; state < size; state++) if (open[state] === 0) left.push(state)
  for (let state = left.pop(); state !== undefined; state = left.pop()) {
    let count = accepts[state] as number
    for (let c = 0; c < classes; c++) {
      const next = table[state * classes + c] as number
      if (next >= 0) count += (bytes[c] as number) * (counts[next] as number)
    }
    counts[state] = count
    for (const from of before[state] as number[]) {
      open[from] = (open[from] as number) - 1
      if (open[from] === 0) left.push(from)
    }
  }
  return counts
}
