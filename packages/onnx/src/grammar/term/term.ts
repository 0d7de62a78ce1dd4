/**
 * What may still be written. A term is immutable and stands for a set of texts; `after` a byte it is another term (Brzozowski's derivatives, J. ACM 11/4, 1964). Equal terms are one object, so
 * everything that is known about a term is found again wherever the same term comes up.
 *
 * A state of the grammar is one term: to go back is to remember it, a copy is the same object.
 */
export type Term = Never | Empty | Terminal | Sequence | Alternatives | Lazy

/** No text at all. */
interface Never extends Known {
  readonly kind: 'never'
}

/** The empty text. */
interface Empty extends Known {
  readonly kind: 'empty'
}

/** What reads bytes. */
interface Terminal extends Known {
  readonly kind: 'terminal'
  /** True when the text may be over. */
  readonly nullable: boolean
  /** The term after a byte, `never` when it can't come. */
  next(byte: number): Term
  /** The only byte that can come; -1: there is none, or more than one. */
  readonly sole: number
  /** A tag that models may also write as one special token. */
  readonly tag?: string
  /** How to tell the tokens that may come, for terminals that know better than to try all. */
  readonly scan?: Scan
}

/** Adds the tokens that may come to a mask, given what comes after the terminal. */
export type Scan = (walker: Walker, mask: Uint32Array, tail: Term) => void

/** Walks over the tokens of a vocabulary. Nodes are prefixes of tokens; 0 is the empty one. */
export interface Walker {
  readonly trie: TokenTrie
  /** Adds the tokens whose bytes beyond `node` a term allows. */
  walk(node: number, term: Term, mask: Uint32Array): void
  /** Something computed once for a terminal's state, as long as there is room for it. */
  cached<Value>(key: string, compute: () => Value): Value
}

/** The tokens of a vocabulary as a tree of bytes, flat: node by node, children right behind their parent. */
export interface TokenTrie {
  /** Tokens that a mask has bits for. */
  readonly vocabulary: number
  readonly nodes: number
  /** The byte that leads to a node. */
  readonly byte: Uint8Array
  /** Bytes from the root. */
  readonly depth: Uint16Array
  /** The first node behind a node's subtree. */
  readonly end: Int32Array
  readonly parent: Int32Array
  /** Tokens of node n: `tokens[firstToken[n]]` up to before `tokens[firstToken[n + 1]]`. */
  readonly firstToken: Int32Array
  readonly tokens: Int32Array
  /** Bytes of the longest token. */
  readonly height: number
}

/** One after the other. */
interface Sequence extends Known {
  readonly kind: 'sequence'
  readonly head: Exclude<Term, Sequence | Empty | Never>
  readonly tail: Term
}

/** Any one of several. */
interface Alternatives extends Known {
  readonly kind: 'alternatives'
  readonly terms: readonly Term[]
}

/** A term that is made when it is needed: what rules that refer to themselves are made of. It must not come to itself without a byte in between. */
interface Lazy extends Known {
  readonly kind: 'lazy'
  readonly expand: () => Term
}

/** A terminal that may come first, and what comes after it. */
export interface Head {
  readonly terminal: Terminal
  readonly tail: Term
}

/** What was found out about a term. */
interface Known {
  readonly id: number
  known: {
    heads?: readonly Head[]
    nullable?: boolean
    after?: Map<number, Term>
    expanded?: Term
  }
}

/** Makes terms. Everything that is made is remembered until `forget`. */
export interface Terms {
  readonly never: Term
  readonly empty: Term
  sequence(...terms: readonly Term[]): Term
  alternatives(terms: readonly Term[]): Term
  lazy(key: string, expand: () => Term): Term
  /** `undefined` for a terminal that can't come up again in another way: nobody looks for it. */
  terminal(key: string | undefined, make: () => Omit<Terminal, 'kind' | 'id' | 'known'>): Terminal
  after(term: Term, byte: number): Term
  heads(term: Term): readonly Head[]
  nullable(term: Term): boolean
}

/** Finds something out once. What is found may make so many terms that `known` is another object by then. */
function remembered<Name extends 'heads' | 'nullable' | 'expanded'>(
  term: Term,
  name: Name,
  find: () => NonNullable<Known['known'][Name]>,
): NonNullable<Known['known'][Name]> {
  const found = term.known[name] ?? find()
  term.known[name] = found
  return found
}

/** Terms remembered at most; some hundred bytes each. */
const mostRemembered = 60_000

