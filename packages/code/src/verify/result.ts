import { AnyModelError } from '@anymodel/core'
import { isGood, type Search } from './attempts.ts'
import { passAtK } from './pass-at-k.ts'
import type { CodeAttempt, Evidence, VerifiedCode } from './verify-options.ts'

type Found = Pick<Evidence, 'clusters' | 'inputs' | 'rounds' | 'stopped'> & {
  /** Every sample was asked for and ran to its end. */
  readonly unbiased: boolean
}

/** The best attempt with all that is known. Throws `invalid-output` when no answer had code in it. */
export function toResult(search: Search, { clusters, inputs, rounds, stopped, unbiased }: Found): VerifiedCode {
  const { attempts, ledger, notes, plan } = search
  const [cluster] = clusters
  const chosen = attempts[cluster?.attempts[0] ?? -1]
  if (cluster === undefined || chosen === undefined) throw withoutCode(search)
  const passed = chosen.tests?.passed === true
  const compared = clusters.reduce((sum, { attempts: members }) => sum + members.length, 0)
  const estimate = unbiased && plan.options.tests !== undefined ? passAtKOf(search) : undefined
  const evidence: Evidence = {
    ...(chosen.tests === undefined ? {} : { tests: chosen.tests }),
    attempts,
    chosen: chosen.index,
    clusters,
    agreement: cluster.attempts.length / compared,
    inputs,
    ...(estimate === undefined ? {} : { passAtK: estimate }),
    rounds,
    stopped,
    usage: ledger.usage,
    ...(ledger.cost === undefined ? {} : { cost: ledger.cost }),
    notes: [...notes],
  }
  const { code, files } = chosen
  return passed
    ? { code, files, passed, evidence }
    : { code, files, passed, problem: problemOf(chosen, evidence), evidence }
}

function problemOf({ problem, tests }: CodeAttempt, { agreement, clusters }: Evidence): string {
  if (problem !== undefined) return problem
  if (tests !== undefined) return tests.failure ?? 'A test failed.'
  const size = clusters[0]?.attempts.length ?? 0
  return `There were no tests. ${size} of ${Math.round(size / agreement)} samples do the same as this one.`
}

/** Over the first round, without requests that failed: for 1, 2, 4, 8 ... samples. */
function passAtKOf(search: Search): Record<string, number> | undefined {
  const first = search.attempts.filter(
    ({ round, code, usage }) => round === 0 && (code !== '' || usage.output !== undefined),
  )
  const right = first.filter((made) => isGood(search, made)).length
  const ks: number[] = []
  for (let k = 1; k <= first.length; k *= 2) ks.push(k)
  return ks.length === 0 ? undefined : Object.fromEntries(ks.map((k) => [k, passAtK(first.length, right, k)]))
}

function withoutCode({ ledger, attempts, failure }: Search): unknown {
  if (failure !== undefined) return failure
  if (attempts.length === 0 || ledger.spent === 'time')
    return new AnyModelError(
      'timeout',
      `The budget (${ledger.spent}) was spent before there was any code. Allow more.`,
      { clock: 'total' },
    )
  return new AnyModelError('invalid-output', `None of ${attempts.length} answers had code in it.`)
}
