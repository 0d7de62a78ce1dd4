import { AnyModelError, type Segment, type SpokenWord, type TranscriptionCall } from '@anymodel/core'
import { objectOf } from '../../media/run-steps.ts'
import { type Heard, segmentsOf } from '../../media/voiced.ts'
import type { TranscriptionFormat } from '../../protocol.ts'
import { errorCodes } from './errors.ts'
import { query } from './query.ts'

export const deepgramTranscriptionFormat: TranscriptionFormat = {
  errorCodes,
  request: ({ audio, language, speakers, extra }, { model }) => ({
    path: `/v1/listen?${query({
      model,
      smart_format: true,
      utterances: true,
      ...(language ? { language } : { detect_language: true }),
      ...(speakers && { diarize: true }),
      ...extra,
    })}`,
    file: audio,
    warnings: [],
  }),
  read: (reply, { call }) => ({ type: 'done', result: toHeard(objectOf(reply) as WireTranscript, call) }),
}

interface WireWord {
  readonly word: string
  readonly punctuated_word?: string
  readonly start: number
  readonly end: number
  readonly speaker?: number
}

interface WireTranscript {
  readonly metadata?: { readonly request_id?: string; readonly duration?: number }
  readonly results?: {
    readonly channels?: readonly {
      readonly detected_language?: string
      readonly alternatives?: readonly { readonly transcript?: string; readonly words?: readonly WireWord[] }[]
    }[]
    readonly utterances?: readonly {
      readonly transcript: string
      readonly start: number
      readonly end: number
      readonly speaker?: number
      readonly words?: readonly WireWord[]
    }[]
  }
}

function toHeard({ metadata, results }: WireTranscript, call: TranscriptionCall): Heard {
  const channels = results?.channels ?? []
  const [channel] = channels
  const best = channel?.alternatives?.[0]
  if (!channel || typeof best?.transcript !== 'string') {
    throw new AnyModelError('malformed', 'The service answered without a transcript.')
  }
  const texts = channels.map(({ alternatives }) => alternatives?.[0]?.transcript ?? '')
  return {
    text: texts.filter((text) => text !== '').join('\n'),
    segments: toSegments(results?.utterances, best.words ?? [], call),
    language: channel.detected_language ?? call.language,
    seconds: metadata?.duration,
    id: metadata?.request_id,
  }
}

function toSegments(
  utterances: NonNullable<WireTranscript['results']>['utterances'],
  words: readonly WireWord[],
  call: TranscriptionCall,
): Segment[] {
  const toWord = ({ word, punctuated_word: shown = word, start, end, speaker }: WireWord): SpokenWord => ({
    text: shown,
    start,
    end,
    ...named(speaker),
  })
  if (!utterances?.length) return segmentsOf(words.map(toWord), call.words ?? false)
  return utterances.map(({ transcript, start, end, speaker, words: spoken = [] }) => ({
    text: transcript,
    start,
    end,
    ...(call.words && { words: spoken.map(toWord) }),
    ...named(speaker),
  }))
}

const named = (speaker: number | undefined) => (speaker === undefined ? {} : { speaker: String(speaker) })
