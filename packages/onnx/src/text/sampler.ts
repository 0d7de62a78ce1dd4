import { AnyModelError } from '@anymodel/core'
import { depthLimit, expOfMinus } from './exp.ts'
import { type Random, random } from './random.ts'

/** How the next token is chosen, every default filled in. */
export interface Sampling {
  /** 0 takes the best token every time. */
  readonly temperature: number
  /** Only this many best tokens; 0 for all. */
  readonly topK: number
  /** Only the best tokens that hold this share of the probability together; 1 for all. */
  readonly topP: number
  /** Only tokens with at least this share of the best token's probability; 0 for all. */
  readonly minP: number
  /** Divides (or multiplies, below zero) the logits of tokens that stand in the prompt or the answer; 1 for none. */
  readonly repetitionPenalty: number
  /** Taken off the logits of tokens that stand in the answer. */
  readonly presencePenalty: number
  /** Taken off as many times as the token stands in the answer. */
  readonly frequencyPenalty: number
  /** Added to the logits of these tokens. */
  readonly logitBias: ReadonlyMap<number, number>
  readonly seed?: number | undefined
}

/** Chooses one token after the other for one request. */
export interface Sampler {
  /** The next token. `logits` are changed. `allowed`: a bit for every token that may be chosen. */
  next(logits: Float32Array, allowed?: Uint32Array): number
  /** Counts a token that is written without being chosen. */
  saw(token: number): void
}

/**
 * Repetition, presence and frequency penalties, logit bias, temperature, top-k, top-p, min-p, then a draw; every step sees what the one before it left.
 * Cost is linear in the vocabulary: nothing is sorted but the few tokens at the edge of a selection.
 */
export function sampler(sampling: Sampling, prompt: readonly number[], vocabulary: number): Sampler {
  const draw = random(sampling.seed)
  const counts = new Map<number, number>()
  const seen = new Set(sampling.repetitionPenalty === 1 ? [] : prompt)
  const pool = new Pool(vocabulary)
  const saw = (token: number): void => {
    counts.set(token, (counts.get(token) ?? 0) + 1)
    if (sampling.repetitionPenalty !== 1) seen.add(token)
  }
  return {
    saw,
    next(logits, allowed) {
      penalise(logits, sampling, seen, counts)
      for (const [token, bias] of sampling.logitBias) logits[token] = (logits[token] as number) + bias
      if (allowed) forbid(logits, allowed)
      const token = sampling.temperature === 0 ? best(logits) : pool.choose(logits, sampling, draw)
      saw(token)
      return token
    },
  }
}

function penalise(
  logits: Float32Array,
  { repetitionPenalty, presencePenalty, frequencyPenalty }: Sampling,
  seen: ReadonlySet<number>,
  counts: ReadonlyMap<number, number>,
): void {
  for (const token of seen) {
    const logit = logits[token] as number
    logits[token] = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty
  }
  if (presencePenalty === 0 && frequencyPenalty === 0) return
  for (const [token, count] of counts)
    logits[token] = (logits[token] as number) - presencePenalty - frequencyPenalty * count
}

/** Leaves no chance to tokens that are not allowed. */
function forbid(logits: Float32Array, allowed: Uint32Array): void {
  for (let word = 0; word * 32 < logits.length; word++) {
    const bits = allowed[word] ?? 0
    const from = word * 32
    if (bits === 0xffffffff) continue
    if (bits === 0) logits.fill(Number.NEGATIVE_INFINITY, from, from + 32)
    else
      for (let bit = 0; bit < 32; bit++)
        if (((bits >>> bit) & 1) === 0 && from + bit < logits.length) logits[from + bit] = Number.NEGATIVE_INFINITY
  }
}

/** Whether one of eight numbers is above the highest so far. */
const higher = (a: Float32Array, i: number, highest: number): boolean =>
  (a[i] as number) > highest ||
  (a[i + 1] as number) > highest ||
  (a[i + 2] as number) > highest ||
  (a[i + 3] as number) > highest ||
  (a[i + 4] as number) > highest ||
  (a[i + 5] as number) > highest ||
  (a[i + 6] as number) > highest ||
  (a[i + 7] as number) > highest

