// How a sample becomes a figure: every client takes its turn in each round, so that a slow minute of the machine hits all alike; the median of the rounds counts.

export function median(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  if (sorted.length === 0) return Number.NaN
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

const rotated = (list, by) => [...list.slice(by % list.length), ...list.slice(0, by % list.length)]

/**
 * `count` rounds of `sample(name)` over all names, each round in another order. Gives every name's samples.
 * A name whose sample throws is left out from then on, with a word on stderr.
 */
export async function rounds(names, count, sample) {
  const samples = new Map(names.map((name) => [name, []]))
  for (let round = 0; round < count; round++) {
    for (const name of rotated([...samples.keys()], round)) {
      try {
        samples.get(name).push(await sample(name))
      } catch (error) {
        console.error(`${name} is left out: ${error.message}`)
        samples.delete(name)
      }
    }
  }
  return samples
}
