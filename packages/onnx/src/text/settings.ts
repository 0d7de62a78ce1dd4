import { AnyModelError, type TextCall } from '@anymodel/core'
import type { GenerationConfig } from '../model-folder.ts'
import type { Sampling } from './sampler.ts'

/** How to sample: the call decides, then the model's `generation_config.json`. Throws `invalid-argument` for values out of range. */
export function toSampling(call: TextCall, model: GenerationConfig, vocabulary: number): Sampling {
  const sampling: Sampling = {
    temperature: call.temperature ?? defaultTemperature(call, model),
    topK: call.topK ?? model.top_k ?? 0,
    topP: call.topP ?? model.top_p ?? 1,
    minP: call.minP ?? model.min_p ?? 0,
    repetitionPenalty: call.repetitionPenalty ?? model.repetition_penalty ?? 1,
    presencePenalty: call.presencePenalty ?? 0,
    frequencyPenalty: call.frequencyPenalty ?? 0,
    logitBias: toBias(call.logitBias ?? {}, vocabulary),
    seed: call.seed,
  }
  check('temperature', sampling.temperature, (n) => n >= 0, '0 or more')
  check('topP', sampling.topP, (n) => n > 0 && n <= 1, 'above 0 and at most 1')
  check('minP', sampling.minP, (n) => n >= 0 && n <= 1, 'from 0 to 1')
  check('repetitionPenalty', sampling.repetitionPenalty, (n) => n > 0, 'above 0')
  return sampling
}

/** A model made for greedy answers stays greedy, unless the call asks for something that only means anything when tokens are drawn. */
function defaultTemperature({ topP, topK, minP, seed }: TextCall, model: GenerationConfig): number {
  const draws = [topP, topK, minP, seed].some((value) => value !== undefined)
  return model.do_sample || draws ? (model.temperature ?? 1) : 0
}

function toBias(bias: Readonly<Record<string, number>>, vocabulary: number): Map<number, number> {
  return new Map(
    Object.entries(bias).map(([id, value]) => {
      const token = Number(id)
      if (!(Number.isInteger(token) && token >= 0 && token < vocabulary && Number.isFinite(value)))
        throw new AnyModelError(
          'invalid-argument',
          `logitBias: "${id}: ${value}" is no bias. Give token ids from 0 to ${vocabulary - 1} and finite numbers.`,
        )
      return [token, value]
    }),
  )
}

function check(name: string, value: number, fits: (value: number) => boolean, range: string): void {
  if (!fits(value)) throw new AnyModelError('invalid-argument', `${name} must be ${range}, not ${value}.`)
}