/** The token with the highest logit; the first of equals. */
export function best(logits: Float32Array): number {
  let token = -1
  let highest = Number.NEGATIVE_INFINITY
  // A higher one is rare: eight at a time it takes half as long.
  for (let from = 0; from < logits.length; from += 8) {
    if (from + 8 <= logits.length && !higher(logits, from, highest)) continue
    for (let i = from; i < from + 8 && i < logits.length; i++) {
      const logit = logits[i] as number
      if (!(logit > highest)) continue
      highest = logit
      token = i
    }
  }
  if (token < 0)
    throw new AnyModelError(
      'server',
      'The model computed no number. Its file may be damaged, or its precision unsuitable for this processor.',
    )
  return token
}

const bucketsPerUnit = 16

/** Up to so many best tokens are found by a bar that rises. */
const fewest = 128

/** How deep the best `count` tokens go, for a few: those above a bar are collected, and the bar rises to the last of the best ones whenever there are many. Most tokens cost one comparison. */
function reachOfFew({ logits, highest, scale }: Scaled, count: number): number {
  const most = count * 4
  const found = new Float32Array(most)
  let size = 0
  let bar = Number.NEGATIVE_INFINITY
  const rise = (): void => {
    found.subarray(0, size).sort()
    found.copyWithin(0, size - count, size)
    size = count
    bar = found[0] as number
  }
  for (let i = 0; i < logits.length; i++) {
    const logit = logits[i] as number
    if (!(logit > bar)) continue
    found[size++] = logit
    if (size === most) rise()
  }
  if (size > count) rise()
  const lowest = found.subarray(0, size).reduce((least, logit) => Math.min(least, logit), Number.POSITIVE_INFINITY)
  return nextAfter((highest - lowest) * scale)
}

/** A logit that nothing above `depth` is below: most tokens are passed over by one comparison with it. */
const barAt = ({ highest, scale }: Omit<Scaled, 'logits'>, depth: number): number =>
  highest - (depth / scale) * (1 + 1e-9) - 1e-9

/** A depth that is a little greater, so that what lies at this one is within it. */
const nextAfter = (depth: number): number => depth + 1e-9 * (1 + depth)

/** The tokens that are still in question. `depth` is the distance to the best logit after temperature; a probability is in proportion to `exp(-depth)`. */
class Pool {
  readonly #tokens: Int32Array
  readonly #depths: Float32Array
  readonly #weights: Float32Array
  readonly #buckets = new Float64Array(depthLimit * bucketsPerUnit + 1)
  #size = 0

  constructor(vocabulary: number) {
    this.#tokens = new Int32Array(vocabulary)
    this.#depths = new Float32Array(vocabulary)
    this.#weights = new Float32Array(vocabulary)
  }

  choose(logits: Float32Array, { temperature, topK, topP, minP }: Sampling, draw: Random): number {
    const scaled = { logits, highest: logits[best(logits)] as number, scale: 1 / temperature }
    const within = minP > 0 ? -Math.log(minP) : depthLimit
    if (topK > 0 && topK < logits.length) {
      this.#gather(scaled, topK <= fewest ? reachOfFew(scaled, topK) : this.#reach(scaled, topK))
      this.#keepCount(topK)
      if (topP < 1) this.#keepShare(topP * this.#total())
      if (minP > 0) this.#keepWithin(within)
    } else if (topP < 1) {
      const { edge, missing } = this.#weigh(scaled, topP)
      this.#gather(scaled, (edge + 1) / bucketsPerUnit)
      this.#cut(edge, missing, ({ weight }) => weight)
      if (minP > 0) this.#keepWithin(within)
    } else this.#gather(scaled, nextAfter(within))
    return this.#draw(draw() * this.#total())
  }

