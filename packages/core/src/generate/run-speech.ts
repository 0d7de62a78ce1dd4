import type { SpeechEvent, SpeechKnob } from '../contract/speech.ts'
import { AnyModelError } from '../errors.ts'
import { fitKnobs } from './fit-knobs.ts'
import type { SpeechOptions, SpeechResult } from './generate-speech.ts'
import { givenModel } from './given-model.ts'
import { isTag } from './language-tag.ts'
import { mediaFile } from './media-file.ts'
import { runEvents } from './run-events.ts'
import { settleWav } from './settle-wav.ts'

const knobs: readonly SpeechKnob[] = ['voice', 'speed', 'language', 'instructions', 'format', 'seed']
const formats: readonly unknown[] = ['wav', 'pcm', 'mp3', 'opus', 'aac', 'flac']

/** Asks a model to speak; `emit` takes its events. */
export async function runSpeech(
  { model: given, ...options }: SpeechOptions,
  emit: (event: SpeechEvent) => void | Promise<void>,
): Promise<SpeechResult> {
  const model = await givenModel(given, 'speak', 'onnx().speech(id)')
  check(options)
  const { call, warnings: missing } = fitKnobs(options, knobs, model)
  const fragments: Uint8Array[] = []
  let mediaType = ''
  const { finish, warnings, attempts } = await runEvents<SpeechEvent>({
    model,
    warnings: missing,
    ask: () => model.speak(call),
    take(event) {
      if (event.type === 'audio') {
        mediaType ||= event.mediaType
        fragments.push(event.data)
      }
      return emit(event)
    },
    signal: options.signal,
  })
  if (fragments.length === 0)
    throw new AnyModelError('malformed', `${model.provider}/${model.id} answered without any sound.`, {
      provider: model.provider,
      model: model.id,
    })
  const bytes = Buffer.concat(fragments)
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { usage, response, ...told } = finish
  const { sampleRate = told.sampleRate, seconds = told.seconds } = settleWav(data)
  return {
    audio: mediaFile(mediaType, data),
    ...(sampleRate === undefined ? {} : { sampleRate }),
    ...(seconds === undefined ? {} : { seconds }),
    usage,
    warnings,
    attempts,
    response,
  }
}

function check({ text, voice, speed, language, instructions, format, seed }: Omit<SpeechOptions, 'model'>): void {
  const wrong = (message: string): never => {
    throw new AnyModelError('invalid-argument', message)
  }
  if (typeof text !== 'string' || text.trim() === '') wrong('text must be a text that is not empty.')
  for (const [name, value] of Object.entries({ voice, instructions }))
    if (value !== undefined && typeof value !== 'string') wrong(`${name} must be a text.`)
  if (speed !== undefined && !(speed > 0 && Number.isFinite(speed))) wrong('speed must be a number above 0.')
  if (language !== undefined && !isTag(language)) wrong('language must be a BCP 47 tag, such as "en" or "de-AT".')
  if (format !== undefined && !formats.includes(format)) wrong(`format must be one of ${formats.join(', ')}.`)
  if (seed !== undefined && !Number.isFinite(seed)) wrong('seed must be a number.')
}
