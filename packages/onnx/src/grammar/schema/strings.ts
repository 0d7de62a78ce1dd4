import { AnyModelError } from '@anymodel/core'
import { type Dfa, intersect, type Machine, run, sizeOf, step, toDfa, tooLarge } from '../automaton/dfa.ts'
import { stringDfa } from '../regex/compile.ts'
import { hasUnicodeSyntax } from '../regex/parse.ts'
import type { StringRule } from './shape.ts'

/** Strings as they are written behind their opening quote. */
export interface Strings {
  /** Strings that fit a rule; `undefined`: there is none. Throws `unsupported` and `invalid-argument` as patterns do. */
  dfa(rule: StringRule): Dfa | undefined
  /** True for a text that fits a rule, its formats aside. Throws `unsupported` where a pattern's automaton would judge another text than JavaScript does. */
  admits(rule: StringRule, text: string): boolean
}

/** Longer ones would be tables of megabytes. */
const longest = 10_000

/** Strings with every automaton made once. */
export function strings(): Strings {
  const byPattern = new Map<string, Dfa | undefined>()
  const byRule = new Map<string, Dfa | undefined>()
  const ofPattern = (pattern: string): Dfa | undefined => remember(byPattern, pattern, () => stringDfa(pattern))
  const dfa = (rule: StringRule): Dfa | undefined =>
    remember(
      byRule,
      JSON.stringify([rule.min, rule.max === Number.POSITIVE_INFINITY ? -1 : rule.max, rule.patterns, rule.formats]),
      () => {
        const [first = '', ...others] = [...rule.patterns, ...rule.formats]
        let joined = ofPattern(first)
        for (const pattern of others) {
          const other = ofPattern(pattern)
          joined = joined && other && intersect(joined, other, `The pattern /${pattern.slice(0, 200)}/ with others`)
        }
        return joined && withLength(joined, rule)
      },
    )
  return {
    dfa,
    admits(rule, text) {
      const length = [...text].length
      if (length < rule.min || length > rule.max) return false
      const written = Buffer.from(JSON.stringify(text).slice(1), 'utf8')
      return rule.patterns.every((pattern) => {
        if (/\p{Surrogate}/u.test(text) || (/[\u{10000}-\u{10ffff}]/u.test(text) && !hasUnicodeSyntax(pattern)))
          throw new AnyModelError(
            'unsupported',
            `The schema has ${JSON.stringify(text)}, which the pattern /${pattern.slice(0, 200)}/ sees in halves. Leave one of them out.`,
          )
        const one = ofPattern(pattern)
        const state = one ? run(one, written) : -1
        return state >= 0 && one?.accepts[state] === 1
      })
    },
  }
}

/** Makes a value once. */
export function remember<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  if (!known.has(key)) known.set(key, make())
  return known.get(key) as Value
}

/** Any string, one spelling each: it tells where a character ends. */
let plain: Dfa | undefined

/** The string is counted along, character by character. */
function withLength(dfa: Dfa, { min, max }: StringRule): Dfa | undefined {
  if (min === 0 && max === Number.POSITIVE_INFINITY) return dfa
  const most = max === Number.POSITIVE_INFINITY ? min : max
  const what = `A pattern with a length of ${most}`
  if (most > longest) throw tooLarge(what)
  plain ??= stringDfa('') as Dfa
  const characters = plain
  const machine: Machine<readonly [state: number, plain: number, count: number]> = {
    start: [0, 0, 0],
    key: ([state, inPlain, count]) => (state * sizeOf(characters) + inPlain) * (most + 1) + count,
    next([state, inPlain, count], byte) {
      const to = step(dfa, state, byte)
      const toPlain = step(characters, inPlain, byte)
      if (to < 0 || toPlain < 0) return undefined
      if (characters.accepts[toPlain] === 1) return count < min ? undefined : [to, toPlain, count]
      const more = inBetween(toPlain) ? count + 1 : count
      if (more <= most) return [to, toPlain, more]
      return max === Number.POSITIVE_INFINITY ? [to, toPlain, most] : undefined
    },
    accepts: ([, inPlain]) => characters.accepts[inPlain] === 1,
  }
  return toDfa(machine, { of: dfa.classOf, samples: samplesOf(dfa) }, what)

  /** Between two characters the string may be closed. */
  function inBetween(state: number): boolean {
    const closed = step(characters, state, 0x22)
    return closed >= 0 && characters.accepts[closed] === 1
  }
}

function samplesOf({ classOf, classes }: Dfa): number[] {
  return Array.from({ length: classes }, (_, wanted) => classOf.indexOf(wanted))
}
