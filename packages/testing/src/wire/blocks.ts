import type { FilePart, SourcePart, ToolResultPart } from '@anymodel/core'
import type { Content } from '../answer.ts'

/** A text, a thought or a tool call of an answer with its fragments joined. */
export interface TextBlock {
  readonly type: 'text' | 'reasoning' | 'tool-call'
  readonly index: number
  /** Of tool calls. */
  readonly id: string
  readonly name: string
  text: string
  /** What the service wants back with the block. */
  signature: string | undefined
  /** Sources inside a text. */
  readonly sources: SourcePart[]
}

/** Anything else stands alone. */
export interface OtherBlock {
  readonly type: 'file' | 'tool-result'
  readonly index: number
  readonly part: FilePart | ToolResultPart
}

/** One step in writing an answer. */
export interface Fragment {
  readonly block: TextBlock | OtherBlock
  readonly text: string
  readonly source?: SourcePart
  first: boolean
  last: boolean
}

/** An answer as the blocks that wire formats are made of, and the fragments they are written in. */
export function toFragments(content: readonly Content[]): {
  blocks: (TextBlock | OtherBlock)[]
  fragments: Fragment[]
} {
  const blocks: (TextBlock | OtherBlock)[] = []
  const fragments: Fragment[] = []
  let open: TextBlock | undefined
  for (const part of content) {
    if (part.type === 'source') {
      open = open?.type === 'text' ? open : start('text')
      open.sources.push(part)
      fragments.push({ block: open, text: '', source: part, first: false, last: false })
    } else if (part.type === 'file' || part.type === 'tool-result') {
      open = undefined
      const block: OtherBlock = { type: part.type, index: blocks.length, part }
      blocks.push(block)
      fragments.push({ block, text: '', first: false, last: false })
    } else {
      const known = part.type === 'tool-call' ? byId(part.id) : open?.type === part.type ? open : undefined
      const block = known ?? start(part.type, part.type === 'tool-call' ? part : undefined)
      const text = part.type === 'tool-call' ? part.input : part.text
      block.text += text
      if (part.opaque) block.signature = String(part.opaque.data)
      open = part.opaque ? undefined : block
      fragments.push({ block, text, first: false, last: false })
    }
  }
  const begun = new Set<TextBlock | OtherBlock>()
  for (const fragment of fragments) {
    fragment.first = !begun.has(fragment.block)
    begun.add(fragment.block)
  }
  for (const block of blocks) (fragments.findLast((fragment) => fragment.block === block) as Fragment).last = true
  return { blocks, fragments }

  function byId(id: string): TextBlock | undefined {
    return blocks.find((block): block is TextBlock => block.type === 'tool-call' && block.id === id)
  }

  function start(type: TextBlock['type'], { id = '', name = '' }: { id?: string; name?: string } = {}): TextBlock {
    const block: TextBlock = { type, index: blocks.length, id, name, text: '', signature: undefined, sources: [] }
    blocks.push(block)
    return block
  }
}

/** A tool call's input as an object: what formats without JSON texts carry. */
export function inputOf({ text }: TextBlock): unknown {
  return text.trim() === '' ? {} : JSON.parse(text)
}

export const isTextBlock = (block: TextBlock | OtherBlock): block is TextBlock =>
  block.type !== 'file' && block.type !== 'tool-result'
