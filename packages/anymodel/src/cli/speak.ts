import { once } from 'node:events'
import { AnyModelError, type SpeechOptions } from '@anymodel/core'
import { audioModel } from './audio-model.ts'
import { type ModelOptions, type OpenClient, openClient } from './client.ts'
import { Interrupted } from './failure.ts'
import { outputClosed, remark, write } from './output.ts'
import { readPiped } from './prompt.ts'

export interface SpeakFlags extends Pick<ModelOptions, 'config' | 'model'> {
  /** Where the sound goes. Default: the standard output, when it is no terminal. */
  readonly output?: string
  readonly voice?: string
  readonly speed?: number
  readonly language?: string
  readonly instructions?: string
  readonly format?: string
  readonly json?: boolean
}

const formats = ['wav', 'pcm', 'mp3', 'opus', 'aac', 'flac']

/** `anymodel speak "text" -o talk.wav`: speaks a text, or what is piped in, into a file or a pipe. */
export async function speak(words: string, flags: SpeakFlags): Promise<void> {
  const { output, voice, speed, language, instructions } = flags
  if (output === undefined && process.stdout.isTTY)
    throw new AnyModelError('invalid-argument', 'Say where the sound shall go: -o talk.wav, or pipe it into a player.')
  if (output === undefined && flags.json)
    throw new AnyModelError(
      'invalid-argument',
      'Say where the sound shall go: -o talk.wav. Nothing else fits into a pipe.',
    )
  const model = await audioModel(flags, {
    role: 'speech',
    command: 'speak "Hello." -o hello.wav',
    example: 'hf:onnx-community/Kokoro-82M-v1.0-ONNX:q8',
    size: '60 MB',
  })
  const text = words !== '' || process.stdin.isTTY ? words : await readPiped()
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort(new Interrupted()))
  const format = flags.format ?? formats.find((name) => output?.toLowerCase().endsWith(`.${name}`))
  const client = await openClient(flags)
  try {
    await say(client, flags, {
      model,
      text,
      ...(voice === undefined ? {} : { voice }),
      ...(speed === undefined ? {} : { speed }),
      ...(language === undefined ? {} : { language }),
      ...(instructions === undefined ? {} : { instructions }),
      ...(format === undefined ? {} : { format: format as NonNullable<SpeechOptions['format']> }),
      signal: AbortSignal.any([interrupt.signal, outputClosed]),
    })
  } finally {
    await client.close()
  }
}

type Call = Omit<SpeechOptions, 'model'> & { readonly model: string }

async function say({ ai }: OpenClient, { output, json }: SpeakFlags, call: Call): Promise<void> {
  const stream = ai.streamSpeech(call)
  if (output === undefined)
    for await (const fragment of stream.audioStream)
      if (!process.stdout.write(fragment)) await once(process.stdout, 'drain')
  const { audio, seconds, warnings, response } = await stream.result
  for (const { message } of warnings) remark(message)
  if (output === undefined) return
  await audio.save(output)
  if (json) {
    const { provider, model } = response
    const told = { path: output, mediaType: audio.mediaType, bytes: audio.data.length, seconds, provider, model }
    return write(`${JSON.stringify(told)}\n`)
  }
  remark(`${output}${seconds === undefined ? '' : ` (${seconds.toFixed(1)} s)`}`)
}
