import { AnyModelError, type MediaInput } from '@anymodel/core'
import { resample } from './resample.ts'
import { runProgram } from './run-program.ts'
import { longestSeconds, type Sound } from './sound.ts'
import { isWav, readSamples, readWav } from './wav.ts'

/** What decoding may need. */
export interface DecodeOptions {
  /** Samples per second that are wanted. */
  readonly rate: number
  /** True once nobody waits for the sound any more. */
  cancelled?(): boolean
  /** The ffmpeg to run. Default: the one on the path. */
  readonly ffmpeg?: string
}

/**
 * Sound of one channel at the rate that is wanted: of WAV files and bare samples (`audio/pcm` little endian, `audio/l16` big endian, with `rate` and `channels`: RFC 2586) by itself, of everything else
 * through an installed ffmpeg. `undefined` when nobody waits any more. Throws `invalid-argument` that says what to do.
 */
export async function decodeSound({ mediaType, data }: MediaInput, options: DecodeOptions): Promise<Sound | undefined> {
  const bare = /^audio\/(pcm|l16)\b/i.exec(mediaType)
  if (bare) return resample(readBare(mediaType, data, bare[1]?.toLowerCase() === 'l16'), options.rate)
  const sound = isWav(data) ? readWav(data) : undefined
  return sound ? resample(sound, options.rate) : throughFfmpeg(mediaType, data, options)
}

function readBare(mediaType: string, data: Uint8Array, bigEndian: boolean): Sound {
  const parameter = (name: string) => {
    const value = new RegExp(`;\\s*${name}\\s*=\\s*"?([^";]*)`, 'i').exec(mediaType)?.[1]
    return value === undefined ? undefined : Number(value)
  }
  const rate = parameter('rate')
  if (rate === undefined)
    throw new AnyModelError(
      'invalid-argument',
      `Bare samples don't say how many make a second: use the media type ${mediaType};rate=16000 (and channels=2 for stereo).`,
    )
  return readSamples(data, { encoding: 'integer', bits: 16, channels: parameter('channels') ?? 1, rate, bigEndian })
}

/** Containers and bare streams of sound; what refers to other files (playlists, concat) is not among them. */
const formats = 'aac,ac3,aiff,amr,ape,asf,au,avi,caf,eac3,flac,matroska,mov,mp3,mpeg,mpegts,ogg,opus,tta,w64,wav,wv'

const arguments_ = (rate: number): string[] => [
  ...['-hide_banner', '-loglevel', 'error', '-nostdin'],
  // Only what comes in through the pipe is read; `cache` lets formats that need it look back.
  ...['-protocol_whitelist', 'cache,pipe', '-format_whitelist', formats, '-i', 'cache:pipe:0'],
  ...['-map', '0:a:0', '-f', 's16le', '-ac', '1', '-ar', String(rate), 'pipe:1'],
]

/** Longest that ffmpeg may take, in ms: it decodes an hour of sound in some seconds. */
const patience = 300_000

async function throughFfmpeg(mediaType: string, data: Uint8Array, options: DecodeOptions): Promise<Sound | undefined> {
  const { rate, ffmpeg = 'ffmpeg', cancelled = () => false } = options
  const limits = { time: patience, output: rate * 2 * longestSeconds, cancelled }
  const ended = await runProgram(ffmpeg, arguments_(rate), data, limits)
  if (ended.type === 'cancelled') return undefined
  if (ended.type !== 'done') throw wrong(stopped(ended.type, mediaType, rate))
  if (ended.code !== 0 && ended.output.length === 0)
    throw wrong(`The sound (${mediaType}) can't be read: ${ended.message.trim().split('\n').at(-1) ?? 'ffmpeg failed'}`)
  return readSamples(ended.output, { encoding: 'integer', bits: 16, channels: 1, rate })
}

const wrong = (message: string): AnyModelError => new AnyModelError('invalid-argument', message)

function stopped(why: 'absent' | 'time' | 'output', mediaType: string, rate: number): string {
  if (why === 'absent')
    return `${mediaType} can't be read without ffmpeg, which is not installed here. Install it, or convert the file: ffmpeg -i talk.mp3 -ar ${rate} -ac 1 talk.wav`
  return why === 'time'
    ? `ffmpeg needed more than ${patience / 60_000} minutes for the sound: split it.`
    : `The sound is longer than ${longestSeconds / 3_600} hours: split it.`
}
