import { describe, expect, it } from 'vitest'
import { depthLimit, expOfMinus } from './exp.ts'
import { random } from './random.ts'
import { type Sampling, sampler } from './sampler.ts'

const neutral: Sampling = {
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  logitBias: new Map(),
  seed: 1,
}

const softmax = (logits: readonly number[], temperature = 1): number[] => {
  const weights = logits.map((logit) => Math.exp(logit / temperature))
  const sum = weights.reduce((a, b) => a + b)
  return weights.map((weight) => weight / sum)
}

/** How often each token is drawn from the same logits. */
function frequencies(logits: readonly number[], sampling: Partial<Sampling>, draws = 20_000): number[] {
  const counts = logits.map(() => 0)
  const choose = sampler({ ...neutral, ...sampling }, [], logits.length)
  for (let i = 0; i < draws; i++) {
    const token = choose.next(Float32Array.from(logits))
    counts[token] = (counts[token] ?? 0) + 1
  }
  return counts.map((count) => count / draws)
}

const expectClose = (found: readonly number[], wanted: readonly number[]) => {
  for (const [i, share] of wanted.entries()) expect(Math.abs((found[i] ?? 0) - share), `token ${i}`).toBeLessThan(0.015)
}

/** The tokens that a selection leaves, the slow and obvious way. */
function leftOver(logits: readonly number[], { topK, topP, minP }: Sampling): Set<number> {
  let order = logits.map((_, i) => i).sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b)
  if (topK > 0) order = order.slice(0, topK)
  const shares = softmax(order.map((i) => logits[i] as number))
  let sum = 0
  const count = shares.findIndex((share) => (sum += share) >= topP - 1e-12)
  order = topP < 1 ? order.slice(0, count < 0 ? order.length : count + 1) : order
  const best = logits[order[0] as number] as number
  return new Set(order.filter((i) => Math.exp((logits[i] as number) - best) >= minP))
}

describe('a token that is all but certain', () => {
  const logits = Float32Array.from({ length: 1_000 }, (_, i) => (i === 700 ? 40 : i / 1_000))

  it.each([{ topK: 40 }, { topK: 500 }, { topP: 0.999_999_999 }, { topK: 40, topP: 0.99 }, { minP: 1e-20 }, {}])(
    'is drawn, however few others come near it: %o',
    (selection) => {
      const choose = sampler({ ...neutral, ...selection }, [], logits.length)
      for (let i = 0; i < 20; i++) expect(choose.next(logits.slice())).toBe(700)
    },
  )
})

describe('tokens that are not allowed', () => {
  it('are not drawn, greedily or not, whatever speaks for them', () => {
    const allowed = new Uint32Array(3)
    for (const token of [5, 33, 64, 69]) allowed[token >>> 5] = (allowed[token >>> 5] ?? 0) | (1 << (token & 31))
    const logits = Float32Array.from({ length: 70 }, (_, i) => 10 - i / 10)
    const greedy = sampler({ ...neutral, temperature: 0, logitBias: new Map([[6, 100]]) }, [], 70)
    expect(greedy.next(logits.slice(), allowed)).toBe(5)
    const drawn = new Set<number>()
    const choose = sampler({ ...neutral, temperature: 5 }, [], 70)
    for (let i = 0; i < 300; i++) drawn.add(choose.next(logits.slice(), allowed))
    expect([...drawn].sort((a, b) => a - b)).toEqual([5, 33, 64, 69])
  })
})

