import { basename } from 'node:path'
import { AnyModelError, type TranscribeOptions, type Transcript, toSrt, toVtt } from '@anymodel/core'
import { printText } from './ask.ts'
import { audioModel } from './audio-model.ts'
import { type ModelOptions, openClient } from './client.ts'
import { Interrupted } from './failure.ts'
import { outputClosed, remark, write } from './output.ts'
import { readBytes } from './prompt.ts'

export interface TranscribeFlags extends Pick<ModelOptions, 'config' | 'model'> {
  readonly language?: string
  readonly prompt?: string
  readonly translate?: boolean
  readonly srt?: boolean
  readonly vtt?: boolean
  readonly json?: boolean
}

/** `anymodel transcribe talk.wav`: prints what is spoken, while it is written down, or subtitles at the end. */
export async function transcribe(path: string, flags: TranscribeFlags): Promise<void> {
  const { srt, vtt, json, language, prompt, translate } = flags
  if ([srt, vtt, json].filter(Boolean).length > 1)
    throw new AnyModelError('invalid-argument', 'Of --srt, --vtt and --json only one can be printed.')
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
      signal: AbortSignal.any([interrupt.signal, outputClosed]),
    })
    if (!srt && !vtt && !json) await printText(trimmed(stream.textStream))
    const result = await stream.result
    for (const { message } of result.warnings) remark(message)
    if (srt) await write(toSrt(timed(result)))
    if (vtt) await write(toVtt(timed(result)))
    if (json) await write(`${JSON.stringify(summary(result), null, process.stdout.isTTY ? 2 : 0)}\n`)
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

function timed({ segments, text, response }: Transcript): Transcript['segments'] {
  if (segments.length > 0 || text === '') return segments
  throw new AnyModelError(
    'unsupported',
    `${response.provider}/${response.model} gives no times, so there are no subtitles: choose another model.`,
  )
}

const summary = ({ text, segments, language, seconds, usage, warnings, response }: Transcript) => {
  const { raw: _raw, ...tokens } = usage
  const { provider, model } = response
  return { text, segments, language, seconds, provider, model, usage: tokens, warnings }
}