/** A place where terms are made and remembered, at most so many. */
export function terms(most: number = mostRemembered): Terms {
  const byKey = new Map<string, Term>()
  let made: Term[] = []
  let ids = 0
  const never: Never = { kind: 'never', id: ids++, known: {} }
  const empty: Empty = { kind: 'empty', id: ids++, known: {} }

  function intern<Kind extends Term>(key: string | undefined, make: () => Kind): Kind {
    const known = key === undefined ? undefined : byKey.get(key)
    if (known) return known as Kind
    if (made.length >= most) forget()
    const term = make()
    if (key !== undefined) byKey.set(key, term)
    made.push(term)
    return term
  }

  /** Only what is known is lost: terms in use go on, and what is equal to them from now on is another object. */
  function forget(): void {
    for (const term of made) term.known = {}
    made = []
    byKey.clear()
  }

  function pair(head: Term, tail: Term): Term {
    if (head.kind === 'never' || tail.kind === 'never') return never
    if (head.kind === 'empty') return tail
    if (tail.kind === 'empty') return head
    if (head.kind === 'sequence') return pair(head.head, pair(head.tail, tail))
    return intern(`s${head.id},${tail.id}`, () => ({ kind: 'sequence', id: ids++, known: {}, head, tail }))
  }

  /** What begins the same is one alternative with alternatives behind it: nested choices can't multiply. */
  function alternatives(given: readonly Term[]): Term {
    const tails = new Map<Term, Set<Term>>()
    for (const term of given) collect(term, tails)
    const joined = [...tails].map(([head, after]) =>
      pair(head, after.size === 1 ? first(after) : alternatives([...after])),
    )
    if (joined.length <= 1) return joined[0] ?? never
    joined.sort((a, b) => a.id - b.id)
    const key = `a${joined.map(({ id }) => id).join()}`
    return intern(key, () => ({ kind: 'alternatives', id: ids++, known: {}, terms: joined }))
  }

  function collect(term: Term, tails: Map<Term, Set<Term>>): void {
    if (term.kind === 'never') return
    if (term.kind === 'alternatives') {
      for (const one of term.terms) collect(one, tails)
      return
    }
    const [head, tail] = term.kind === 'sequence' ? [term.head, term.tail] : [term, empty]
    const known = tails.get(head)
    if (known) known.add(tail)
    else tails.set(head, new Set([tail]))
  }

  function expanded(term: Lazy): Term {
    return remembered(term, 'expanded', term.expand)
  }

  function heads(term: Term): readonly Head[] {
    if (term.kind === 'terminal') return [{ terminal: term, tail: empty }]
    if (term.kind === 'never' || term.kind === 'empty') return []
    return remembered(term, 'heads', () => findHeads(term))
  }

  function findHeads(term: Sequence | Alternatives | Lazy): readonly Head[] {
    if (term.kind === 'lazy') return heads(expanded(term))
    if (term.kind === 'alternatives') return term.terms.flatMap(heads)
    const own = heads(term.head).map(({ terminal, tail }) => ({ terminal, tail: pair(tail, term.tail) }))
    return nullable(term.head) ? [...own, ...heads(term.tail)] : own
  }

  function nullable(term: Term): boolean {
    if (term.kind === 'terminal') return term.nullable
    if (term.kind === 'never' || term.kind === 'empty') return term.kind === 'empty'
    return remembered(term, 'nullable', () => isNullable(term))
  }

  function isNullable(term: Sequence | Alternatives | Lazy): boolean {
    if (term.kind === 'lazy') return nullable(expanded(term))
    if (term.kind === 'alternatives') return term.terms.some(nullable)
    return nullable(term.head) && nullable(term.tail)
  }

  function after(term: Term, byte: number): Term {
    if (term.kind === 'never' || term.kind === 'empty') return never
    const known = term.known.after?.get(byte)
    if (known) return known
    const next = findAfter(term, byte)
    term.known.after ??= new Map()
    term.known.after.set(byte, next)
    return next
  }

  function findAfter(term: Exclude<Term, Never | Empty>, byte: number): Term {
    if (term.kind === 'terminal') return term.next(byte)
    const found: Term[] = []
    for (const { terminal, tail } of heads(term)) {
      const next = after(terminal, byte)
      if (next !== never) found.push(pair(next, tail))
    }
    return found.length === 1 ? (found[0] as Term) : alternatives(found)
  }

  return {
    never,
    empty,
    sequence: (...list) => list.reduceRight((tail, head) => pair(head, tail), empty as Term),
    alternatives,
    lazy: (key, expand) => intern(`l${key}`, () => ({ kind: 'lazy', id: ids++, known: {}, expand })),
    terminal: (key, make) =>
      intern(key === undefined ? key : `t${key}`, () => ({ kind: 'terminal', id: ids++, known: {}, ...make() })),
    after,
    heads,
    nullable,
  }
}

const first = (set: ReadonlySet<Term>): Term => set.values().next().value as Term
