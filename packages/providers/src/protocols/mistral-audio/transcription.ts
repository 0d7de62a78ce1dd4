import { AnyModelError, type Segment, type SpokenWord, type TranscriptionCall, type Warning } from '@anymodel/core'
import { objectOf } from '../../media/run-steps.ts'
import type { FirstAsk, FormField } from '../../media/steps.ts'
import { type Heard, primaryLanguage, segmentsOf, type TranscriptionDecoder } from '../../media/voiced.ts'
import type { Target, TranscriptionFormat } from '../../protocol.ts'
import { Reported } from '../../reported.ts'
import { toUsage, type WireUsage } from './usage.ts'

export const mistralTranscriptionFormat: TranscriptionFormat = {
  request: (call, { model }) => toRequest(call, model),
  read: (reply, { call }) => ({ type: 'done', result: toHeard(objectOf(reply) as WireTranscript, call) }),
  events: ({ target }) => decoder(target),
}

/** The service takes a language or gives times, not both. */
function toRequest(call: TranscriptionCall, model: string): FirstAsk {
  const { audio, language, words, speakers, temperature } = call
  const tag = words ? undefined : language && primaryLanguage(language)
  const lost = 'The service gives no times of words where the language is named: language was left out.'
  const warnings: Warning[] = words && language ? [{ option: 'language', message: lost }] : []
  const fields: Readonly<Record<string, string | number | undefined>> = {
    model,
    language: tag,
    temperature,
    diarize: speakers ? 'true' : undefined,
    timestamp_granularities: words ? 'word' : tag ? undefined : 'segment',
    stream: words ? undefined : 'true',
  }
  const named = Object.entries(fields).flatMap(([name, value]): FormField[] =>
    value === undefined ? [] : [{ name, value: String(value) }],
  )
  return { path: '/audio/transcriptions', form: [...named, { name: 'file', value: audio }], warnings }
}

interface WireSegment {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly speaker_id?: string | null
}

interface WireTranscript {
  readonly text?: string
  readonly language?: string | null
  readonly segments?: readonly WireSegment[]
  readonly usage?: WireUsage
}

function toHeard(wire: WireTranscript, { words }: TranscriptionCall): Heard {
  if (typeof wire.text !== 'string') throw new AnyModelError('malformed', 'The service answered without a transcript.')
  const pieces: SpokenWord[] = (wire.segments ?? []).map(toSegment)
  return { text: wire.text, segments: words ? segmentsOf(pieces, true) : pieces, ...ending(wire) }
}

const toSegment = ({ text, start, end, speaker_id: speaker }: WireSegment): Segment => ({
  text: text.trim(),
  start,
  end,
  ...(speaker && { speaker }),
})

const ending = ({ language, usage }: WireTranscript) => ({
  language: language ?? undefined,
  seconds: usage?.prompt_audio_seconds ?? undefined,
  usage: usage && toUsage(usage),
})

type WireEvent = WireTranscript &
  Partial<WireSegment> & { readonly type?: string; readonly audio_language?: string; readonly error?: unknown }

function decoder(target: Target): TranscriptionDecoder {
  let written = ''
  let language: string | undefined
  let done: WireTranscript | undefined
  return {
    event(value) {
      const event = value as WireEvent
      if (event.error) throw new Reported({ ...target, body: value })
      if (event.type === 'transcription.language') language = event.audio_language
      if (event.type === 'transcription.done') done = event
      if (event.type === 'transcription.segment') return [{ type: 'segment', segment: toSegment(event as WireSegment) }]
      const more = event.type === 'transcription.text.delta' || (done && written === '') ? (event.text ?? '') : ''
      written += more
      return more === '' ? [] : [{ type: 'text', text: more }]
    },
    end() {
      if (!done) throw new AnyModelError('truncated', 'The transcript broke off: its end did not come.')
      return ending({ ...done, language: done.language ?? language ?? null })
    },
  }
}
