import { AnyModelError, type Segment, type SpokenWord, type TranscriptionCall } from '@anymodel/core'
import { defined } from '../../media/defined.ts'
import { objectOf } from '../../media/run-steps.ts'
import type { Ask, Step, StepContext } from '../../media/steps.ts'
import { type Heard, segmentsOf } from '../../media/voiced.ts'
import type { TranscriptionFormat } from '../../protocol.ts'
import { Reported } from '../../reported.ts'

/** Upload, begin, look until it is done. */
export const assemblyaiFormat: TranscriptionFormat = {
  // A job fails on what it was given: the same again fails again.
  errorCodes: { job_failed: 'bad-request' },
  request: ({ audio }) => ({
    path: '/v2/upload',
    file: { mediaType: 'application/octet-stream', data: audio.data },
    warnings: [],
  }),
  read(reply, context) {
    const wire = objectOf(reply) as WireTranscript
    if (reply.asked.path === '/v2/upload') return { type: 'ask', ask: begin(wire, context) }
    return looked(wire, context)
  },
}

function begin({ upload_url: url }: WireTranscript, { call, target }: StepContext<TranscriptionCall>): Ask {
  if (typeof url !== 'string')
    throw new AnyModelError('malformed', 'The service took the sound, but says no place of it.')
  const { language, prompt, speakers, extra } = call
  return {
    path: '/v2/transcript',
    body: {
      audio_url: url,
      speech_models: [target.model],
      ...(language ? { language_code: language.toLowerCase().replace('-', '_') } : { language_detection: true }),
      ...defined({ prompt, speaker_labels: speakers || undefined }),
      ...extra,
    },
  }
}

interface WireWord {
  readonly text: string
  /** In milliseconds, as all times here. */
  readonly start: number
  readonly end: number
  readonly speaker?: string | null
}

interface WireTranscript {
  readonly upload_url?: string
  readonly id?: string
  readonly status?: string
  readonly error?: string
  readonly text?: string | null
  readonly language_code?: string | null
  readonly audio_duration?: number | null
  readonly words?: readonly WireWord[] | null
  readonly utterances?: readonly (WireWord & { readonly words?: readonly WireWord[] })[] | null
}

function looked(wire: WireTranscript, { call, target }: StepContext<TranscriptionCall>): Step<Heard> {
  if (wire.status === 'error')
    throw new Reported({
      ...target,
      body: { message: wire.error ?? 'The job failed without a reason.', code: 'job_failed' },
    })
  if (wire.status === 'completed') return { type: 'done', result: toHeard(wire, call) }
  if (typeof wire.id !== 'string')
    throw new AnyModelError('malformed', 'The service began a job, but says no id of it.')
  return { type: 'ask', ask: { path: `/v2/transcript/${encodeURIComponent(wire.id)}` }, wait: true }
}

function toHeard(wire: WireTranscript, call: TranscriptionCall): Heard {
  const { id, text, language_code: language, audio_duration: seconds, words, utterances } = wire
  return {
    text: text ?? '',
    segments: utterances?.length
      ? utterances.map((utterance) => toSegment(utterance, call))
      : segmentsOf((words ?? []).map(toWord), call.words ?? false),
    language: language?.replace('_', '-') ?? undefined,
    seconds: seconds ?? undefined,
    id,
  }
}

const toWord = ({ text, start, end, speaker }: WireWord): SpokenWord => ({
  text,
  start: start / 1_000,
  end: end / 1_000,
  ...(speaker && { speaker }),
})

const toSegment = (
  utterance: WireWord & { readonly words?: readonly WireWord[] },
  { words }: TranscriptionCall,
): Segment => ({
  ...toWord(utterance),
  ...(words && { words: (utterance.words ?? []).map(toWord) }),
})
