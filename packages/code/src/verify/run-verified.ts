import { attempt, isGood, type Search } from './attempts.ts'
import { clustersOf } from './cluster.ts'
import { compared } from './compare-attempts.ts'
import { inTurns } from './in-turns.ts'
import { judgedClusters } from './judge.ts'
import { Ledger } from './ledger.ts'
import { toResult } from './result.ts'
import { signatureOf } from './signature.ts'
import type { CodeAttempt, Evidence, VerifiedCode, VerifiedCodeOptions } from './verify-options.ts'
import { type Plan, planOf } from './verify-plan.ts'

/** Looks for code that passes: samples, then repairs, then a comparison; `emit` takes the events as they come. */
export async function runVerified(options: VerifiedCodeOptions, emit: Search['emit']): Promise<VerifiedCode> {
  options?.signal?.throwIfAborted()
  const plan = await planOf(options)
  const ledger = new Ledger(options.budget, options.signal)
  const search: Search = { plan, ledger, emit, attempts: [], tested: new Map(), notes: new Set(), failure: undefined }
  try {
    const sampled = await sample(search)
    const rounds = await repair(search)
    if (search.attempts.every(({ code }) => code === '') && search.failure !== undefined) throw search.failure
    const passing = search.attempts.filter((made) => isGood(search, made))
    const found = passing.length > 0 ? await compared(search, passing) : { clusters: failed(search), inputs: [] }
    const clusters = passing.length > 0 ? await judgedClusters(search, found.clusters) : found.clusters
    await emit({ type: 'clusters', clusters })
    const reached = plan.options.tests !== undefined && passing.length >= (rounds > 0 ? 1 : plan.enough)
    const stopped: Evidence['stopped'] = reached ? 'passed' : (ledger.spent ?? 'samples')
    const result = toResult(search, { clusters, inputs: found.inputs, rounds, stopped, unbiased: sampled })
    await emit({ type: 'finish', result })
    return result
  } finally {
    ledger.close()
    if (plan.options.sandbox === undefined) await plan.sandbox?.close()
  }
}

/** Asks for the samples until enough passed or the budget is spent. True: none was left out or cut short. */
async function sample(search: Search): Promise<boolean> {
  const { plan, ledger, attempts } = search
  const stop = new AbortController()
  const signal = AbortSignal.any([ledger.signal, stop.signal])
  const counts = plan.options.tests !== undefined
  const enough = () => counts && attempts.filter((made) => isGood(search, made)).length >= plan.enough
  let done = 0
  await inTurns(
    plan.samples,
    plan.concurrency,
    async (index) => {
      const model = plan.models[index % plan.models.length] as Plan['inputModel']
      const variant = Math.floor(index / plan.models.length)
      try {
        await attempt(search, { index, round: 0, model, variant, temperature: temperatureOf(plan, index) }, signal)
      } catch (error) {
        stop.abort()
        throw error
      }
      if (++done < plan.samples && enough()) stop.abort()
    },
    () => !signal.aborted && ledger.spent === undefined,
  )
  return done === plan.samples && !signal.aborted
}

/** Of a sample. One sample alone is left to the model's default. */
function temperatureOf({ samples, options: { temperatures } }: Plan, index: number): number | undefined {
  if (temperatures !== undefined) return temperatures[index % temperatures.length]
  return samples === 1 ? undefined : Number((0.2 + (0.8 * index) / (samples - 1)).toFixed(3))
}

/** Sends what failed back, the most promising first, as long as nothing is good. How many rounds there were. */
async function repair(search: Search): Promise<number> {
  const { plan, ledger, attempts, emit } = search
  const models = new Map(plan.models.map((model) => [`${model.provider}/${model.id}`, model]))
  for (let round = 1; ; round++) {
    const over = round > plan.repairs || ledger.spent !== undefined || attempts.some((made) => isGood(search, made))
    const broken = over ? [] : firstOfEach(search).slice(0, plan.concurrency)
    if (broken.length === 0) return round - 1
    await emit({ type: 'repair', round, attempts: broken.map(({ index }) => index) })
    const first = attempts.length
    await inTurns(
      broken.length,
      plan.concurrency,
      (at) => {
        const { index, code, model, problem, tests } = broken[at] as CodeAttempt
        const failure = problem ?? tests?.failure ?? ''
        const to = { index: first + at, round, repairOf: index, variant: 0, temperature: undefined }
        const who = models.get(model) ?? plan.inputModel
        return attempt(search, { ...to, model: who, repair: { code, failure } }, ledger.signal)
      },
      () => ledger.spent === undefined,
    )
  }
}

/** Of the attempts that fail in the same way one each, those that pass most first; of later rounds before earlier ones. */
function firstOfEach({ attempts }: Search): CodeAttempt[] {
  const repaired = new Set(attempts.map(({ repairOf }) => repairOf))
  const open = attempts.filter(
    ({ index, code, duplicateOf }) => code !== '' && duplicateOf === undefined && !repaired.has(index),
  )
  return clustersOf(open.map(signed)).flatMap(({ attempts: [index = -1] }) => attempts[index] ?? [])
}

/** What failed, together with what fails in the same way. */
function failed(search: Search) {
  const made = search.attempts.filter(({ code }) => code !== '').map(signed)
  for (const attempt of made) search.attempts[attempt.index] = attempt
  return clustersOf(made)
}

const signed = (made: CodeAttempt): CodeAttempt => ({
  ...made,
  signature: made.tests === undefined ? `not run: ${made.problem ?? ''}` : signatureOf(made.tests),
})
