import type { Segment, TranscriptionCall, TranscriptionEvent } from '@anymodel/core'
import type { Tensor } from 'onnxruntime-node'
import type { Sound } from '../audio/sound.ts'
import { floats, floatsOf } from '../runtime/tensors.ts'
import { provider } from '../thread/events.ts'
import type { Job } from '../thread/served.ts'
import { type Stretch, toStretches } from './segments.ts'
import { type Settings, toSettings } from './settings.ts'
import type { Whisper } from './whisper.ts'
import { tokenTimes, wordsOf } from './word-times.ts'
import { isSilent, type Written, writeWindow } from './write-window.ts'

type TranscriptionJob = Job<TranscriptionCall, TranscriptionEvent>

/** A part of the sound, in samples. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Less sound than this, in seconds, is no word. */
const shortest = 0.1

/** Text that was written with more chance than this does not help to write what follows. */
const trusted = 0.5

/** What goes on from window to window. */
interface Course {
  readonly settings: Settings
  readonly whisper: Whisper
  readonly job: TranscriptionJob
  language: string | undefined
  /** Tokens of what was said before. */
  history: readonly number[]
  output: number
}

/** Writes down sound window by window: each begins where the last one ended a stretch of text, and is told what was said before. `spans`: where somebody speaks; the rest is not listened to. */
export async function transcribeSound(
  whisper: Whisper,
  { samples }: Sound,
  job: TranscriptionJob,
  spans: readonly Span[],
): Promise<void> {
  const [startedAt, runBefore] = [performance.now(), whisper.runMs()]
  const settings = toSettings(whisper, job.call)
  job.emit(settings.warnings.map((warning) => ({ type: 'notice', kind: 'warning', message: warning.message, warning })))
  const { language, prompt } = settings
  const course: Course = { settings, whisper, job, language, history: prompt, output: 0 }
  for (const { from, to } of spans) {
    for (let at = from; to - at >= shortest * whisper.rate; ) {
      const heard = await hear(
        course,
        samples.subarray(at, Math.min(at + whisper.windowSamples, to)),
        at / whisper.rate,
      )
      if (!heard) return
      at += Math.max(1, Math.round(heard.seconds * whisper.rate))
      job.emit([...heard.events, { type: 'progress', fraction: Math.min(1, at / samples.length) }])
    }
  }
  job.emit([
    {
      type: 'finish',
      ...(course.language === undefined ? {} : { language: course.language }),
      seconds: samples.length / whisper.rate,
      usage: { output: course.output },
      response: {
        provider,
        model: job.model,
        details: { timing: { totalMs: performance.now() - startedAt, runMs: whisper.runMs() - runBefore } },
      },
    },
  ])
}

interface Heard {
  readonly events: readonly TranscriptionEvent[]
  /** After which the next window begins. */
  readonly seconds: number
}

/** Writes one window down; `undefined` when nobody waits any more. */
async function hear(course: Course, window: Float32Array, offset: number): Promise<Heard | undefined> {
  const { whisper, settings, job } = course
  if (job.cancelled()) return undefined
  const seconds = window.length / whisper.rate
  const sound = await encode(whisper, window)
  try {
    const language = course.language ?? (await findLanguage(whisper, sound))
    const prompt = [...historyOf(course), ...opening(course, language)]
    const written = await writeWindow({
      decoder: whisper.decoder,
      vocabulary: whisper.vocabulary,
      sound,
      prompt,
      times: true,
      attention: settings.words,
      limit: Math.min(Math.floor(whisper.longest / 2), whisper.longest - prompt.length),
      temperatures: settings.temperatures,
      seed: Math.round(offset * 100),
      textOf: whisper.textOf,
      cancelled: job.cancelled,
    })
    if (!written) return undefined
    course.output += written.tokens.length
    // Silence tells nothing, not even the language.
    if (isSilent(written)) return { events: [], seconds }
    course.language = language
    return read(course, written, { offset, seconds })
  } finally {
    sound.dispose()
  }
}

/** What was written about a window of so many seconds, and what is remembered of it. */
function read(course: Course, written: Written, { offset, seconds }: { offset: number; seconds: number }): Heard {
  const { whisper, settings, history, language = 'en' } = course
  const { stretches, next } = toStretches(written.tokens, whisper.vocabulary, seconds)
  const said = stretches.flatMap(({ tokens }) => tokens)
  course.history = written.temperature > trusted ? [] : [...history, ...said].slice(-whisper.longest)
  const times = settings.words ? tokenTimes(whisper, written, seconds) : undefined
  const timing = { offset, language, ...(times && { times }) }
  return { events: stretches.flatMap((stretch) => toEvents(whisper, stretch, timing)), seconds: next }
}

/** What the encoder makes of a window of sound, in the precision that the decoder wants. */
async function encode({ encoder, decoder, toPicture, bins, frames }: Whisper, window: Float32Array): Promise<Tensor> {
  const input = encoder.session.inputMetadata.find(({ name }) => name === 'input_features')
  const picture = floats(input?.isTensor ? input.type : 'float32', toPicture(window, frames), [1, bins, frames])
  try {
    const { last_hidden_state, ...others } = await encoder.run({ input_features: picture })
    for (const tensor of Object.values(others)) tensor.dispose()
    const sound = last_hidden_state as Tensor
    if (sound.type === decoder.soundType) return sound
    const converted = floats(decoder.soundType, floatsOf(sound), sound.dims)
    sound.dispose()
    return converted
  } finally {
    picture.dispose()
  }
}

/** The language whose token is the most likely one after the start. */
async function findLanguage({ decoder, vocabulary }: Whisper, sound: Tensor): Promise<string | undefined> {
  const decoding = decoder.begin(sound, false)
  try {
    const logits = (await decoding.feed([vocabulary.start])).logits(0)
    let found: string | undefined
    let best = Number.NEGATIVE_INFINITY
    for (const [tag, token] of vocabulary.languages) {
      const logit = logits[token] as number
      if (logit > best) {
        best = logit
        found = tag
      }
    }
    return found
  } finally {
    decoding.dispose()
  }
}

/** What was said before, as much as there is room for. */
function historyOf({ whisper, history }: Course): number[] {
  const { previous } = whisper.vocabulary
  if (previous === undefined || history.length === 0) return []
  return [previous, ...history.slice(-(Math.floor(whisper.longest / 2) - 1))]
}

/** How a text begins: models of many languages are told which one, and what to do. */
function opening({ whisper, settings }: Course, language: string | undefined): number[] {
  const { start, languages, tasks } = whisper.vocabulary
  const spoken = language === undefined ? undefined : languages.get(language)
  const task = languages.size > 0 ? tasks[settings.task] : undefined
  return [start, spoken, task].filter((token) => token !== undefined)
}

interface Timing {
  readonly offset: number
  readonly language: string
  readonly times?: readonly number[]
}

/** A stretch as text and segment; nothing for one without text or without length. */
function toEvents(whisper: Whisper, stretch: Stretch, { offset, language, times }: Timing): TranscriptionEvent[] {
  const text = whisper.textOf(stretch.tokens)
  if (text.trim() === '' || stretch.end <= stretch.start) return []
  const segment: Segment = {
    text: text.trim(),
    start: offset + stretch.start,
    end: offset + stretch.end,
    ...(times && { words: wordsOf(whisper, stretch, { times, offset, language }) }),
  }
  return [
    { type: 'text', text },
    { type: 'segment', segment },
  ]
}
