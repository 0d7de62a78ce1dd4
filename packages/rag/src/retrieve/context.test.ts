import { mockModel } from '@anymodel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Chunk, Splitter } from '../contract.ts'
import { knowledge } from '../knowledge.ts'
import { memoryStore } from '../store/memory/memory-store.ts'
import { wordEmbedding } from '../testing/word-embedding.ts'
import { judgeReranker } from './judge-reranker.ts'
import { estimateTokens, packPassages } from './pack.ts'
import { type Passage, toPassages } from './passages.ts'
import { hypotheticalAnswer, multiQuery, standaloneQuestion, stepBack } from './rewrite.ts'

const sentences = [
  'Boats float on water.',
  'Bridges span rivers.',
  'Nets catch fish.',
  'Ropes hold sails.',
  'Anchors hold boats.',
]
const text = sentences.join('\n\n')

/** Every sentence is a chunk; `families` of two share a parent. */
const bySentence =
  (families: boolean): Splitter =>
  () => {
    const leaves = sentences.map((sentence) => ({
      text: sentence,
      start: text.indexOf(sentence),
      end: text.indexOf(sentence) + sentence.length,
      headings: [],
    }))
    if (!families) return leaves
    const chunks: Chunk[] = []
    for (let at = 0; at < leaves.length; at += 2) {
      const children = leaves.slice(at, at + 2)
      const [start, end] = [children[0]?.start as number, children.at(-1)?.end as number]
      const parent = chunks.push({ text: text.slice(start, end), start, end, headings: [] }) - 1
      chunks.push(...children.map((child) => ({ ...child, parent })))
    }
    return chunks
  }

async function open(families: boolean) {
  const store = memoryStore()
  const kb = await knowledge({ store, embedding: wordEmbedding(), split: bySentence(families) })
  await kb.add({ id: 'a', text })
  const hits = (query: string, limit = 1) => kb.search(query, { limit, mode: 'text' })
  return { kb, store, hits }
}

describe('passages', () => {
  test('hold the neighbours of what was found, at their place in the document', async () => {
    const { store, hits } = await open(false)
    const [passage, ...others] = await toPassages(await hits('nets'), store)
    expect(others).toEqual([])
    expect(passage?.text).toBe(sentences.slice(1, 4).join('\n\n'))
    expect(text.slice(passage?.start, passage?.end)).toBe(passage?.text)
    expect((await toPassages(await hits('nets'), store, { neighbours: 0 }))[0]?.text).toBe('Nets catch fish.')
  })

  test('that touch are one', async () => {
    const { store, hits } = await open(false)
    const passages = await toPassages(await hits('boats nets', 3), store)
    expect(passages.map((passage) => passage.text)).toEqual([text])
    expect(passages[0]?.found.length).toBe(3)
  })

  test('are the parent where half of its children were found, and the child where fewer were', async () => {
    const { store, hits } = await open(true)
    const parents = await toPassages(await hits('nets'), store, { neighbours: 0 })
    expect(parents.map((passage) => passage.text)).toEqual(['Nets catch fish.\n\nRopes hold sails.'])
    const children = await toPassages(await hits('nets'), store, { neighbours: 0, mergeParents: false })
    expect(children.map((passage) => passage.text)).toEqual(['Nets catch fish.'])
  })

  test('are not joined over text that is not known', async () => {
    const store = memoryStore()
    const gapped = 'Boats float. [a long table that is not kept] Nets catch fish.'
    const split: Splitter = () =>
      ['Boats float.', 'Nets catch fish.'].map((part) => ({
        text: part,
        start: gapped.indexOf(part),
        end: gapped.indexOf(part) + part.length,
        headings: [],
      }))
    const kb = await knowledge({ store, split })
    await kb.add({ id: 'a', text: gapped })
    const passages = await toPassages(await kb.search('boats nets'), store)
    expect(passages.map((passage) => passage.text).sort()).toEqual(['Boats float.', 'Nets catch fish.'])
  })
})

test('whatever is found of whatever text, passages are its words at their place', async () => {
  const word = fc.constantFrom('boat', 'net', 'Anchor.', 'rope,', '\n', '\n\n', 'é', '🚣')
  const texts = fc.array(word, { minLength: 1, maxLength: 200 }).map((words) => words.join(' '))
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 20, max: 90 }), fc.nat(3), async (said, size, neighbours) => {
      const store = memoryStore()
      const kb = await knowledge({ store, chunk: { size } })
      await kb.add({ id: 'a', text: said })
      const plain = (part: string) => part.replace(/\s/g, ' ')
      for (const each of await toPassages(await kb.search('boat rope', { limit: 3 }), store, { neighbours }))
        expect(plain(each.text)).toBe(plain(said.slice(each.start, each.end)))
    }),
    { numRuns: 60 },
  )
})

const passage = (name: string, length: number, score: number): Passage => ({
  documentId: name,
  text: 'word '.repeat(length).trim(),
  start: 0,
  end: length * 5 - 1,
  headings: [],
  metadata: {},
  score,
  found: [name],
})

