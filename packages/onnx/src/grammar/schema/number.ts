import { byteClasses, type Dfa, toDfa, tooLarge } from '../automaton/dfa.ts'
import type { Bound, NumberRule } from './shape.ts'

/** Decimals of so many digits are never mistaken for one another as doubles (IEEE 754: DBL_DIG). */
const mostDigits = 15
const mostExponentDigits = 2
/** A fraction such as 0.1 has no exact value, so validators divide and round: beyond so many multiples of one they no longer find a whole number. */
const mostFractions = 2_000_000
/** Ten times this is still exact. */
const largestMultiple = 1e14

/**
 * Numbers as JSON texts, at most 15 digits long, so that what a text says is what a program reads; `undefined` when there is none. Integers are written without a fraction. An exponent (of two
 * digits) comes only where nothing is said about the number's size. Throws `unsupported` for a `multipleOf` that takes too many states.
 */
export function numberDfa(rule: NumberRule): Dfa | undefined {
  const what = rule.multiples.length > 0 ? `multipleOf ${rule.multiples.join(' and ')}` : 'The range of numbers'
  const multiples = rule.multiples.map(toMultiple)
  if (multiples.some(({ of, places }) => of > largestMultiple || places > mostDigits)) throw tooLarge(what)
  const reach = Math.min(...rule.multiples.filter((multiple) => !Number.isInteger(multiple))) * mostFractions
  const min = toLimit(rule.min.value < -reach ? { value: -reach, open: false } : rule.min)
  const max = toLimit(rule.max.value > reach ? { value: reach, open: false } : rule.max)
  const places = rule.integer ? 0 : Math.min(mostDigits, ...multiples.map((multiple) => multiple.places))
  // Whatever has more digits than both limits is outside.
  const longest = min && max ? Math.min(mostDigits, Math.max(min.whole.length, max.whole.length)) : mostDigits
  const free = !min && !max && multiples.length === 0 && !rule.integer
  const start: Reading = {
    phase: 'start',
    negative: false,
    digits: 0,
    places: 0,
    zero: true,
    low: 0,
    high: 0,
    rests: [],
  }
  return toDfa<Reading>(
    {
      start,
      key: ({ phase, negative, digits, places: read, zero, low, high, rests }) =>
        `${phase}${negative ? (zero ? '-0' : '-') : ''}${digits},${free || rule.integer ? 0 : read},${low},${high},${rests.join()}`,
      next,
      accepts,
    },
    classes,
    what,
  )

  function next(state: Reading, byte: number): Reading | undefined {
    const { phase } = state
    if (byte >= zeroByte && byte <= zeroByte + 9) return digit(state, byte - zeroByte)
    switch (String.fromCharCode(byte)) {
      case '-':
        if (phase === 'start') return { ...state, phase: 'sign', negative: true }
        return phase === 'e' ? { ...state, phase: 'e sign' } : undefined
      case '+':
        return phase === 'e' ? { ...state, phase: 'e sign' } : undefined
      case '.':
        return isWhole(phase) && places > 0 ? { ...atPoint(state), phase: 'point' } : undefined
      case 'e':
      case 'E':
        return free && (isWhole(phase) || phase === 'fraction') && !(state.negative && state.zero)
          ? { ...start, negative: state.negative, zero: state.zero, phase: 'e' }
          : undefined
      default:
        return undefined
    }
  }

  function digit(state: Reading, value: number): Reading | undefined {
    switch (state.phase) {
      case 'start':
      case 'sign':
        return value === 0
          ? { ...withDigit(state, 0), phase: 'zero', digits: 0 }
          : { ...withDigit(state, value), phase: 'whole' }
      case 'whole':
        return state.digits < longest ? withDigit(state, value) : undefined
      case 'point':
      case 'fraction':
        return state.digits < mostDigits && state.places < places ? withPlace(state, value) : undefined
      case 'e':
      case 'e sign':
        return { ...state, phase: 'exponent', digits: 1 }
      case 'exponent':
        return state.digits < mostExponentDigits ? { ...state, digits: state.digits + 1 } : undefined
      default:
        return undefined
    }
  }

  function withDigit(state: Reading, value: number): Reading {
    const at = state.digits
    return {
      ...state,
      digits: at + 1,
      zero: state.zero && value === 0,
      low: compareDigit(state.low, value, min?.whole[at]),
      high: compareDigit(state.high, value, max?.whole[at]),
      rests: multiples.map(({ of }, i) => ((state.rests[i] ?? 0) * 10 + value) % of),
    }
  }

  function withPlace(state: Reading, value: number): Reading {
    const at = state.places
    return {
      ...state,
      phase: 'fraction',
      digits: state.digits + 1,
      places: at + 1,
      zero: state.zero && value === 0,
      low: compareDigit(state.low, value, min && (min.fraction[at] ?? 0)),
      high: compareDigit(state.high, value, max && (max.fraction[at] ?? 0)),
      rests: multiples.map(({ of }, i) => ((state.rests[i] ?? 0) * 10 + value) % of),
    }
  }

  /** Until here only digits in front of the point were compared: now it is clear how many there are. */
  function atPoint(state: Reading): Reading {
    return { ...state, low: compareLength(state, min, state.low), high: compareLength(state, max, state.high) }
  }

  function accepts(state: Reading): boolean {
    const { phase, negative, zero, rests, places: read } = state
    if (phase === 'exponent') return true
    if (!isWhole(phase) && phase !== 'fraction') return false
    if (negative && zero) return false
    const { low, high } = phase === 'fraction' ? state : atPoint(state)
    return (
      fits(min, negative, atEnd(min, low, read), 1) &&
      fits(max, negative, atEnd(max, high, read), -1) &&
      multiples.every(({ of, places: wanted }, i) => ((rests[i] ?? 0) * 10 ** (wanted - read)) % of === 0)
    )
  }
}