  /** How deep the best `count` tokens go. A pass that stores nothing, so that few have to be taken in. */
  #reach({ logits, highest, scale }: Scaled, count: number): number {
    const buckets = this.#buckets.fill(0)
    const bar = barAt({ highest, scale }, depthLimit)
    for (let i = 0; i < logits.length; i++) {
      const logit = logits[i] as number
      if (!(logit > bar)) continue
      const depth = (highest - logit) * scale
      if (depth < depthLimit) add(buckets, depth, 1)
    }
    return (findEdge(buckets, count).edge + 1) / bucketsPerUnit
  }

  /** Weighs every token and finds the edge of the best ones that hold such a share together. */
  #weigh({ logits, highest, scale }: Scaled, share: number): { edge: number; missing: number } {
    const buckets = this.#buckets.fill(0)
    const bar = barAt({ highest, scale }, depthLimit)
    for (let i = 0; i < logits.length; i++) {
      const logit = logits[i] as number
      if (!(logit > bar)) continue
      const depth = (highest - logit) * scale
      if (depth < depthLimit) add(buckets, depth, expOfMinus(depth))
    }
    let total = 0
    for (const bucket of buckets) total += bucket
    return findEdge(buckets, share * total)
  }

  /** Takes in every token above this depth, and of those beyond the limit none. */
  #gather({ logits, highest, scale }: Scaled, depth: number): void {
    const reach = Math.min(depth, depthLimit)
    const bar = barAt({ highest, scale }, reach)
    const tokens = this.#tokens
    const depths = this.#depths
    const weights = this.#weights
    let size = 0
    for (let i = 0; i < logits.length; i++) {
      const logit = logits[i] as number
      if (!(logit > bar)) continue
      const depth = (highest - logit) * scale
      if (depth < reach) {
        tokens[size] = i
        depths[size] = depth
        weights[size++] = expOfMinus(depth)
      }
    }
    this.#size = size
  }

  /** Keeps the best `count` tokens. */
  #keepCount(count: number): void {
    const depths = this.#depths
    const buckets = this.#buckets.fill(0)
    const size = this.#size
    for (let i = 0; i < size; i++) add(buckets, depths[i] as number, 1)
    const { edge, missing } = findEdge(buckets, count)
    this.#cut(edge, missing, () => 1)
  }

  /** Keeps the best tokens whose weights sum up to `sum`, the one that reaches it included. */
  #keepShare(sum: number): void {
    const depths = this.#depths
    const weights = this.#weights
    const buckets = this.#buckets.fill(0)
    const size = this.#size
    for (let i = 0; i < size; i++) add(buckets, depths[i] as number, weights[i] as number)
    const { edge, missing } = findEdge(buckets, sum)
    this.#cut(edge, missing, ({ weight }) => weight)
  }

  /** Keeps what lies above the bucket at the edge, and of that one the best tokens until `missing` is reached. */
  #cut(edge: number, missing: number, measure: (candidate: Candidate) => number): void {
    const depths = this.#depths
    const atEdge: Candidate[] = []
    const all = this.#size
    let size = 0
    for (let i = 0; i < all; i++) {
      const depth = depths[i] as number
      const at = (depth * bucketsPerUnit) | 0
      if (at < edge) this.#move(i, size++)
      else if (at === edge) atEdge.push({ token: this.#tokens[i] as number, depth, weight: this.#weights[i] as number })
    }
    let sum = 0
    for (const candidate of atEdge.sort((a, b) => a.depth - b.depth || a.token - b.token)) {
      if (sum >= missing && size > 0) break
      this.#tokens[size] = candidate.token
      depths[size] = candidate.depth
      this.#weights[size++] = candidate.weight
      sum += measure(candidate)
    }
    this.#size = size
  }

  #keepWithin(depth: number): void {
    const all = this.#size
    let size = 0
    for (let i = 0; i < all; i++) if ((this.#depths[i] as number) <= depth) this.#move(i, size++)
    this.#size = size
  }

  #move(from: number, to: number): void {
    this.#tokens[to] = this.#tokens[from] as number
    this.#depths[to] = this.#depths[from] as number
    this.#weights[to] = this.#weights[from] as number
  }

  #total(): number {
    const weights = this.#weights
    const size = this.#size
    let sum = 0
    for (let i = 0; i < size; i++) sum += weights[i] as number
    return sum
  }

  /** The token at this place on the line on which every token is as long as its weight. */
  #draw(at: number): number {
    const weights = this.#weights
    const size = this.#size
    let left = at
    for (let i = 0; i < size; i++) {
      left -= weights[i] as number
      if (left < 0) return this.#tokens[i] as number
    }
    return this.#tokens[size - 1] as number
  }
}

function add(buckets: Float64Array, depth: number, amount: number): void {
  const at = (depth * bucketsPerUnit) | 0
  buckets[at] = (buckets[at] as number) + amount
}

/** The bucket in which a sum over buckets reaches `wanted`, and what is missing before it. */
function findEdge(buckets: Float64Array, wanted: number): { edge: number; missing: number } {
  let edge = 0
  let missing = wanted
  while (edge < buckets.length - 1 && (buckets[edge] as number) < missing) missing -= buckets[edge++] as number
  return { edge, missing }
}

/** Logits, and what turns one into its depth. */
interface Scaled {
  readonly logits: Float32Array
  readonly highest: number
  readonly scale: number
}

interface Candidate {
  readonly token: number
  readonly depth: number
  readonly weight: number
}
