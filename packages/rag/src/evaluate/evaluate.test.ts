import { mockModel } from '@anymodel/testing'
import { expect, test } from 'vitest'
import { knowledge } from '../knowledge.ts'
import { memoryStore } from '../store/memory/memory-store.ts'
import { evaluateSearch, parseCases } from './evaluate-search.ts'
import { judgeAnswer } from './judge-answer.ts'

const documents = { a: 'Boats float on water.', b: 'Bridges span rivers.', c: 'Boats cross rivers.' }

test('a search is measured by the documents that it should find', async () => {
  const kb = await knowledge({ store: memoryStore() })
  await kb.add(Object.entries(documents).map(([id, text]) => ({ id, text })))
  const cases = parseCases(
    '{"question":"boats on water","relevant":["a","c"]}\n\n{"question":"rivers","relevant":{"a":1}}\n',
  )
  const { metrics, cases: measured } = await evaluateSearch(kb, cases)
  expect(measured[0]?.ranking[0]).toBe('a')
  expect(measured.map((each) => each.metrics.mrr)).toEqual([1, 0])
  expect(metrics).toMatchObject({ ndcg10: 0.5, recall10: 0.5, mrr: 0.5, map: 0.5 })
})

test.each(['{"question":"x"}', '{"question":"","relevant":[]}', '{"question":"x","relevant":{"a":"b"}}', 'x', 'null'])(
  'the line %s is no question, and the error says which it is',
  (line) => {
    expect(() => parseCases(`\n${line}`)).toThrow(/Line 2/)
  },
)

test('an answer is judged claim by claim against what was read, and for the question', async () => {
  const judge = mockModel((call) => {
    const asked = JSON.stringify(call.messages)
    if (asked.includes('<answer-')) return '{"grade": 8}'
    expect(asked).toContain('Boats float on water.')
    return JSON.stringify({ value: asked.includes('Boats fly.') ? 'no' : 'yes' })
  })
  const verdict = (claim: string, kept: boolean) =>
    ({ claim, quote: 'Boats float on water', verdict: 'supported', kept }) as const
  const passages = [
    { documentId: 'a', text: documents.a, start: 0, end: 21, headings: [], metadata: {}, score: 1, found: [] },
  ]
  const verdicts = [verdict('Boats float.', true), verdict('Boats fly.', true), verdict('Boats sing.', false)]
  const answer = { question: 'What do boats do?', answer: 'Boats float. Boats fly.', verdicts, passages }
  expect(await judgeAnswer(answer, { model: judge })).toMatchObject({ faithfulness: 0.5, relevance: 0.8 })
  expect(await judgeAnswer({ ...answer, verdicts: [] }, { model: judge })).toMatchObject({ faithfulness: undefined })
})
