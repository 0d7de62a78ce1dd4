import type { CodeModel, CodeSupport, Part } from '@anymodel/core'
import { LocalEvents, provider } from '../thread/events.ts'
import type { ModelThread } from '../thread/thread.ts'

const supports: CodeSupport = { input: 'prompt', knobs: ['maxTokens', 'temperature', 'topP', 'seed', 'stop'] }

/** The same model as `localText` has, filling gaps. */
export function localCode(id: string, thread: () => Promise<ModelThread>): CodeModel {
  const opened = { type: 'notice', kind: 'connected', message: 'The local engine has the request.' } as const
  return {
    provider,
    id,
    supports,
    fill: (call) => ({ [Symbol.asyncIterator]: () => new LocalEvents<Part>({ id, thread, call, opened }) }),
  }
}