describe('packing', () => {
  const names = (passages: readonly Passage[]) => passages.map(({ documentId }) => documentId).join('')

  test('puts the best at both ends, and the worst in the middle', () => {
    expect(names(packPassages(['a', 'b', 'c', 'd', 'e'].map((name, at) => passage(name, 10, 5 - at))))).toBe('acedb')
  })

  test('leaves out what does not fit, and cuts the best where it alone is too long', () => {
    const countTokens = (said: string) => said.split(/\s+/).length
    const passages = [passage('a', 60, 3), passage('b', 60, 2), passage('c', 30, 1)]
    expect(names(packPassages(passages, { tokens: 100, countTokens }))).toBe('ac')
    const [cut] = packPassages(passages, { tokens: 50, countTokens })
    expect(cut?.text.split(' ').length).toBeGreaterThan(45)
    expect(cut?.end).toBe(cut?.text.length)
  })

  test('never goes over the budget', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 12 }), fc.integer({ min: 1, max: 500 }), (lengths, tokens) => {
        const packed = packPassages(
          lengths.map((length, at) => passage(`${at}`, length + 1, -at)),
          { tokens },
        )
        expect(packed.reduce((sum, { text: said }) => sum + estimateTokens(said), 0)).toBeLessThanOrEqual(tokens)
      }),
    )
  })
})

describe('rewriting', () => {
  const asked = async (rewrite: ReturnType<typeof multiQuery>, history?: Parameters<typeof rewrite>[1]['history']) =>
    rewrite('How do boats hold?', history ? { history } : {})

  test('adds other words, a made-up answer or a wider question to the question', async () => {
    const elements = ['anchoring boats', 'mooring', 'ropes', 'one too many']
    expect(await asked(multiQuery(mockModel(JSON.stringify({ elements }))))).toEqual([
      { text: 'How do boats hold?' },
      ...elements.slice(0, 3).map((said) => ({ text: said, weight: 0.5 })),
    ])
    expect(await asked(hypotheticalAnswer(mockModel(' Anchors hold boats. ')))).toContainEqual({
      text: 'Anchors hold boats.',
      by: 'vector',
    })
    expect(await asked(stepBack(mockModel('How are boats kept in place?')))).toContainEqual({
      text: 'How are boats kept in place?',
      weight: 0.5,
    })
  })

  test('makes a question stand alone, and asks nobody without a conversation', async () => {
    const model = mockModel('How do anchors hold?')
    expect(await asked(standaloneQuestion(model))).toEqual([{ text: 'How do boats hold?' }])
    expect(model.calls).toEqual([])
    const history = [{ role: 'assistant', content: [{ type: 'text', text: 'Anchors are heavy.' }] }] as const
    expect(await asked(standaloneQuestion(model), history)).toEqual([{ text: 'How do anchors hold?' }])
    expect(JSON.stringify(model.calls[0]?.messages)).toContain('assistant: Anchors are heavy.')
  })

  test('that fails leaves the question as it is, and says so', async () => {
    const { kb } = await open(false)
    const notices: string[] = []
    const hits = await kb.search('nets', {
      rewrite: [multiQuery(mockModel(new Error('down'))), hypotheticalAnswer(mockModel('Anchors hold boats.'))],
      onNotice: (message) => notices.push(message),
    })
    expect(notices).toEqual([expect.stringContaining('down')])
    expect(hits.map(({ chunk }) => chunk.text)).toEqual(
      expect.arrayContaining(['Nets catch fish.', 'Anchors hold boats.']),
    )
    expect(hits[0]?.places).toContainEqual(expect.objectContaining({ by: 'text', query: 'nets', rank: 1 }))
  })
})

describe('reranking', () => {
  test('by a judge orders what was found; what it leaves out stands last', async () => {
    const { kb } = await open(false)
    const judge = mockModel((call) => {
      const blocks = [...JSON.stringify(call.messages).matchAll(/<document-\w+ id=\\"(\d+)\\">\\n([^<]*)\\n/g)]
      const graded = blocks
        .filter(([, , said]) => said?.includes('hold'))
        .map(([, id, said]) => ({ id, grade: said?.startsWith('Ropes') ? 9 : 4 }))
      return JSON.stringify({ elements: graded })
    })
    const hits = await kb.search('boats hold nets', { rerank: judgeReranker(judge) })
    expect(hits.slice(0, 2).map(({ chunk, score }) => [chunk.text, score])).toEqual([
      ['Ropes hold sails.', 0.9],
      ['Anchors hold boats.', 0.4],
    ])
    expect(hits.length).toBe(5)
  })

  test('that fails leaves the order, and says so', async () => {
    const { kb } = await open(false)
    const notices: string[] = []
    const plain = await kb.search('boats hold nets')
    const hits = await kb.search('boats hold nets', {
      rerank: judgeReranker(mockModel(new Error('down'))),
      onNotice: (message) => notices.push(message),
    })
    expect(hits).toEqual(plain)
    expect(notices).toEqual([expect.stringContaining('down')])
  })
})
