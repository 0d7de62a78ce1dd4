import type { Place, TextGraph } from './batch.ts'
import { joins } from './cache.ts'
import { GrownBatch } from './grown.ts'

/** Of the spread of the logits: where activations are rounded to 8 bits, masks change them by up to 0.03 (SmolLM2, int4). A graph that looks at what is masked is off by 0.2 or more. */
const tolerance = 0.1

/**
 * Tries out whether the graph gives rows of a batch what it gives them alone, with columns masked in front of them and between their tokens. Some graphs take a mask and only count its ones (fused
 * attention with right padding), and nothing in their metadata says so. What is compared has the same number of rows, since kernels for more rows round in their own way: by up to 0.23 of the spread of
 * the logits on some processors. `tokens`: some of the vocabulary, such as the beginning of a prompt.
 */
export async function masksColumns(
  graph: Pick<TextGraph, 'run' | 'layout'>,
  tokens: readonly number[],
): Promise<boolean> {
  if (!graph.layout.mask || !graph.layout.cache.every(joins)) return false
  const batches = GrownBatch.maker({ ...graph, masks: true })
  const pick = (count: number, from: number) =>
    Array.from({ length: count }, (_, i) => tokens[(from + i) % tokens.length] as number)
  const texts = [pick(3, 0), pick(10, 1)]
  const next = pick(3, 2)
  try {
    const alone: Float32Array[] = []
    const places: Place<GrownBatch>[] = []
    for (const text of texts) {
      const batch = batches.of()
      await batch.feed([text])
      const place = { batch: batches.of({ cache: batch.take(0) }), row: 0 }
      const twice = batches.join([place, place], false)
      alone.push((await twice.feed([next, next])).of(0, 0))
      places.push(place)
    }
    const both = batches.join(places, true)
    const same = async () => {
      const logits = await both.feed([next, next])
      return alone.every((values, row) => near(values, logits.of(row, 0)))
    }
    if (!(await same())) return false
    if (!graph.layout.cache.every(({ lengthAxis }) => lengthAxis !== undefined)) return true
    both.rewind(0, next.length)
    both.rewind(1, next.length)
    return await same()
  } catch {
    // A graph that fixes the batch says so when it runs.
    return false
  }
}

function near(a: Float32Array, b: Float32Array): boolean {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  let furthest = 0
  for (let i = 0; i < a.length; i++) {
    const value = a[i] as number
    low = Math.min(low, value)
    high = Math.max(high, value)
    furthest = Math.max(furthest, Math.abs(value - (b[i] as number)))
  }
  return furthest <= tolerance * (high - low)
}
