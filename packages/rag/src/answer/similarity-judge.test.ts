import type { EmbeddingModel } from '@anymodel/core'
import { mockModel } from '@anymodel/testing'
import { describe, expect, it } from 'vitest'
import { knowledge } from '../knowledge.ts'
import { memoryStore } from '../store/memory/memory-store.ts'
import { wordEmbedding } from '../testing/word-embedding.ts'
import { similarityJudge } from './similarity-judge.ts'

const lake = 'The lake froze over in January 1963. Many people crossed it on foot. The ferry was not in use.'

const asked = async (judge: EmbeddingModel, claims: readonly { readonly claim: string; readonly quote: string }[]) => {
  const kb = await knowledge({ store: memoryStore() })
  await kb.add({ id: 'lake', text: lake })
  const elements = claims.map((claim) => ({ ...claim, sourceId: '1' }))
  const model = mockModel(JSON.stringify({ elements }))
  return kb.ask({ model, question: 'lake', judge: similarityJudge(judge, { least: 0.5 }), unsupported: 'drop' })
}

describe('a judge by similarity', () => {
  it('lets through claims that are alike to their quotes, and leaves out those whose quotes are about something else', async () => {
    const { verdicts, usage } = await asked(wordEmbedding(), [
      { claim: 'Many people crossed the lake on foot.', quote: 'Many people crossed it on foot' },
      { claim: 'Larch trees grow tall there.', quote: 'Many people crossed it on foot' },
    ])
    expect(verdicts.map(({ verdict, kept }) => [verdict, kept])).toEqual([
      ['supported', true],
      ['rejected', false],
    ])
    expect(usage).toBeDefined()
  })

  it('reads the claim, the quote, and the quote with what stands around it', async () => {
    const read: string[] = []
    const model = wordEmbedding()
    const watched: EmbeddingModel = {
      ...model,
      embed: (call) => {
        read.push(...call.values)
        return model.embed(call)
      },
    }
    await asked(watched, [{ claim: 'The ferry did not go.', quote: 'The ferry was not in use' }])
    expect(read).toEqual(['The ferry did not go.', 'The ferry was not in use', lake])
  })

  it('takes no claim for good that it could not judge', async () => {
    const broken: EmbeddingModel = { ...wordEmbedding(), embed: () => Promise.reject(new Error('no vectors today')) }
    await expect(
      asked(broken, [{ claim: 'Many crossed it.', quote: 'Many people crossed it on foot' }]),
    ).rejects.toThrow('no vectors today')
  })
})
