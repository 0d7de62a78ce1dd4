import { askForInputs } from './ask-for-inputs.ts'
import { benchOf, type Search } from './attempts.ts'
import { clustersOf } from './cluster.ts'
import type { TestInput } from './code-tests.ts'
import { commonFunction } from './entry-point.ts'
import { inTurns } from './in-turns.ts'
import { signatureOf, signatureOn } from './signature.ts'
import type { Cluster, CodeAttempt } from './verify-options.ts'

export interface Comparison {
  readonly clusters: readonly Cluster[]
  readonly inputs: readonly TestInput[]
}

/** Puts attempts that do the same together: by what they do on inputs where that is asked for, else by what the tests say. Their signatures are noted on them. */
export async function compared(search: Search, good: readonly CodeAttempt[]): Promise<Comparison> {
  const distinct = good.filter(({ duplicateOf }) => duplicateOf === undefined)
  const inputs = search.plan.compares && distinct.length > 1 ? await signedOnInputs(search, distinct) : []
  for (const { index, duplicateOf = index, tests, signature } of good) {
    const same = search.attempts[duplicateOf]?.signature ?? signature
    const byTests = tests === undefined ? `as written ${duplicateOf}` : signatureOf(tests)
    search.attempts[index] = { ...(search.attempts[index] as CodeAttempt), signature: same ?? byTests }
  }
  const clusters = clustersOf(good.map(({ index }) => search.attempts[index] as CodeAttempt))
  return { clusters, inputs }
}

async function signedOnInputs(search: Search, distinct: readonly CodeAttempt[]): Promise<readonly TestInput[]> {
  const { plan, ledger, attempts, emit, notes } = search
  const { task, inputs: given } = plan.options
  const named = plan.entryPoint
  const callee =
    named === undefined
      ? commonFunction(
          distinct.map(({ code }) => code),
          plan.language,
          task,
        )
      : { name: named, line: named }
  try {
    if (given === undefined && ledger.spent !== undefined) throw new Error('the budget is spent.')
    const inputs = given ?? (await askForInputs(search, callee))
    if (inputs.length === 0) throw new Error('the model wrote none that can be read.')
    if (typeof inputs[0] !== 'string' && callee === undefined)
      throw new Error('the samples have no function in common. Give entryPoint.')
    const bench = benchOf(plan, ledger.signal)
    if (bench === undefined) return []
    await emit({ type: 'inputs', inputs })
    const calls = typeof inputs[0] !== 'string' ? callee?.name : undefined
    const signatures = new Map<number, string>()
    await inTurns(distinct.length, plan.concurrency, async (at) => {
      const attempt = distinct[at] as CodeAttempt
      signatures.set(attempt.index, await signatureOn(inputs, calls, attempt, bench))
    })
    for (const [index, signature] of signatures) attempts[index] = { ...(attempts[index] as CodeAttempt), signature }
    return inputs
  } catch (error) {
    plan.options.signal?.throwIfAborted()
    notes.add(`Not compared on inputs: ${error instanceof Error ? error.message : error}`)
    return []
  }
}
