import type { MediaInput } from '../contract/image.ts'
import type { TranscriptionEvent, TranscriptionKnob, TranscriptionModel } from '../contract/transcription.ts'
import { AnyModelError } from '../errors.ts'
import { readMedia } from './file-input.ts'
import { fitKnobs } from './fit-knobs.ts'
import { givenFile } from './given-file.ts'
import { givenModel } from './given-model.ts'
import { isTag } from './language-tag.ts'
import { runEvents } from './run-events.ts'
import type { TranscribeOptions, Transcript } from './transcribe.ts'

const knobs: readonly TranscriptionKnob[] = ['language', 'prompt', 'task', 'words', 'speakers', 'temperature']

/** Asks a model to write down what is spoken; `emit` takes its events. */
export async function runTranscription(
  options: TranscribeOptions,
  emit: (event: TranscriptionEvent) => void | Promise<void>,
): Promise<Transcript> {
  const { model: given, audio, downloads, words, speakers, task, ...rest } = options
  const { signal } = options
  const model = await givenModel(given, 'transcribe', 'onnx().transcription(id)')
  check(options)
  const tuning = {
    ...rest,
    ...(words && { words }),
    ...(speakers && { speakers }),
    ...(task === 'translate' && { task }),
  }
  const { call, warnings: missing } = fitKnobs(tuning, knobs, model)
  signal?.throwIfAborted()
  const source = isSource(audio) ? audio : { data: audio }
  const media = givenFile('sound', await readMedia(source, { downloads, signal }))
  refuseTooLarge(media, model)
  const segments: Transcript['segments'][number][] = []
  let text = ''
  const { finish, warnings, attempts } = await runEvents<TranscriptionEvent>({
    model,
    warnings: missing,
    ask: () => model.transcribe({ ...call, audio: media }),
    take(event) {
      if (event.type === 'text') text += event.text
      if (event.type === 'segment') segments.push(event.segment)
      return emit(event)
    },
    text: () => text,
    signal,
  })
  const { language, seconds, usage, response } = finish
  return {
    text: text.trim(),
    segments,
    words: segments.flatMap(({ words = [] }) => words),
    ...(language === undefined ? {} : { language }),
    ...(seconds === undefined ? {} : { seconds }),
    usage,
    warnings,
    attempts,
    response,
  }
}

function refuseTooLarge({ data }: MediaInput, { provider, id, supports: { maxBytes } }: TranscriptionModel): void {
  if (maxBytes === undefined || data.byteLength <= maxBytes) return
  const mb = (bytes: number) => (bytes / 1_000_000).toFixed(1)
  throw new AnyModelError(
    'invalid-argument',
    `audio has ${mb(data.byteLength)} MB, and ${provider}/${id} takes at most ${mb(maxBytes)}: cut it in pieces, or give a format that packs more tightly, such as mp3.`,
    { provider, model: id },
  )
}

const isSource = (audio: TranscribeOptions['audio']): audio is Extract<TranscribeOptions['audio'], { data: unknown }> =>
  typeof audio === 'object' && 'data' in audio

function check({ audio, language, prompt, task, temperature }: TranscribeOptions): void {
  const wrong = (message: string): never => {
    throw new AnyModelError('invalid-argument', message)
  }
  if (typeof audio !== 'string' && (typeof audio !== 'object' || audio === null))
    wrong('audio must be bytes, a URL, base64 text, or { data, mediaType }.')
  if (language !== undefined && !isTag(language)) wrong('language must be a BCP 47 tag, such as "en" or "de-AT".')
  if (prompt !== undefined && typeof prompt !== 'string') wrong('prompt must be a text.')
  if (task !== undefined && task !== 'transcribe' && task !== 'translate')
    wrong('task must be "transcribe" or "translate".')
  if (temperature !== undefined && !(temperature >= 0)) wrong('temperature must be a number from 0 on.')
}
