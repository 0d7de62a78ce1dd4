import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { AnyModelError, type TranscribeOptions, type Transcript, type TranscriptStream } from '@anymodel/core'
import { printText } from './ask.ts'
import { audioModel } from './audio-model.ts'
import { type ModelOptions, openClient } from './client.ts'
import { drawingBar } from './drawing-bar.ts'
import { Interrupted } from './failure.ts'
import { outputClosed, remark, write } from './output.ts'
import { readBytes } from './prompt.ts'
import { formOf, written } from './transcript-form.ts'

export interface TranscribeFlags extends Pick<ModelOptions, 'config' | 'model'> {
  /** Where the transcript goes. Default: the standard output. */
  readonly output?: string
  readonly language?: string
  readonly prompt?: string
  readonly translate?: boolean
  readonly speakers?: boolean
  readonly words?: boolean
  readonly srt?: boolean
  readonly vtt?: boolean
  readonly json?: boolean
}

/** `anymodel transcribe talk.wav`: prints what is spoken, while it is written down, or subtitles at the end. */
export async function transcribe(path: string, flags: TranscribeFlags): Promise<void> {
  const { output, language, prompt, translate, speakers, words } = flags
  const form = formOf(flags)
  const model = await audioModel(flags, {
    role: 'transcription',
    command: `transcribe ${path}`,
    example: 'hf:onnx-community/whisper-tiny.en',
    size: '40 MB',
  })
  const audio = await readAudio(path)
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort(new Interrupted()))
  const client = await openClient(flags)
  try {
    const stream = client.ai.streamTranscription({
      model,
      audio,
      ...(language === undefined ? {} : { language }),
      ...(prompt === undefined ? {} : { prompt }),
      ...(translate ? { task: 'translate' as const } : {}),
      ...(speakers && { speakers }),
      ...(words && { words }),
      signal: AbortSignal.any([interrupt.signal, outputClosed]),
    })
    const isShown = form === 'text' && output === undefined
    if (isShown) await printText(trimmed(stream.textStream))
    else await follow(stream)
    const result = await stream.result
    for (const { message } of result.warnings) remark(message)
    if (!isShown) await deliver(written(form, result), result, output)
  } finally {
    await client.close()
  }
}

async function readAudio(path: string): Promise<TranscribeOptions['audio']> {
  if (/^https?:\/\//i.test(path)) return new URL(path)
  return { data: await readBytes(path), name: basename(path) }
}

/** A text does not begin with the space between sentences. */
async function* trimmed(text: AsyncIterable<string>): AsyncGenerator<string> {
  let isFirst = true
  for await (const fragment of text) {
    yield isFirst ? fragment.trimStart() : fragment
    isFirst = false
  }
}

/** Shows how far it is. */
async function follow(stream: TranscriptStream): Promise<void> {
  const bar = await drawingBar('Writing down')
  try {
    for await (const event of stream) {
      if (event.type === 'progress') bar.update(event.fraction)
      else if (event.type === 'notice' && event.kind === 'alive') bar.update(0)
    }
  } finally {
    bar.stop()
  }
}

async function deliver(text: string, { seconds }: Transcript, output: string | undefined): Promise<void> {
  if (output === undefined) return write(text)
  try {
    await writeFile(output, text)
  } catch (cause) {
    throw new AnyModelError('invalid-argument', `${output} can't be written: ${(cause as Error).message}`, { cause })
  }
  remark(`${output}${seconds === undefined ? '' : ` (${seconds.toFixed(1)} s of sound)`}`)
}
