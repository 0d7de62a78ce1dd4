import type { EmbeddingModel, EmbeddingResult } from '../contract/embedding.ts'
import { AnyModelError, isAnyModelError } from '../errors.ts'
import { candidates, membersOf, prepared } from './candidate.ts'
import { nothing } from './delivered.ts'
import type { AnyCall, ValueModel } from './kinds.ts'
import { pause } from './pause.ts'
import { Plan, type Settings } from './plan.ts'
import type { Rest } from './rest.ts'
import { circuitOpen } from './verdict.ts'

/** A value from the first model that gives one. */
export async function succeeding<M extends ValueModel>(
  models: readonly M[],
  ask: (model: M) => Promise<unknown>,
  call: AnyCall,
  { settings, rest }: { readonly settings: Settings<M>; readonly rest: Rest },
): Promise<unknown> {
  const plan = new Plan<M>(settings, rest, (asked) => candidates(asked, call))
  const waiting = prepared(models, call)
  if (waiting) await waiting
  let next = plan.first(models)
  for (;;) {
    if (next.delayMs > 0) await pause(next.delayMs, call.signal)
    try {
      plan.request()
      const value = await ask(next.model)
      plan.answered(next)
      return value
    } catch (error) {
      if (call.signal?.aborted || !isAnyModelError(error)) throw error
      if (error.providerCode === circuitOpen) plan.unsent()
      next = plan.after(next, error, nothing, false)
    }
  }
}

/** The model of an id, whoever runs it. */
const nameOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1).toLowerCase()

/** Vectors of two models say nothing to each other: who has both in one index finds nothing any more, and no error tells. */
export function checkSameVectors(models: readonly EmbeddingModel[]): void {
  const names = [...new Set(models.flatMap(membersOf).map(({ id }) => nameOf(id)))]
  if (names.length < 2) return
  throw new AnyModelError(
    'invalid-argument',
    `Vectors of ${names.join(' and ')} can't be compared, so that one can't stand in for the other. When these are the same model under several names, say so with { sameVectors: true }.`,
  )
}

/** Lets vectors through that are as long as the first ones were, by the `dimensions` that were asked for. */
export function sameLength(): (result: EmbeddingResult, asked: number | undefined, model: EmbeddingModel) => void {
  const lengths = new Map<number | undefined, number>()
  return ({ embeddings }, asked, { provider, id }) => {
    for (const { length } of embeddings) {
      const first = lengths.get(asked) ?? length
      lengths.set(asked, first)
      if (length === first) continue
      throw new AnyModelError(
        'malformed',
        `${provider}/${id} gave a vector of ${length} numbers where there were ${first} before: it is another model.`,
        { provider, model: id },
      )
    }
  }
}