type Phase = 'start' | 'sign' | 'zero' | 'whole' | 'point' | 'fraction' | 'e' | 'e sign' | 'exponent'

/** A number that is being read, compared without its sign with both limits. */
interface Reading {
  readonly phase: Phase
  readonly negative: boolean
  /** Digits read, a leading zero aside. */
  readonly digits: number
  /** Of them behind the point. */
  readonly places: number
  readonly zero: boolean
  /** -1, 0, 1: smaller than, equal to, larger than the limit as far as read. */
  readonly low: number
  readonly high: number
  readonly rests: readonly number[]
}

const classes = byteClasses([...'0123456789+-.eE'].map((one) => [one.charCodeAt(0), one.charCodeAt(0)] as const))

const zeroByte = 0x30

const isWhole = (phase: Phase): boolean => phase === 'zero' || phase === 'whole'

/** The digits of a limit's size. */
interface Limit {
  readonly negative: boolean
  readonly open: boolean
  readonly whole: readonly number[]
  readonly fraction: readonly number[]
}

function toLimit({ value, open }: Bound): Limit | undefined {
  if (!Number.isFinite(value)) return undefined
  const [whole, fraction] = toDecimal(Math.abs(value))
  return { negative: value < 0, open, whole: digitsOf(whole.replace(/^0+/, '')), fraction: digitsOf(fraction) }
}

const digitsOf = (text: string): number[] => [...text].map(Number)

/** The shortest decimal that is this double, without an exponent: digits in front of the point and behind it. */
function toDecimal(value: number): readonly [string, string] {
  const [mantissa = '', exponent = '0'] = String(value).split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const shift = Number(exponent)
  const digits = whole + fraction
  const point = whole.length + shift
  if (point <= 0) return ['0', '0'.repeat(-point) + digits]
  return [digits.slice(0, point).padEnd(point, '0'), digits.slice(point)]
}

/** Multiples of `of` when the point is moved by `places`. */
function toMultiple(value: number): { readonly of: number; readonly places: number } {
  const [whole, fraction] = toDecimal(value)
  return { of: Number(whole + fraction), places: fraction.length }
}

/** Beyond the limit's digits nothing is compared: there the number of digits decides. */
const compareDigit = (before: number, value: number, limit: number | undefined): number =>
  before !== 0 || limit === undefined ? before : Math.sign(value - limit)

function compareLength({ digits, places }: Reading, limit: Limit | undefined, before: number): number {
  if (!limit) return 0
  return Math.sign(digits - places - limit.whole.length) || before
}

/** What a limit has behind the digits that were read makes it larger. */
const atEnd = (limit: Limit | undefined, before: number, read: number): number =>
  before === 0 && limit?.fraction.slice(read).some((digit) => digit > 0) ? -1 : before

/** `side` 1: the number must not be below the limit; -1: not above. */
function fits(limit: Limit | undefined, negative: boolean, size: number, side: 1 | -1): boolean {
  if (!limit) return true
  const order = negative === limit.negative ? (negative ? -size : size) : negative ? -1 : 1
  return order === 0 ? !limit.open : order === side
}
