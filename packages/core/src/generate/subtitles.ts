import type { Segment } from '../contract/transcription.ts'
import { AnyModelError } from '../errors.ts'

/** Segments as SubRip subtitles (`.srt`). Throws `invalid-argument` for times that are none. */
export const toSrt = (segments: readonly Segment[]): string =>
  segments.map((segment, at) => `${at + 1}\n${times(segment, ',')}\n${oneBlock(segment.text)}\n`).join('\n')

/** Segments as WebVTT (`.vtt`), for the `<track>` of a web page. https://www.w3.org/TR/webvtt1/ Throws `invalid-argument` for times that are none. */
export const toVtt = (segments: readonly Segment[]): string =>
  [
    'WEBVTT\n',
    ...segments.map((segment) => `${times(segment, '.')}\n${speaker(segment)}${escaped(segment.text)}\n`),
  ].join('\n')

const speaker = ({ speaker }: Segment): string =>
  speaker === undefined ? '' : `<v ${escaped(speaker).replaceAll(/[\r\n.]+/g, ' ')}>`

/** `-->` in the text would be read as times, `&` and `<` as markup. */
const escaped = (text: string): string =>
  oneBlock(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** An empty line would end the subtitle. */
const oneBlock = (text: string): string => text.trim().replaceAll(/\s*[\r\n]+\s*/g, '\n')

const times = ({ start, end }: Segment, point: string): string => `${clock(start, point)} --> ${clock(end, point)}`

function clock(seconds: number, point: string): string {
  if (!(seconds >= 0 && seconds < 3.6e6))
    throw new AnyModelError('invalid-argument', `A segment's time is ${seconds}, which is no number of seconds.`)
  const ms = Math.round(seconds * 1_000)
  const part = (size: number, of: number, digits: number) => String(Math.floor(ms / size) % of).padStart(digits, '0')
  return `${part(3_600_000, 1_000, 2)}:${part(60_000, 60, 2)}:${part(1_000, 60, 2)}${point}${part(1, 1_000, 3)}`
}
