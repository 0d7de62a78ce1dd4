import type { Warning } from '../contract/part.ts'
import type { Knob, TextCall, TextModel } from '../contract/text.ts'
import { fitKnobs } from './fit-knobs.ts'

/** The names of all tuning options: what a model that honours everything has in `supports.knobs`. */
export const knobs: readonly Knob[] = [
  'maxTokens',
  'temperature',
  'topP',
  'topK',
  'minP',
  'presencePenalty',
  'frequencyPenalty',
  'repetitionPenalty',
  'logitBias',
  'seed',
  'stop',
  'logprobs',
  'reasoning',
  'parallelToolCalls',
]

/** A call that a model can take: what it lacks is refused (features) or left out with a warning (tuning options). */
export interface Fitted {
  readonly call: TextCall
  readonly warnings: readonly Warning[]
  /** Stop texts that the caller has to watch for. */
  readonly emulateStop?: readonly string[]
}

/** Leaves out of a call the tuning options that a model lacks. Throws `unsupported` where they may not be left out. */
export function fitTuning(call: TextCall, model: TextModel): Fitted {
  const { stop, ...withoutStop } = call
  const lacksStop = stop !== undefined && stop.length > 0 && !(model.supports.knobs ?? []).includes('stop')
  if (!lacksStop || call.onUnsupported !== 'emulate') return fitKnobs(call, knobs, model)
  return { ...fitKnobs(withoutStop as TextCall, knobs, model), emulateStop: stop }
}
