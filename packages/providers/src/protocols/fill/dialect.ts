import type { CodeKnob, CodeSupport } from '@anymodel/core'

/** How a service's `/completions` with a suffix differ: data only. */
export interface FillDialect {
  /** Appended to the base URL. */
  readonly path: string
  /** Fields of the tuning options that it honours; `maxTokens` is always `max_tokens`. */
  readonly knobs: Readonly<Partial<Record<CodeKnob, string>>>
  /** Whether `stream_options.include_usage` is understood. */
  readonly streamUsage: boolean
  /** `suffix`: it has a field for what stands after the gap. `prompt`: the prompt says it all, in the words of the model's family. */
  readonly input: 'suffix' | 'prompt'
}

/** OpenAI's own, which most servers follow. */
export const completionsDialect: FillDialect = {
  path: '/completions',
  knobs: { temperature: 'temperature', topP: 'top_p', seed: 'seed', stop: 'stop' },
  streamUsage: true,
  input: 'suffix',
}

/** What a model of the dialect reads. */
export const supportsOf = ({ knobs, input }: FillDialect): CodeSupport => ({
  input: input === 'prompt' ? 'prompt' : 'parts',
  knobs: ['maxTokens', ...(Object.keys(knobs) as CodeKnob[])],
})
