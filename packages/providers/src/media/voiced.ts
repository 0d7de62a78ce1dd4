import type {
  Json,
  Segment,
  SpeechCall,
  SpokenWord,
  TranscriptionCall,
  TranscriptionEvent,
  Usage,
} from '@anymodel/core'
import type { FirstAsk } from './steps.ts'

/** The first request of a call for speech, with what will come of it. */
export interface SpeechAsk extends FirstAsk {
  /** Of the file that the fragments make. */
  readonly mediaType: string
  /** Written before the sound, where the service sends bare samples and a file is wanted. */
  readonly header?: Uint8Array
  /** Samples per second, where it is settled beforehand. */
  readonly sampleRate?: number
}

/** What a service told about its speech. */
export interface Spoken {
  readonly usage?: Usage | undefined
  readonly id?: string | undefined
  readonly details?: Readonly<Record<string, Json>> | undefined
}

/** Reads a stream of events to sound. Synchronous, no I/O, no clock. */
export interface SpeechDecoder {
  /** The sound in one event. */
  event(value: unknown, name: string | undefined): Uint8Array | undefined
  /** Throws `truncated` when the sound is not whole. */
  end(): Spoken
}

/** All that came of one transcription. */
export interface Heard {
  readonly text: string
  readonly segments?: readonly Segment[] | undefined
  readonly language?: string | undefined
  readonly seconds?: number | undefined
  readonly usage?: Usage | undefined
  readonly id?: string | undefined
  readonly details?: Readonly<Record<string, Json>> | undefined
}

/** Reads a stream of events to a transcript. Synchronous, no I/O, no clock. */
export interface TranscriptionDecoder {
  event(value: unknown, name: string | undefined): readonly Extract<TranscriptionEvent, { type: 'text' | 'segment' }>[]
  /** What is known besides the text. Throws `truncated` when the transcript is not whole. */
  end(): Omit<Heard, 'text' | 'segments'>
}

/** The language alone: `de` of `de-AT`. */
export const primaryLanguage = (tag: string): string => tag.split('-')[0]?.toLowerCase() ?? tag

/** `audio/mpeg` and the like by the name of the format. */
export const audioTypes: Readonly<Record<NonNullable<SpeechCall['format']>, string>> = {
  wav: 'audio/wav',
  pcm: 'audio/pcm',
  mp3: 'audio/mpeg',
  opus: 'audio/ogg',
  aac: 'audio/aac',
  flac: 'audio/flac',
}

/** How bare 16-bit samples say what they are. */
export const pcmType = (sampleRate: number): string => `audio/pcm;rate=${sampleRate};channels=1`

/** The beginning of a WAV file of 16-bit samples; without `length` one that says that nobody knows it yet. */
export function wavHeader(
  sampleRate: number,
  { channels = 1, length }: { readonly channels?: number; readonly length?: number } = {},
): Uint8Array {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(length === undefined ? 0xffffffff : length + 36, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(sampleRate, 24)
  header.writeUInt32LE(sampleRate * channels * 2, 28)
  header.writeUInt16LE(channels * 2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(length ?? 0xffffffff, 40)
  return header
}

/** The sound as a file: bare samples get the header that says what they are. */
export function asFile({ mediaType, data }: TranscriptionCall['audio']): TranscriptionCall['audio'] {
  const parameters = /^audio\/(?:pcm|l16)\s*;(.*)$/i.exec(mediaType)?.[1]
  if (parameters === undefined) return { mediaType, data }
  const of = (name: string, otherwise: number): number =>
    Number(new RegExp(`${name}\\s*=\\s*(\\d+)`, 'i').exec(parameters)?.[1] ?? otherwise)
  const header = wavHeader(of('rate', 16_000), { channels: of('channels', 1), length: data.length })
  return { mediaType: 'audio/wav', data: Buffer.concat([header, data]) }
}

/** A pause of so many seconds ends a segment. */
const pause = 1

/** Words as segments: a change of speaker, a pause, or the end of a sentence ends one. */
export function segmentsOf(words: readonly SpokenWord[], keepWords: boolean): Segment[] {
  const groups: SpokenWord[][] = []
  let open: SpokenWord[] = []
  for (const word of words) {
    const last = open.at(-1)
    if (
      last &&
      (last.speaker !== word.speaker || word.start - last.end > pause || /[.!?。！？]["'”’)]*$/.test(last.text))
    ) {
      groups.push(open)
      open = []
    }
    open.push(word)
  }
  if (open.length > 0) groups.push(open)
  return groups.map((group) => segmentOf(group, keepWords))
}

function segmentOf(words: readonly SpokenWord[], keepWords: boolean): Segment {
  const [first, last] = [words[0], words.at(-1)]
  const speaker = first?.speaker
  return {
    text: words.map(({ text }) => text.trim()).join(' '),
    start: first?.start ?? 0,
    end: last?.end ?? 0,
    ...(keepWords && { words }),
    ...(speaker !== undefined && { speaker }),
  }
}
