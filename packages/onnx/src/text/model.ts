import type { Part, TextModel, TextSupport } from '@anymodel/core'
import { LocalEvents, provider } from '../thread/events.ts'
import type { ModelThread } from '../thread/thread.ts'

/** What every local text model can do; how well is up to the model. */
const supports: TextSupport = {
  tools: true,
  output: ['native', 'prompt'],
  prefill: true,
  knobs: [
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
    'parallelToolCalls',
  ],
}

/** A text model whose thread is found (and thereby located on disk) at first use. */
export function localText(id: string, thread: () => Promise<ModelThread>): TextModel {
  const opened = { type: 'notice', kind: 'connected', message: 'The local engine has the request.' } as const
  return {
    provider,
    id,
    supports,
    stream: (call) => ({ [Symbol.asyncIterator]: () => new LocalEvents<Part>({ id, thread, call, opened }) }),
  }
}
