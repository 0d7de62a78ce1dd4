import { readdir, readFile } from 'node:fs/promises'
import {
  type Chunk,
  codeSplitter,
  type Document,
  knowledge,
  load,
  memoryStore,
  type Splitter,
  type Words,
} from '@anymodel/rag'

/** A function that is asked for, and where it stands with its comment. */
interface Asked {
  readonly name: string
  /** The first sentence of its comment. */
  readonly sentence: string
  readonly documentId: string
  readonly start: number
  readonly end: number
}

export interface CodeSearch {
  readonly files: number
  readonly questions: number
  readonly chunks: number
  /** Of the functions that fit with their comments, the share that stands in one chunk. */
  readonly whole: number
  /** nDCG@10: the share of the function that each chunk holds is its gain, all of it at the first place is 1. */
  readonly byName: number
  readonly byWordsOfName: number
  readonly bySentence: number
}

const root = new URL('../../packages/', import.meta.url)

/** The sources of this repository as documents, as they are loaded, without tests. */
export async function sources(packages: readonly string[]): Promise<readonly Document[]> {
  const documents: Document[] = []
  for (const name of packages) {
    const folder = new URL(`${name}/src/`, root)
    const paths = (await readdir(folder, { recursive: true })).filter((path) => /(?<!\.test|\.d)\.ts$/.test(path))
    for (const path of paths.sort()) {
      const bytes = await readFile(new URL(path, folder))
      documents.push(...(await load({ id: `${name}/${path}`, bytes })))
    }
  }
  return documents
}

const commented =
  /^\/\*\*\s*([^\n]*(?:\n \*[^\n]*)*?)\*\/\n(?:export )?(?:async )?function\*? (\w+)[^\n]*\n(?:(?!\})[^\n]*\n)*\}/gm

/** Functions with a comment of some words, as the text itself shows them: no parser has a say in what is right. */
export function askedOf({ id, text }: Document): readonly Asked[] {
  return [...text.matchAll(commented)].flatMap((match) => {
    const [all, comment = '', name = ''] = match
    const sentence =
      comment
        .replace(/\n? \* ?/g, ' ')
        .trim()
        .split(/(?<=\.) /)[0] ?? ''
    const asked = { name, sentence, documentId: id, start: match.index, end: match.index + all.length }
    return sentence.length > 20 ? [asked] : []
  })
}

/** Searches for every function by its name, by the words of its name and by the first sentence of its comment. */
export async function searchCode(
  documents: readonly Document[],
  by: 'grammar' | 'indentation',
  { size = 800, words }: { readonly size?: number; readonly words?: Words } = {},
): Promise<CodeSearch> {
  const split = codeSplitter({ by, size })
  const chunks = new Map<string, readonly Chunk[]>()
  for (const document of documents) chunks.set(document.id, await split(document))
  const known: Splitter = ({ id }) => chunks.get(id) ?? []
  const kb = await knowledge({ store: memoryStore(words ? { words } : {}), split: known })
  await kb.add(documents)
  const asked = documents.flatMap(askedOf)
  const gainOf = async (questionOf: (asked: Asked) => string): Promise<number> => {
    let sum = 0
    for (const each of asked) sum += gain(each, await kb.search(questionOf(each), { limit: 10 }))
    return sum / asked.length
  }
  const all = [...chunks.values()].flat()
  const fitting = asked.filter(({ start, end }) => end - start <= size)
  const isWhole = ({ documentId, start, end }: Asked) =>
    chunks.get(documentId)?.some((chunk) => chunk.start <= start && chunk.end >= end)
  const result = {
    files: documents.length,
    questions: asked.length,
    chunks: all.length,
    whole: fitting.filter(isWhole).length / fitting.length,
    byName: await gainOf(({ name }) => name),
    byWordsOfName: await gainOf(({ name }) => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ')),
    bySentence: await gainOf(({ sentence }) => sentence),
  }
  await kb.close()
  return result
}

function gain({ documentId, start, end }: Asked, hits: readonly { readonly chunk: Chunk & { documentId: string } }[]) {
  let sum = 0
  for (const [place, { chunk }] of hits.entries()) {
    if (chunk.documentId !== documentId) continue
    const held = Math.max(0, Math.min(chunk.end, end) - Math.max(chunk.start, start))
    sum += held / (end - start) / Math.log2(place + 2)
  }
  return Math.min(1, sum)
}
