import { AnyModelError } from '../errors.ts'
import type { State } from '../state/state.ts'
import { asCandidate, candidateOf } from './candidate.ts'
import { Circuit, type Gate } from './circuit.ts'
import type { AnyModel, OfKind } from './kinds.ts'
import { SharedCircuit } from './shared/shared-circuit.ts'
import { circuitOpen } from './verdict.ts'
import { type Watch, watched } from './watch.ts'

export interface BreakerOptions {
  /** So many failures in a row open it: server errors, timeouts, answers that break off or are garbage. Rate limits, keys, quotas and models that are not there open it at once; requests that are themselves wrong, and the network, never do. Default 5. */
  readonly failures?: number
  /** Milliseconds for which it stays open; twice as long each time that the try after it fails. The service's own wait counts instead when there is one. Default 5,000. */
  readonly cooldown?: number
  /** Longest time for which it stays open by itself, in ms. A quota that is used up counts as this much. Default 300,000. */
  readonly maxCooldown?: number
  /** Where processes share the breaker: what opens it in one opens it in all within about a second of their next call, failures in a row of several add up, and one process tries it. Default: it is this process's own. */
  readonly state?: State
  /** Breakers with the same state and key are one. Default `provider/id`. */
  readonly key?: string
  /** Milliseconds, as `Date.now` gives them. */
  readonly clock?: () => number
  /** Up to a quarter is added to each time, so that not all processes try at once. Default `Math.random`. */
  readonly random?: () => number
}

/**
 * Stops asking a model that keeps failing. While the breaker is open, calls fail at once with `server` (`providerCode` `circuit-open`, `retryAfter` says for how long) and nothing is sent; then one
 * request tries, and its answer closes the breaker. `withFallback` and `withBalance` ask models with an open breaker last.
 *
 * Clocks belong inside, retries outside: `withBreaker(withTimeout(model, clocks))`. All calls through the same wrapper share one breaker.
 */
export function withBreaker<M extends AnyModel>(model: M, options: BreakerOptions = {}): OfKind<M> {
  const {
    failures = 5,
    cooldown = 5_000,
    maxCooldown = 300_000,
    random = Math.random,
    clock = () => Date.now(),
  } = options
  for (const [name, value] of Object.entries({ failures, cooldown, maxCooldown }))
    if (!(value > 0)) throw new AnyModelError('invalid-argument', `${name} is a number above 0, not ${value}.`)
  const name = `${model.provider}/${model.id}`
  const own = new Circuit({ failures, cooldown, maxCooldown, jitter: 0.25, clock, random })
  const { state, key = name } = options
  const circuit: Gate = state
    ? new SharedCircuit(own, name, { state, key, failures, cooldown, maxCooldown, clock })
    : own
  let last: AnyModelError | undefined
  const follow = (passes: boolean): Watch => {
    if (!passes) throw open(model, circuit.wait, last)
    const { openings } = circuit
    return {
      notice: () => circuit.notice?.(),
      // That a request was answered which was under way when it opened is old news.
      finished() {
        if (circuit.openings === openings) circuit.answered()
      },
      failed(error) {
        last = error
        circuit.failed(error)
      },
      left: () => circuit.left(),
    }
  }
  const guarded = watched(model, () => {
    const passes = circuit.enter()
    return typeof passes === 'boolean' ? follow(passes) : passes.then(follow)
  })
  const { unfit, members } = candidateOf(model)
  return asCandidate(guarded, { unfit, members, circuit })
}

function open({ provider, id }: AnyModel, wait: number, cause: AnyModelError | undefined): AnyModelError {
  // Where another process tries, nobody knows for how long.
  const retryAfter = Math.max(1, Math.ceil(wait))
  const words = `it failed too often (last: ${cause?.code ?? 'in another process'}) and is not asked for another ${retryAfter} ms. Nothing was sent.`
  const info = { provider, model: id, providerCode: circuitOpen, retryAfter, phase: 'connect', cause } as const
  return new AnyModelError('server', `${provider}/${id}: ${words}`, info)
}
