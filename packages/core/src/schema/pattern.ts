import { createContext, Script } from 'node:vm'
import { AnyModelError } from '../errors.ts'

/** Milliseconds that one doubtful pattern may work on one text. */
const patience = 100
/** Shorter texts can't keep any pattern busy. */
const short = 16
/** Longer texts can keep even a single repetition busy. */
const long = 5_000

/** Tests a text; `undefined` when it took too long to tell. */
export type PatternTest = (text: string) => boolean | undefined

/**
 * A pattern of a schema as a test that ends. Patterns that may backtrack without end (repeated groups, several repetitions, back references) run with a time limit, because schemas come
 * from other people's tools too.
 */
export function compilePattern(pattern: string): PatternTest {
  const expression = parse(pattern)
  const repetitions = pattern.match(/[*+}]/g)?.length ?? 0
  const doubtful = repetitions > 1 || /\)[*+{]|\\[1-9k]/.test(pattern)
  return (text) => {
    const bounded = text.length > long ? repetitions > 0 : doubtful && text.length > short
    return bounded ? testInTime(expression, text) : expression.test(text)
  }
}

function parse(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u')
  } catch {
    try {
      return new RegExp(pattern)
    } catch (cause) {
      const words = `The schema's pattern ${JSON.stringify(pattern)} is not a regular expression of JavaScript.`
      throw new AnyModelError('invalid-argument', words, { cause })
    }
  }
}

const script = new Script('expression.test(text)')
const context = createContext({ expression: /./, text: '' })

/** Tries whose time other programs may have used up. */
const tries = 5

/** The limit is wall-clock time, the only one there is: a try that had less than half of it as processor time says nothing of the pattern. */
function testInTime(expression: RegExp, text: string): boolean | undefined {
  Object.assign(context, { expression, text })
  for (let left = tries; left > 0; left--) {
    const before = process.cpuUsage()
    try {
      return script.runInContext(context, { timeout: patience }) as boolean
    } catch {
      const { user, system } = process.cpuUsage(before)
      if (user + system > patience * 500) return undefined
    }
  }
  return undefined
}
