// A picture of the built-in image model: what it takes, and how much of that is spent outside the graphs. Run it on a quiet machine: whatever else computes counts as ours.
import { generateImage } from '@anymodel/core'
import { onnx } from '@anymodel/onnx'
import { median } from './rounds.mjs'

export const title = 'Local pictures: shapes-diffusion, 64 x 64 pixels, 20 steps; milliseconds'

/** How much longer than its graphs a picture may take. */
const limit = 1.03

/** Picture by picture: whole time, time inside the graphs, time that the caller waited. */
export async function run({ quick, rounds: count = quick ? 3 : 15 }) {
  const rows = []
  const json = {}
  for (const threads of [1, 2]) {
    const local = onnx({ threads })
    const model = local.image('shapes-diffusion')
    const samples = []
    try {
      for (let seed = 0; seed < count + 3; seed++) {
        const startedAt = performance.now()
        const { response } = await generateImage({ model, prompt: 'a blue star on a yellow background', seed })
        const waitedMs = performance.now() - startedAt
        // The first ones load the model and warm the code up.
        if (seed >= 3) samples.push({ waitedMs, ...response.details.timing })
      }
    } finally {
      await local.close()
    }
    const of = (pick) => median(samples.map(pick))
    const ratio = of(({ waitedMs, runMs }) => waitedMs / runMs)
    rows.push([
      `${threads} thread${threads > 1 ? 's' : ''}`,
      of(({ waitedMs }) => waitedMs),
      of(({ runMs }) => runMs),
      ratio,
    ])
    json[threads] = { milliseconds: of(({ waitedMs }) => waitedMs), floor: of(({ runMs }) => runMs), ratio }
  }
  const slow = rows.filter(([, , , ratio]) => ratio > limit)
  return {
    head: ['', 'picture', 'in the graphs', 'ratio'],
    rows,
    json,
    problems: quick
      ? []
      : slow.map(([name, , , ratio]) => `${name}: ${ratio.toFixed(3)} times the graphs, where ${limit} is the limit.`),
  }
}
