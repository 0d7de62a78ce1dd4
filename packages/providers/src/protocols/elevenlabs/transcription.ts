import { AnyModelError, type SpokenWord, type TranscriptionCall } from '@anymodel/core'
import { objectOf } from '../../media/run-steps.ts'
import type { FormField } from '../../media/steps.ts'
import { type Heard, primaryLanguage, segmentsOf } from '../../media/voiced.ts'
import type { TranscriptionFormat } from '../../protocol.ts'
import { errorCodes } from './errors.ts'

export const elevenlabsTranscriptionFormat: TranscriptionFormat = {
  errorCodes,
  request: ({ audio, language, speakers, temperature }, { model }) => {
    const fields: Readonly<Record<string, string | number | undefined>> = {
      model_id: model,
      language_code: language && primaryLanguage(language),
      diarize: speakers ? 'true' : undefined,
      timestamps_granularity: 'word',
      temperature,
    }
    const named = Object.entries(fields).flatMap(([name, value]): FormField[] =>
      value === undefined ? [] : [{ name, value: String(value) }],
    )
    return { path: '/v1/speech-to-text', form: [...named, { name: 'file', value: audio }], warnings: [] }
  },
  read: (reply, { call }) => ({ type: 'done', result: toHeard(objectOf(reply) as WireTranscript, call) }),
}

interface WireTranscript {
  readonly text?: string
  /** ISO 639-3, such as `deu`. */
  readonly language_code?: string
  readonly transcription_id?: string
  readonly audio_duration_secs?: number
  readonly words?: readonly {
    readonly text: string
    readonly start?: number | null
    readonly end?: number | null
    readonly type?: string
    readonly speaker_id?: string | null
  }[]
}

function toHeard(wire: WireTranscript, call: TranscriptionCall): Heard {
  if (typeof wire.text !== 'string') throw new AnyModelError('malformed', 'The service answered without a transcript.')
  const words = (wire.words ?? []).flatMap(({ text, start, end, type = 'word', speaker_id: speaker }): SpokenWord[] =>
    type === 'word'
      ? [{ text, start: start ?? 0, end: end ?? start ?? 0, ...(call.speakers && speaker && { speaker }) }]
      : [],
  )
  const language = canonical(wire.language_code)
  return {
    text: wire.text,
    segments: segmentsOf(words, call.words ?? false),
    language,
    seconds: wire.audio_duration_secs ?? words.at(-1)?.end,
    id: wire.transcription_id,
  }
}

/** `deu` as `de`. */
function canonical(code: string | undefined): string | undefined {
  try {
    return code ? Intl.getCanonicalLocales(code)[0] : undefined
  } catch {
    return undefined
  }
}
