import type { Tokens } from './tokens.ts'

/** Tokens of one run, padding counted: enough to keep the processor busy, few enough to notice an abort. */
const budget = 2_048

/** Groups inputs of similar length, so that little is padded. Gives their places, each once. */
export function toBatches(inputs: readonly Tokens[]): number[][] {
  const lengthOf = (index: number): number => (inputs[index] as Tokens).ids.length
  const order = inputs.map((_, index) => index).sort((a, b) => lengthOf(b) - lengthOf(a))
  const batches: number[][] = []
  for (const index of order) {
    const batch = batches.at(-1)
    const first = batch?.[0]
    if (batch && first !== undefined && (batch.length + 1) * lengthOf(first) <= budget) batch.push(index)
    else batches.push([index])
  }
  return batches
}
