import { AnyModelError } from '@anymodel/core'
import { complement, notLineEnd, property, type Ranges, shorthand, union, upTo } from './ranges.ts'

/** A regular expression, its groups and laziness taken out: they don't change what it matches. */
export type Pattern =
  | { readonly type: 'set'; readonly set: Ranges }
  | { readonly type: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly type: 'choice'; readonly parts: readonly Pattern[] }
  | { readonly type: 'repeat'; readonly part: Pattern; readonly min: number; readonly max: number }
  | { readonly type: 'start' | 'end' }

/** What a pattern begins by looking at: where its text starts, something must follow, or must not. */
interface Lookahead {
  readonly negative: boolean
  readonly part: Pattern
}

/** A regular expression. */
export interface Parsed {
  readonly pattern: Pattern
  readonly lookaheads: readonly Lookahead[]
}

const deepest = 100
const longest = 20_000
const bmp = 0xffff

/**
 * Reads JavaScript's syntax (ECMA-262, flag `u`). A pattern that is only valid without the flag is read without it, and then matches no text with characters above U+FFFF, of which JavaScript
 * would see halves. Lookaheads are read right behind a `^` that the whole pattern begins with. Throws `invalid-argument` for what is no pattern, `unsupported` for what no automaton can do.
 */
export function parsePattern(source: string): Parsed {
  if (source.length > longest) throw unsupported(source, `is longer than ${longest} characters`)
  const unicode = hasUnicodeSyntax(source)
  const characters = Array.from(source)
  let at = 0
  let depth = 0
  const lookaheads: Lookahead[] = []
  const pattern = choice()
  if (lookaheads.length > 0 && pattern.type === 'choice')
    throw unsupported(source, 'has a lookahead in one of several alternatives')
  if (lookaheads.length > 0 && !unicode) throw unsupported(source, 'has a lookahead and is not valid with flag u')
  return { pattern, lookaheads }

  function choice(): Pattern {
    if (++depth > deepest) throw unsupported(source, `nests deeper than ${deepest} groups`)
    const parts = [sequence()]
    while (take('|')) parts.push(sequence())
    depth--
    return parts.length === 1 ? (parts[0] as Pattern) : { type: 'choice', parts }
  }

  function sequence(): Pattern {
    const parts: Pattern[] = []
    while (at < characters.length && !looksAt('|') && !looksAt(')')) {
      if (depth === 1 && parts.length === 1 && parts[0] === start && takeLookahead()) continue
      parts.push(quantified(atom()))
    }
    return { type: 'sequence', parts }
  }

  function takeLookahead(): boolean {
    const [opening, question, kind = ''] = characters.slice(at, at + 3)
    if (opening !== '(' || question !== '?' || !'=!'.includes(kind) || kind === '') return false
    at += 3
    lookaheads.push({ negative: kind === '!', part: choice() })
    take(')')
    if (/[*+?{]/.test(characters[at] ?? '')) throw unsupported(source, 'has a repeated lookahead')
    return true
  }

  function quantified(part: Pattern): Pattern {
    const [min, max] = quantifier()
    take('?')
    return min === 1 && max === 1 ? part : { type: 'repeat', part, min, max }
  }

  function quantifier(): readonly [number, number] {
    if (take('*')) return [0, Number.POSITIVE_INFINITY]
    if (take('+')) return [1, Number.POSITIVE_INFINITY]
    if (looksAt('?')) {
      at++
      return [0, 1]
    }
    const counts = /^\{(\d+)(,(\d*))?\}/.exec(characters.slice(at, at + 40).join(''))
    if (!counts) return once
    at += counts[0].length
    const min = Number(counts[1])
    return [min, counts[2] === undefined ? min : counts[3] === '' ? Number.POSITIVE_INFINITY : Number(counts[3])]
  }

  function atom(): Pattern {
    const character = characters[at++] as string
    if (character === '^') return start
    if (character === '$') return end
    if (character === '.') return toSet(notLineEnd)
    if (character === '(') return group()
    if (character === '[') return toSet(classSet())
    if (character !== '\\') return toSet(point(character))
    if (looksAt('b') || looksAt('B')) throw unsupported(source, `has a word boundary (\\${characters[at]})`)
    if (/[1-9k]/.test(characters[at] ?? '')) throw unsupported(source, `has a back reference (\\${characters[at]})`)
    return toSet(escaped())
  }

  function group(): Pattern {
    if (take('?')) {
      const kind = characters.slice(at, at + 2).join('')
      if (kind.startsWith(':')) at++
      else if (kind.startsWith('=') || kind.startsWith('!')) throw unsupported(source, `has a lookahead (?${kind[0]})`)
      else if (kind === '<=' || kind === '<!') throw unsupported(source, `has a lookbehind (?${kind})`)
      else if (kind.startsWith('<')) at = characters.indexOf('>', at) + 1
      else throw unsupported(source, 'has flags inside of a group')
    }
    const inner = choice()
    take(')')
    return inner
  }

  function classSet(): Ranges {
    const negated = take('^')
    const sets: Ranges[] = []
    while (!take(']')) {
      const first = classAtom()
      const to = looksAt('-') && characters[at + 1] !== ']' ? rangeEnd(first) : undefined
      if (to === undefined) sets.push(first)
      else if (to === 'apart') sets.push(first, point('-'))
      else sets.push([[first[0]?.[0] as number, to]])
    }
    const set = union(...sets)
    return negated ? complement(set) : set
  }

  /** The last character of `a-z`. In the old syntax `\d-z` is three things apart. */
  function rangeEnd(first: Ranges): number | 'apart' | undefined {
    if (isOne(first)) {
      const before = at++
      const last = classAtom()
      if (isOne(last)) return last[0]?.[0] as number
      at = before
    }
    at++
    return 'apart'
  }

  function classAtom(): Ranges {
    const character = characters[at++] as string
    if (character !== '\\') return point(character)
    if (take('b')) return point('\b')
    return escaped()
  }

  function escaped(): Ranges {
    const character = characters[at++] as string
    if (Object.hasOwn(shorthand, character)) return shorthand[character] as Ranges
    if (Object.hasOwn(controls, character)) return point(controls[character] as string)
    if (unicode && (character === 'p' || character === 'P')) return propertySet(character)
    if (character === 'c' && /[a-z]/i.test(characters[at] ?? ''))
      return single((characters[at++] as string).charCodeAt(0) % 32)
    if (character === 'c') throw unsupported(source, 'has \\c without a letter')
    if (/[0-7]/.test(character) && !unicode && (character !== '0' || /[0-7]/.test(characters[at] ?? '')))
      throw unsupported(source, `has an octal escape (\\${character})`)
    if (character === '0') return single(0)
    if (character === 'x') return single(hex(/^[0-9a-f]{2}/i) ?? 0x78)
    if (character === 'u') return single(codePoint() ?? 0x75)
    return point(character)
  }

  function propertySet(letter: string): Ranges {
    const close = characters.indexOf('}', at)
    const written = `\\${letter}${characters.slice(at, close + 1).join('')}`
    at = close + 1
    return property(written)
  }

  /** What follows `\u`. Two escapes that are a surrogate pair are one character. */
  function codePoint(): number | undefined {
    if (unicode && looksAt('{')) {
      const close = characters.indexOf('}', at)
      const value = Number.parseInt(characters.slice(at + 1, close).join(''), 16)
      at = close + 1
      return value
    }
    const unit = hex(/^[0-9a-f]{4}/i)
    if (unit === undefined || !unicode || unit < 0xd800 || unit > 0xdbff) return unit
    const low = /^\\u(d[c-f][0-9a-f]{2})/i.exec(characters.slice(at, at + 6).join(''))
    if (!low) return unit
    at += 6
    return 0x10000 + ((unit - 0xd800) << 10) + Number.parseInt(low[1] as string, 16) - 0xdc00
  }

  function hex(form: RegExp): number | undefined {
    const digits = form.exec(characters.slice(at, at + 4).join(''))?.[0]
    if (digits === undefined) return undefined
    at += digits.length
    return Number.parseInt(digits, 16)
  }

  function toSet(set: Ranges): Pattern {
    return { type: 'set', set: unicode ? set : upTo(set, bmp) }
  }

  function looksAt(character: string): boolean {
    return characters[at] === character
  }

  function take(character: string): boolean {
    const there = looksAt(character)
    if (there) at++
    return there
  }
}

const once = [1, 1] as const
const start: Pattern = { type: 'start' }
const end: Pattern = { type: 'end' }
const controls: Readonly<Record<string, string>> = { f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

const single = (codePoint: number): Ranges => [[codePoint, codePoint]]
const point = (character: string): Ranges => single(character.codePointAt(0) as number)
const isOne = (set: Ranges): boolean => set.length === 1 && set[0]?.[0] === set[0]?.[1]

const unsupported = (source: string, problem: string): AnyModelError =>
  new AnyModelError(
    'unsupported',
    `The pattern ${shown(source)} ${problem}, which can't be enforced while a model writes. Write it without, or check it afterwards.`,
  )

const shown = (source: string): string => (source.length > 200 ? `/${source.slice(0, 200)}.../` : `/${source}/`)

/** True for a pattern that is valid with flag `u`. Throws `invalid-argument` for one that isn't valid at all. */
export function hasUnicodeSyntax(source: string): boolean {
  try {
    new RegExp(source, 'u')
    return true
  } catch {
    try {
      new RegExp(source)
      return false
    } catch (cause) {
      const words = `${shown(source)} is not a regular expression of JavaScript.`
      throw new AnyModelError('invalid-argument', words, { cause })
    }
  }
}
