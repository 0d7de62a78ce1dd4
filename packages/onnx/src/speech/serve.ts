import { AnyModelError, type SpeechCall, type SpeechEvent, type Warning } from '@anymodel/core'
import { toPcm16, wavHeader } from '../audio/wav.ts'
import { broken } from '../folder.ts'
import { provider } from '../thread/events.ts'
import type { Job, Opening, Served } from '../thread/served.ts'
import { toSentences } from './clauses.ts'
import { hasKokoroVoices, loadKokoro } from './kokoro.ts'
import { openPhonemizer, type Phonemizer } from './phonemes.ts'
import { loadPiper, piperGraph } from './piper.ts'
import type { Manner, Speaker } from './voice.ts'

type SpeechJob = Job<SpeechCall, SpeechEvent>

/** How much slower and faster than its own pace a voice can speak: beyond that it is noise. */
const speeds = { least: 0.2, most: 5 }

/** Seconds of silence after a sentence, and after a paragraph. */
const pauses = { sentence: 0.2, paragraph: 0.6 }

/** Loads a voice. Requests are answered one after the other. */
export async function serveSpeech(opening: Opening): Promise<Served<SpeechCall, SpeechEvent>> {
  const speaker = await loadSpeaker(opening)
  const phonemizers = new Map<string, Phonemizer>()
  const phonemizerFor = async (voice: string): Promise<Phonemizer> => {
    const known = phonemizers.get(voice) ?? (await openPhonemizer(voice))
    phonemizers.set(voice, known)
    return known
  }
  return { atOnce: 1, answer: (job) => speak(speaker, phonemizerFor, job) }
}

function loadSpeaker(opening: Opening): Promise<Speaker> {
  const { folder } = opening.location
  if (hasKokoroVoices(folder)) return loadKokoro(opening)
  const piper = piperGraph(folder)
  if (piper !== undefined) return loadPiper(opening, piper)
  throw broken(
    `${folder} is not a model of the kind speech: it has neither a Piper voice (voice.onnx with voice.onnx.json) nor Kokoro's voices (voices/*.bin beside onnx/model.onnx).`,
  )
}

/** Speaks a text sentence by sentence: the sound of one is on its way while the next is made. */
async function speak(
  speaker: Speaker,
  phonemizerFor: (voice: string) => Promise<Phonemizer>,
  job: SpeechJob,
): Promise<void> {
  const { call } = job
  const startedAt = performance.now()
  const { manner, bare, warnings } = toSettings(speaker, call)
  job.emit([{ type: 'notice', kind: 'headers', message: 'The model speaks.' }, ...warnings.map(toNotice)])
  const sentences = toSentences(call.text, speaker.languageOf(manner.voice))
  if (sentences.length === 0)
    throw new AnyModelError('invalid-argument', 'text has no letters and no digits: there is nothing to say.')
  const toPhonemes = await phonemizerFor(speaker.espeakVoiceOf(manner.voice))
  const mediaType = bare ? `audio/pcm;rate=${speaker.rate};channels=1` : 'audio/wav'
  if (!bare) job.emit([{ type: 'audio', mediaType, data: wavHeader(speaker.rate) }])
  const unknown = new Set<string>()
  let samples = 0
  for (const [at, sentence] of sentences.entries()) {
    const phonemes = job.cancelled() ? undefined : await toPhonemes(sentence.clauses, job.cancelled)
    if (phonemes === undefined || job.cancelled()) return
    const utterance = await speaker.speak(phonemes, manner)
    for (const sign of utterance.unknown) unknown.add(sign)
    const isLast = at === sentences.length - 1
    const pause = isLast ? 0 : Math.round(speaker.rate * (sentence.last ? pauses.paragraph : pauses.sentence))
    const sound = new Float32Array(utterance.samples.length + pause)
    sound.set(speaker.fullScale ? loud(utterance.samples) : utterance.samples)
    samples += sound.length
    job.emit([
      { type: 'audio', mediaType, data: toPcm16(sound) },
      { type: 'progress', fraction: (at + 1) / sentences.length },
    ])
  }
  if (unknown.size > 0)
    job.emit([
      toNotice({
        option: 'text',
        message: `The voice does not know the phonemes ${[...unknown].join(' ')}: they were left out.`,
      }),
    ])
  const timing = { totalMs: performance.now() - startedAt }
  job.emit([
    {
      type: 'finish',
      sampleRate: speaker.rate,
      seconds: samples / speaker.rate,
      usage: {},
      response: { provider, model: job.model, details: { timing } },
    },
  ])
}

const toNotice = (warning: Warning): SpeechEvent => ({
  type: 'notice',
  kind: 'warning',
  message: warning.message,
  warning,
})

interface Settings {
  readonly manner: Manner
  /** Samples without a file around them. */
  readonly bare: boolean
  readonly warnings: readonly Warning[]
}

/** What a call asks for and this voice has. Throws for what it lacks when the caller wants that, else says so in a warning. */
function toSettings({ voices, languageOf }: Speaker, call: SpeechCall): Settings {
  const { voice, speed = 1, language, format = 'wav', extra = {} } = call
  const warnings: Warning[] = []
  const lacks = (option: string, message: string): void => {
    if (call.onUnsupported === 'error') throw new AnyModelError('unsupported', message)
    warnings.push({ option, message })
  }
  if (voice !== undefined && voices.length > 0 && !voices.includes(voice))
    throw new AnyModelError('bad-request', `There is no voice "${voice}". There are ${voices.slice(0, 60).join(', ')}.`)
  if (voice !== undefined && voices.length === 0)
    lacks('voice', `This model has one voice without a name: "${voice}" was left out.`)
  if (!(speed >= speeds.least && speed <= speeds.most))
    throw new AnyModelError('bad-request', `speed is ${speed}: local voices take ${speeds.least} to ${speeds.most}.`)
  const spoken = languageOf(voice)
  if (language !== undefined && primary(language) !== primary(spoken))
    lacks('language', `This voice speaks ${spoken}, not ${language}. Choose another voice.`)
  if (format !== 'wav' && format !== 'pcm')
    lacks('format', `Local voices give wav and pcm, not ${format}: this is wav.`)
  const [noise, rhythmNoise] = ['noise_scale', 'noise_w'].map((name) => {
    const value = extra[name]
    if (value === undefined) return undefined
    if (typeof value === 'number' && value >= 0) return value
    throw new AnyModelError('invalid-argument', `extra.${name} must be a number from 0 on.`)
  })
  const known = voices.length > 0 ? voice : undefined
  return { manner: { voice: known, speed, noise, rhythmNoise }, bare: format === 'pcm', warnings }
}

const primary = (tag: string): string => tag.toLowerCase().split(/[-_]/)[0] ?? ''

/** As loud as a file can be; what is all but silence is not made to roar. */
function loud(samples: Float32Array): Float32Array {
  let peak = 0.01
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample))
  return samples.map((sample) => sample / peak)
}
