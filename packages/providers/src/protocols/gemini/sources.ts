import type { Part, SourcePart } from '@anymodel/core'
import type { WireCitations, WireGrounding, WireSegment, WireSource } from './wire.ts'

/** What the service says about where its answer comes from. */
export interface Origins {
  readonly grounding?: WireGrounding | undefined
  readonly citations?: WireCitations | undefined
}

/**
 * The sources of an answer, with the ranges of the text that they support. `blocks` are the texts of the answer: the service counts through all of them, so there are ranges only where there is one.
 */
export function toSources({ grounding, citations }: Origins, blocks: readonly string[]): Part[] {
  const range = blocks.length === 1 ? ranges(blocks[0] as string) : () => ({})
  const chunks = (grounding?.groundingChunks ?? []).map(
    ({ web, retrievedContext, maps }) => web ?? retrievedContext ?? maps,
  )
  const used = new Set<number>()
  const supported = (grounding?.groundingSupports ?? []).flatMap(({ segment, groundingChunkIndices = [] }) =>
    groundingChunkIndices.flatMap((index) => {
      const chunk = chunks[index]
      if (!chunk) return []
      used.add(index)
      return [{ ...toSource(chunk), ...range(segment) }]
    }),
  )
  const others = chunks.flatMap((chunk, index) => (chunk && !used.has(index) ? [toSource(chunk)] : []))
  const cited = (citations?.citations ?? citations?.citationSources ?? []).map((citation) => ({
    ...toSource(citation),
    ...range(citation),
  }))
  return [...supported, ...others, ...cited]
}

const toSource = ({ uri, title, text }: WireSource): SourcePart => ({
  type: 'source',
  ...(uri === undefined ? {} : { url: uri }),
  ...(title === undefined ? {} : { title }),
  ...(text === undefined ? {} : { quote: text }),
})

/** From bytes of UTF-8, which the service counts, to code units of a string. */
function ranges(text: string): (segment: WireSegment | undefined) => { start?: number; end?: number } {
  const bytes = Buffer.from(text)
  const at = (byte: number) => (bytes.length === text.length ? byte : bytes.subarray(0, byte).toString().length)
  return (segment) => (segment?.endIndex ? { start: at(segment.startIndex ?? 0), end: at(segment.endIndex) } : {})
}