describe('the distribution', () => {
  const logits = [2, 1, 0.5, -1, -3]

  it('is the softmax of the logits', () => {
    expectClose(frequencies(logits, {}), softmax(logits))
  })

  it('is sharpened and flattened by temperature', () => {
    expectClose(frequencies(logits, { temperature: 0.5 }), softmax(logits, 0.5))
    expectClose(frequencies(logits, { temperature: 3 }), softmax(logits, 3))
  })

  it('is that of the kept tokens after top-k, top-p and min-p', () => {
    expectClose(frequencies(logits, { topK: 2 }), [...softmax([2, 1]), 0, 0, 0])
    expectClose(frequencies(logits, { topP: 0.8 }), [...softmax([2, 1]), 0, 0, 0])
    expectClose(frequencies(logits, { minP: 0.2 }), [...softmax([2, 1, 0.5]), 0, 0])
  })

  it('measures top-p in what top-k left', () => {
    // The best two hold 0.73 and 0.27 among themselves, 0.58 and 0.21 of everything.
    expectClose(frequencies(logits, { topK: 2, topP: 0.7 }), [1, 0, 0, 0, 0])
    expectClose(frequencies(logits, { topP: 0.7 }), [...softmax([2, 1]), 0, 0, 0])
  })

  it('keeps exactly the right tokens, on large vocabularies of every shape', () => {
    const draw = random(7)
    for (const spread of [0.01, 1, 8, 60]) {
      const logits = Array.from({ length: 1_000 }, () => Math.fround((draw() - 0.5) * spread))
      for (const kept of [{ topK: 40 }, { topP: 0.3 }, { topK: 500, topP: 0.95, minP: 0.1 }, { minP: 0.5 }]) {
        const sampling = { ...neutral, ...kept }
        const allowed = leftOver(logits, sampling)
        const choose = sampler(sampling, [], logits.length)
        const found = new Set<number>()
        for (let i = 0; i < 200; i++) found.add(choose.next(Float32Array.from(logits)))
        for (const token of found) expect(allowed.has(token), `spread ${spread}, ${JSON.stringify(kept)}`).toBe(true)
        if (allowed.size <= 12) expect(found.size).toBe(allowed.size)
      }
    }
  })

  it('takes no token twice into account when many are equal', () => {
    const flat = Array.from({ length: 10 }, () => 1)
    expectClose(frequencies(flat, { topK: 3 }), [1 / 3, 1 / 3, 1 / 3, 0, 0, 0, 0, 0, 0, 0])
    expectClose(frequencies(flat, { topP: 0.5 }), [0.2, 0.2, 0.2, 0.2, 0.2, 0, 0, 0, 0, 0])
  })
})

describe('penalties and bias', () => {
  const next = (logits: readonly number[], sampling: Partial<Sampling>, prompt: readonly number[] = []) =>
    sampler({ ...neutral, temperature: 0, ...sampling }, prompt, logits.length)

  it('a repetition penalty weighs on the prompt and on the answer, on both sides of zero', () => {
    expect(next([2, 1.5, 0], { repetitionPenalty: 2 }, [0]).next(Float32Array.of(2, 1.5, 0))).toBe(1)
    expect(next([-2, -3, -9], { repetitionPenalty: 2 }, [0]).next(Float32Array.of(-2, -3, -9))).toBe(1)
    const choose = next([2, 1.5, 0], { repetitionPenalty: 2 })
    expect([1, 2].map(() => choose.next(Float32Array.of(2, 1.5, 0)))).toEqual([0, 1])
  })

  it('a presence penalty counts once, a frequency penalty every time, and neither for the prompt', () => {
    const draws = (sampling: Partial<Sampling>) => {
      const choose = next([3, 2, 0], sampling, [0])
      return [1, 2, 3, 4].map(() => choose.next(Float32Array.of(3, 2, 0)))
    }
    expect(draws({ presencePenalty: 1.5 })).toEqual([0, 1, 0, 0])
    expect(draws({ frequencyPenalty: 0.7 })).toEqual([0, 0, 1, 0])
  })

  it('a bias can forbid and force', () => {
    const logits = () => Float32Array.of(5, 4, 3)
    expect(next([5, 4, 3], { logitBias: new Map([[0, -100]]) }).next(logits())).toBe(1)
    expect(next([5, 4, 3], { logitBias: new Map([[2, 100]]) }).next(logits())).toBe(2)
  })
})

describe('choosing', () => {
  it('is greedy at temperature 0, the first of equals', () => {
    const choose = sampler({ ...neutral, temperature: 0 }, [], 4)
    expect(choose.next(Float32Array.of(1, 3, 3, 2))).toBe(1)
  })

  it('gives the same tokens for the same seed and others for another', () => {
    const draws = (seed: number) => {
      const choose = sampler({ ...neutral, seed }, [], 100)
      return Array.from({ length: 40 }, () => choose.next(new Float32Array(100)))
    }
    expect(draws(5)).toEqual(draws(5))
    expect(draws(5)).not.toEqual(draws(6))
    expect(draws(2 ** 40)).not.toEqual(draws(2 ** 41))
    expect(draws(0.5)).not.toEqual(draws(0.25))
  })

  it('says so when the logits are no numbers', () => {
    for (const temperature of [0, 1])
      expect(() => sampler({ ...neutral, temperature }, [], 2).next(Float32Array.of(Number.NaN, Number.NaN))).toThrow(
        /computed no number/,
      )
  })

  it('draws uniformly', () => {
    const draw = random(3)
    const bins = new Array(20).fill(0)
    for (let i = 0; i < 40_000; i++) bins[Math.floor(draw() * 20)]++
    for (const bin of bins) expect(Math.abs(bin - 2_000)).toBeLessThan(200)
  })
})

it('the fast exponential is as exact as a 32-bit logit', () => {
  for (let depth = 0; depth < depthLimit; depth += 0.00137)
    expect(Math.abs(expOfMinus(depth) / Math.exp(-depth) - 1)).toBeLessThan(3e-9)
})
