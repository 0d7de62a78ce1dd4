import { AnyModelError, type Segment, type SpokenWord, type TranscriptionCall } from '@anymodel/core'
import { objectOf } from '../../media/run-steps.ts'
import type { FirstAsk, FormField } from '../../media/steps.ts'
import { type Heard, primaryLanguage, type TranscriptionDecoder } from '../../media/voiced.ts'
import type { TranscriptionFormat } from '../../protocol.ts'
import { Reported } from '../../reported.ts'
import type { TranscriptionRule } from './dialect.ts'
import { languageOfName } from './language-name.ts'
import { toUsage, type WireUsage } from './speech.ts'

type RuleOf = (model: string) => TranscriptionRule | undefined

export const transcriptionFormat = (ruleOf: RuleOf): TranscriptionFormat => ({
  request: (call, { model }) => toRequest(call, model, ruleOf(model)),
  read: (reply, { call }) => ({ type: 'done', result: toHeard(objectOf(reply) as WireTranscript, call) }),
  events: ({ target }) => decoder(target),
})

function toRequest(call: TranscriptionCall, model: string, rule: TranscriptionRule | undefined): FirstAsk {
  const { audio, language, prompt, task, words, temperature } = call
  const format = rule?.format ?? 'json'
  const field = (name: string, value: string | number | undefined): FormField[] =>
    value === undefined ? [] : [{ name, value: String(value) }]
  const translates = task === 'translate'
  return {
    path: translates ? '/audio/translations' : '/audio/transcriptions',
    form: [
      { name: 'file', value: audio },
      ...field('model', model),
      ...field('response_format', format),
      ...(translates ? [] : field('language', language && primaryLanguage(language))),
      ...field('prompt', prompt),
      ...field('temperature', temperature),
      ...(words && !translates
        ? ['word', 'segment'].map((value) => ({ name: 'timestamp_granularities[]', value }))
        : []),
      // Without it, sound of more than 30 seconds is refused.
      ...field('chunking_strategy', format === 'diarized_json' ? 'auto' : undefined),
      ...field('stream', rule?.events ? 'true' : undefined),
    ],
    warnings: [],
  }
}

interface WireSegment {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly speaker?: string
}

interface WireTranscript {
  readonly text?: string
  /** A name such as `english`. */
  readonly language?: string
  readonly languages?: readonly { readonly code?: string }[]
  readonly duration?: number
  readonly segments?: readonly WireSegment[]
  readonly words?: readonly { readonly word: string; readonly start: number; readonly end: number }[]
  readonly usage?: WireUsage
}

function toHeard(wire: WireTranscript, call: TranscriptionCall): Heard {
  if (typeof wire.text !== 'string') throw new AnyModelError('malformed', 'The service answered without a transcript.')
  return { text: wire.text, segments: toSegments(wire, call), ...ending(wire) }
}

const ending = ({ language, languages, duration, usage }: WireTranscript) => ({
  language: languages?.[0]?.code ?? (language === undefined ? undefined : languageOfName(language)),
  seconds: duration ?? usage?.seconds,
  usage: usage && toUsage(usage),
})

/** Words come beside the segments; each belongs to the one in which it begins. */
function toSegments({ segments = [], words }: WireTranscript, call: TranscriptionCall): Segment[] {
  const spoken: SpokenWord[] = (call.words ? (words ?? []) : []).map(({ word, start, end }) => ({
    text: word.trim(),
    start,
    end,
  }))
  let next = 0
  return segments.map((segment, place) => {
    const from = next
    const isLast = place === segments.length - 1
    while (next < spoken.length && (isLast || (spoken[next]?.start ?? 0) < segment.end)) next++
    return { ...toSegment(segment), ...(next > from && { words: spoken.slice(from, next) }) }
  })
}

const toSegment = ({ text, start, end, speaker }: WireSegment): Segment => ({
  text: text.trim(),
  start,
  end,
  ...(speaker !== undefined && { speaker }),
})

type WireEvent = WireTranscript &
  Partial<WireSegment> & { readonly type?: string; readonly delta?: string; readonly error?: unknown }

/** `transcript.text.delta`, `.segment` and `.done`. A diarizing model sends the text in its segments alone. */
function decoder(target: { readonly provider: string; readonly model: string }): TranscriptionDecoder {
  let written = ''
  let done: WireTranscript | undefined
  const text = (more: string) => {
    written += more
    return more === '' ? [] : [{ type: 'text' as const, text: more }]
  }
  return {
    event(value) {
      const event = value as WireEvent
      if (event.error) throw new Reported({ ...target, body: value })
      if (event.type === 'transcript.text.delta') return text(event.delta ?? '')
      if (event.type === 'transcript.text.segment') {
        const segment = toSegment(event as WireSegment)
        // Its deltas, where there are any, came before.
        const said = written.endsWith(segment.text)
          ? []
          : text(`${written === '' || /\s$/.test(written) ? '' : ' '}${segment.text}`)
        return [...said, { type: 'segment', segment }]
      }
      if (event.type !== 'transcript.text.done') return []
      done = event
      return written === '' ? text(event.text ?? '') : []
    },
    end() {
      if (!done) throw new AnyModelError('truncated', 'The transcript broke off: its end did not come.')
      return ending(done)
    },
  }
}
