import type { Found, Metadata, Store, StoredChunk } from '../contract.ts'

/** A stretch of a document: one chunk, or several that stand together. `text` stands at `start` to `end` of the document's text; between chunks it has line breaks in place of the white space that was there. */
export interface Passage {
  readonly documentId: string
  readonly text: string
  readonly start: number
  readonly end: number
  readonly headings: readonly string[]
  readonly page?: string
  readonly title?: string
  readonly metadata: Metadata
  /** Of the best chunk in it. */
  readonly score: number
  /** The chunks that were found in it. */
  readonly found: readonly string[]
}

export interface PassageOptions {
  /** How many chunks before and behind each one are given with it (sentence window). Default 1. */
  readonly neighbours?: number
  /** Gives the larger chunk in place of its children when at least half of them were found. Default true; without hierarchical chunks there is nothing to do. */
  readonly mergeParents?: boolean
}

type Reading = Pick<Store, 'chunks' | 'range'>

/** Makes passages of chunks: parents for their children, neighbours around each, what overlaps or touches made one. Best first. */
export async function toPassages(
  found: readonly Found[],
  store: Reading,
  options: PassageOptions = {},
): Promise<Passage[]> {
  return joinPassages(await windows(found, store, options))
}

/** A passage for each chunk, best first: its parent where half of its siblings were found as well, else with its neighbours. They may overlap. */
export async function windows(
  found: readonly Found[],
  store: Reading,
  { neighbours = 1, mergeParents = true }: PassageOptions = {},
): Promise<Passage[]> {
  const merged = mergeParents ? await withParents(found, store) : found
  const inOrder = [...merged].sort((a, b) => b.score - a.score)
  return Promise.all(inOrder.map((each) => widened(each, store, neighbours)))
}

/** Chunks with more levels above them are not merged further. */
const mostLevels = 4

/** Children give way to their parent where at least half of them were found, level by level. */
async function withParents(found: readonly Found[], store: Reading): Promise<readonly Found[]> {
  let current = found
  for (let level = 0; level < mostLevels; level++) {
    const families = new Map<string, Found[]>()
    for (const each of current) {
      const { parentId } = each.chunk
      if (parentId !== undefined) families.set(parentId, [...(families.get(parentId) ?? []), each])
    }
    const parents = await store.chunks([...families.keys()])
    const full: Found[] = []
    for (const parent of parents) {
      const children = families.get(parent.id) as Found[]
      if (children.length * 2 >= (await countChildren(parent, store)))
        full.push({ chunk: parent, score: best(children) })
    }
    if (full.length === 0) return current
    const gone = new Set(full.map(({ chunk }) => chunk.id))
    current = [...current.filter(({ chunk }) => !gone.has(chunk.parentId ?? '')), ...full]
  }
  return current
}

const best = (found: readonly Found[]): number => found.reduce((most, { score }) => Math.max(most, score), -Infinity)

/** Children stand behind their parent; of a family of more than this the rest is not counted. */
const largestFamily = 256

async function countChildren({ id, documentId, index }: StoredChunk, store: Reading): Promise<number> {
  const behind = await store.range(documentId, index + 1, index + 1 + largestFamily)
  return behind.filter(({ parentId }) => parentId === id).length
}

async function widened({ chunk, score }: Found, store: Reading, neighbours: number): Promise<Passage> {
  const { documentId, index, isParent } = chunk
  const around =
    neighbours === 0 || isParent
      ? [chunk]
      : await store.range(documentId, Math.max(0, index - neighbours), index + neighbours + 1)
  const level = around.filter((each) => !!each.isParent === !!isParent && each.parentId === chunk.parentId)
  let passage = passageOf(chunk, score)
  for (const each of level.filter(({ start }) => start > chunk.start))
    passage = join(passage, passageOf(each, score)) ?? passage
  for (const each of level.filter(({ start }) => start < chunk.start).reverse())
    passage = join(passageOf(each, score), passage) ?? passage
  return { ...passage, found: [chunk.id] }
}

function passageOf(
  { id, text, start, end, headings, page, title, documentId, metadata }: StoredChunk,
  score: number,
): Passage {
  return {
    documentId,
    text,
    start,
    end,
    headings,
    metadata,
    score,
    found: [id],
    ...(page === undefined ? {} : { page }),
    ...(title === undefined ? {} : { title }),
  }
}

/** Makes one passage of those that overlap or stand side by side in a document. Best first. */
export function joinPassages(passages: readonly Passage[]): Passage[] {
  const inOrder = [...passages].sort((a, b) =>
    a.documentId < b.documentId ? -1 : a.documentId > b.documentId ? 1 : a.start - b.start,
  )
  const result: Passage[] = []
  for (const passage of inOrder) {
    const last = result.at(-1)
    const one = last && last.documentId === passage.documentId ? join(last, passage) : undefined
    if (one) result[result.length - 1] = one
    else result.push(passage)
  }
  return result.sort((a, b) => b.score - a.score)
}

/** White space that a splitter leaves between chunks is not longer; over more than that nothing is joined, for what stands there is not known. */
const widestGap = 8

/** Two passages of one document, the first of which begins first, as one; `undefined` where too much lies between them. */
function join(first: Passage, second: Passage): Passage | undefined {
  const gap = second.start - first.end
  if (gap > widestGap) return undefined
  const between = '\n'.repeat(Math.max(0, gap))
  const rest = second.end > first.end ? between + second.text.slice(Math.max(0, -gap)) : ''
  return {
    ...first,
    text: first.text + rest,
    end: Math.max(first.end, second.end),
    score: Math.max(first.score, second.score),
    found: [...first.found, ...second.found],
  }
}
