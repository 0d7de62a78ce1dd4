// Documents, vectors and questions for the benchmark of stores: the same in every process, made from a seed. Words are as frequent as those of a language (Zipf), vectors lie in 500 clusters.

/** mulberry32: the same numbers from 0 to 1 for the same seed. */
function chance(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export const dimensions = 384
export const chunksPerDocument = 20
const wordsPerChunk = 100
const vocabulary = 50_000
const clusters = 500
const noise = 0.35

const syllables = [
  'ka',
  'ro',
  'mi',
  'ten',
  'sul',
  'va',
  'do',
  'lin',
  'per',
  'su',
  'gra',
  'no',
  'fel',
  'ti',
  'mar',
  'be',
]

/** A word for each number, longer for rarer ones. */
function wordOf(rank) {
  let word = ''
  for (let left = rank + 16; left > 0; left = Math.floor(left / 16)) word += syllables[left % 16]
  return word
}

/** Ranks of words, each as likely as Zipf's law says. */
function zipf(random) {
  const sums = new Float64Array(vocabulary)
  for (let i = 0, sum = 0; i < vocabulary; i++) sums[i] = sum += 1 / (i + 2.7)
  return () => {
    const at = random() * sums[vocabulary - 1]
    let [low, high] = [0, vocabulary - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle] < at) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** `chunks` chunks in documents of 20, and `questions` questions that stand close to one of them. */
export function corpus({ chunks, questions }) {
  const random = chance(1)
  const rank = zipf(random)
  const text = (words) => Array.from({ length: words }, () => wordOf(rank())).join(' ')
  const centres = Array.from({ length: clusters }, () =>
    Float32Array.from({ length: dimensions }, () => random() - 0.5),
  )
  const near = (vector) => normal(vector.map((x) => x + noise * (random() - 0.5) * 2))
  const vectors = Array.from({ length: chunks }, () => near(centres[Math.floor(random() * clusters)]))
  const texts = Array.from({ length: chunks }, () => `${text(wordsPerChunk)}.`)
  const asked = Array.from({ length: questions }, () => {
    const chunk = Math.floor(random() * chunks)
    const words = texts[chunk].slice(0, -1).split(' ')
    const from = Math.floor(random() * (wordsPerChunk - 8))
    return { text: words.slice(from, from + 8).join(' '), vector: near(vectors[chunk]) }
  })
  return { texts, vectors, questions: asked }
}

function normal(vector) {
  const length = Math.hypot(...vector)
  return vector.map((x) => x / length)
}

/** Numbers of the chunks with the highest cosine, found by comparing with all. */
export function nearest(vectors, query, limit) {
  const scores = vectors.map((vector, at) => {
    let score = 0
    for (let i = 0; i < dimensions; i++) score += vector[i] * query[i]
    return { at, score }
  })
  return scores
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ at }) => at)
}
