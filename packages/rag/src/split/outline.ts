import type * as TreeSitter from '@vscode/tree-sitter-wasm'
import { type Declaration, declaredName } from './declarations.ts'
import { parserFor } from './grammars.ts'

/** A place to cut at. `depth` grows inwards. */
export interface Cut {
  readonly at: number
  readonly depth: number
  /** Where the comments and decorators begin that this cuts off. */
  readonly lead?: number
}

/** Where code may be cut, and what it declares. */
export interface Outline {
  /** Where a declaration, a statement or a like part begins on a line of its own, with the comments and decorators above it; in the order of the text. */
  readonly cuts: readonly Cut[]
  /** Each as far as it reaches, comments and decorators included; outer ones before those in them. */
  readonly declarations: readonly Declaration[]
}

/** Longer texts are data or made by machines. What is meant to can take a thousand bytes of memory for each character. */
const longest = 400_000
/** Milliseconds for one text. So much common code takes half a second. */
const maxTime = 2_000
/** Code of which a larger part does not parse is in another language than it says. */
const mostBroken = 0.1

/** Parses code. `undefined` where there is no grammar for it, where too much of it does not parse, and where it is too long or takes too long. */
export async function outlineOf(text: string, language: string): Promise<Outline | undefined> {
  if (text.length > longest) return undefined
  const parser = await parserFor(language)
  if (!parser) return undefined
  const until = performance.now() + maxTime
  const expired = () => performance.now() > until
  try {
    const tree = parser.parse(text, null, { progressCallback: expired })
    const outline = tree ? read(tree, text, expired) : undefined
    tree?.delete()
    parser.delete()
    return outline
  } catch (error) {
    // It ran out of memory, which code that is meant to can bring about; what it held can't even be deleted.
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) return undefined
    throw error
  }
}

/** What is known around a node. */
interface Frame {
  /** The nearest part around it that may be cut off. */
  readonly part: Part
  /** Comments and decorators that end on the line above. */
  lead?: { readonly start: number; readonly row: number } | undefined
}

interface Part {
  readonly start: number
  /** Where it begins without its comments. */
  readonly head: number
  readonly end: number
  named: boolean
}

/** Fields in which grammars put parts of a list; in others stands what belongs together, such as the name and the body of a function. */
const listFields: readonly (string | null)[] = [null, 'member', 'decorator']

const leading = /^(?:(?:line_|block_|doc_)?comment|decorator|annotation|attribute_item|attribute_list)$/

/** Walks with a cursor, since code may nest deeper than a stack. */
function read(tree: TreeSitter.Tree, text: string, expired: () => boolean): Outline | undefined {
  const cuts: Cut[] = []
  const declarations: Declaration[] = []
  const frames: Frame[] = [{ part: { start: 0, head: -1, end: text.length, named: true } }]
  const cursor = tree.walk()
  let broken = cursor.nodeType === 'ERROR' ? text.length : 0
  for (let [more, nodes] = [cursor.gotoFirstChild(), 1]; more; nodes++) {
    if (nodes % 256 === 0 && expired()) return undefined
    const frame = frames.at(-1) as Frame
    const isBroken = cursor.nodeType === 'ERROR'
    if (isBroken) broken += cursor.endIndex - cursor.startIndex
    const inner = isBroken ? undefined : enter(frame)
    if (inner && cursor.gotoFirstChild()) frames.push(inner)
    else more = next()
  }
  cursor.delete()
  return broken > text.length * mostBroken ? undefined : { cuts, declarations }

  /** Goes to the node behind this one, out of those that end here. */
  function next(): boolean {
    while (!cursor.gotoNextSibling()) {
      frames.pop()
      if (!cursor.gotoParent()) return false
    }
    return true
  }

  /** Notes what the node is. Gives what its children have to know; nothing where it has no lines to cut at. */
  function enter(frame: Frame): Frame | undefined {
    const { startIndex: start, startPosition, endPosition } = cursor
    const lead = frame.lead && startPosition.row - frame.lead.row <= 1 ? frame.lead : undefined
    const isPart = cursor.nodeIsNamed && listFields.includes(cursor.currentFieldName) && beginsLine(text, start)
    if (isPart && leading.test(cursor.nodeType)) {
      if (!lead) cuts.push({ at: start, depth: frames.length })
      frame.lead = { start: lead?.start ?? start, row: endPosition.row }
      return undefined
    }
    const isNew = isPart && start !== frame.part.head
    if (isNew)
      cuts.push(
        lead ? { at: start, depth: frames.length + 0.5, lead: lead.start } : { at: start, depth: frames.length },
      )
    frame.lead = undefined
    const part = isNew ? { start: lead?.start ?? start, head: start, end: cursor.endIndex, named: false } : frame.part
    name(part)
    return startPosition.row === endPosition.row ? undefined : { part, lead: isNew ? undefined : lead }
  }

  /** The first declaration in a part names it: a function is what an export exports. */
  function name(part: Part): void {
    const name = part.named ? undefined : declaredName(cursor)
    if (name === undefined) return
    declarations.push({ start: part.start, end: part.end, name })
    part.named = true
  }
}

/** True where only white space stands before a place on its line. */
function beginsLine(text: string, at: number): boolean {
  let from = at
  while (text[from - 1] === ' ' || text[from - 1] === '\t') from--
  return from === 0 || text[from - 1] === '\n' || text[from - 1] === '\r'
}
