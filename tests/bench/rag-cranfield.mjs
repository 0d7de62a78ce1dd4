// How well documents are found: Cranfield with the built-in embedding model, stage by stage. Vectors are kept, so that only the first run is long.
import { onnx } from '@anymodel/onnx'
import { englishWords, evaluateSearch, knowledge, memoryStore, sentenceReranker } from '@anymodel/rag'
import { cachedEmbedding } from './cached-embedding.mjs'
import { cases, documents, isThere } from './cranfield.mjs'

export const title = 'Retrieval: Cranfield (1,400 documents, 225 questions), all-minilm-l6-v2, default chunks'

/** What BM25 over whole documents reaches: the default has to be better. */
const reference = 0.36

/** Each stage as options of a search. `default` is what a search without options does. */
const stagesWith = (embedding) => ({
  bm25: { mode: 'text' },
  vectors: { mode: 'vector' },
  fusion: { mode: 'hybrid', weights: { text: 1, vector: 1 } },
  default: {},
  rerank: { rerank: sentenceReranker(embedding) },
  diversity: { diversity: 0.3 },
})

/** The same with the words of a store cut for English. */
const englishStages = { bm25English: { mode: 'text' }, defaultEnglish: {} }

/** Part of the collection for a quick run: some questions, the documents that are relevant to them, and as many others. */
function slice() {
  const asked = cases().filter((_, at) => at % 15 === 0)
  const wanted = new Set(asked.flatMap(({ relevant }) => relevant))
  const all = documents()
  const others = all.filter(({ id }) => !wanted.has(id)).slice(0, wanted.size)
  return { asked, taken: [...all.filter(({ id }) => wanted.has(id)), ...others] }
}

export async function run({ quick }) {
  if (!isThere) {
    console.error(
      'rag is left out: the Cranfield collection is not beside the repository (../shared/datasets/cranfield).',
    )
    return { head: [''], rows: [], json: {} }
  }
  const { asked, taken } = quick ? slice() : { asked: cases(), taken: documents() }
  const local = onnx()
  const embedding = cachedEmbedding(local.embedding('npm:@anymodel/model-all-minilm-l6-v2'), 384)
  const cranfield = {}
  const measure = async (store, stages) => {
    const kb = await knowledge({ store, embedding })
    await kb.add(taken)
    for (const [name, search] of Object.entries(stages))
      cranfield[name] = (await evaluateSearch(kb, asked, search)).metrics
  }
  try {
    await measure(memoryStore(), stagesWith(embedding))
    await measure(memoryStore({ words: await englishWords() }), englishStages)
  } finally {
    embedding.save()
    await local.close()
  }
  const { default: ours, bm25 } = cranfield
  const limit = quick ? bm25.ndcg10 : Math.max(reference, bm25.ndcg10)
  return {
    head: ['', 'nDCG@10', 'recall@10', 'recall@100', 'MRR', 'MAP'],
    rows: Object.entries(cranfield).map(([name, { ndcg10, recall10, recall100, mrr, map }]) =>
      [name, ndcg10, recall10, recall100, mrr, map].map((value) =>
        typeof value === 'number' ? value.toFixed(3) : value,
      ),
    ),
    json: { questions: asked.length, documents: taken.length, ...cranfield },
    problems:
      ours.ndcg10 > limit
        ? []
        : [`nDCG@10 of the default is ${ours.ndcg10.toFixed(3)}, which does not beat ${limit.toFixed(3)}.`],
  }
}
