import type { SpokenWord } from '@anymodel/core'
import { detokenizer } from '../text/detokenize.ts'
import { align } from './align.ts'
import type { Stretch } from './segments.ts'
import type { Whisper } from './whisper.ts'
import { type TimedText, toWords } from './words.ts'
import type { Written } from './write-window.ts'

/** When each token of a window begins, in seconds from its start, and at the end of the list when the last one ends. */
export type TokenTimes = readonly number[]

/** The times of a window's tokens. `seconds`: how much sound there is in it. */
export function tokenTimes({ folder, vocabulary }: Whisper, written: Written, seconds: number): TokenTimes {
  const width = folder.config.max_source_positions ?? 1_500
  const layers = written.attention[0] ?? []
  const headsIn = (layer: number) => (layers[layer]?.length ?? 0) / width
  const listed = folder.generation.alignment_heads?.filter(([layer, head]) => head >= 0 && head < headsIn(layer))
  const heads = listed && listed.length > 0 ? listed : laterHeads(layers.length, headsIn)
  const used = Math.max(1, Math.min(width, Math.round(seconds / vocabulary.timeStep)))
  const median = folder.config.median_filter_width ?? 7
  const begins = align({ byToken: written.attention, heads, width, used, median })
  return [...begins.map((column) => column * vocabulary.timeStep), seconds]
}

/** Where the folder does not say which heads follow the sound: those of the second half of the layers. */
const laterHeads = (layers: number, headsIn: (layer: number) => number): [number, number][] =>
  Array.from({ length: layers }, (_, layer) => layer)
    .slice(Math.floor(layers / 2))
    .flatMap((layer) => Array.from({ length: headsIn(layer) }, (_, head): [number, number] => [layer, head]))

/** The words of a stretch with their times in the whole sound, which begins `offset` seconds before the window. */
export function wordsOf(
  { bytes }: Whisper,
  stretch: Stretch,
  { times, offset, language }: { readonly times: TokenTimes; readonly offset: number; readonly language: string },
): SpokenWord[] {
  const decoder = detokenizer(false)
  const pieces: TimedText[] = []
  let since: number | undefined
  for (const [i, token] of stretch.tokens.entries()) {
    const at = stretch.at + i
    since ??= times[at] as number
    const text = decoder.push(bytes.of(token))
    // A character that is spread over tokens is whole with the last of them.
    if (text === '') continue
    pieces.push({ text, start: offset + since, end: offset + (times[at + 1] ?? since) })
    since = undefined
  }
  return toWords(pieces, language)
}
