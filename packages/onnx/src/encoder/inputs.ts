import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { broken } from '../folder.ts'
import type { Graph } from '../runtime/session.ts'
import { floats, integers } from '../runtime/tensors.ts'
import type { Tokens } from './tokens.ts'

type Metadata = InferenceSession.TensorValueMetadata

/** What an input of the graph is filled with: a number per place, `undefined` beyond the text. */
const fillers: Readonly<Record<string, (tokens: Tokens, at: number, padding: number) => number>> = {
  input_ids: ({ ids }, at, padding) => ids[at] ?? padding,
  attention_mask: ({ ids }, at) => (at < ids.length ? 1 : 0),
  token_type_ids: ({ types }, at) => types[at] ?? 0,
  position_ids: (_, at) => at,
}

/** Decoders that give vectors want their cache, although no text has a past. */
const isCache = ({ name, type }: Metadata): boolean => name.startsWith('past_key_values.') && type.startsWith('float')

/** Throws `config` for a graph that takes anything but texts. */
export function checkInputs({ session }: Graph, file: string): void {
  const known = session.inputMetadata.every((input) => input.isTensor && (input.name in fillers || isCache(input)))
  if (!session.inputNames.includes('input_ids') || !known)
    throw broken(
      `${file} is no encoder of texts: it takes ${session.inputNames.join(', ')}, where ${Object.keys(fillers).join(', ')} are known. Export it for feature extraction.`,
    )
}

/** The inputs for a batch: shorter texts are filled up at their end. */
export function toInputs({ session }: Graph, batch: readonly Tokens[], padding: number): Record<string, Tensor> {
  // A text may have no token at all, a graph's input not.
  const width = Math.max(1, ...batch.map(({ ids }) => ids.length))
  const inputs: Record<string, Tensor> = {}
  for (const input of session.inputMetadata) {
    if (!input.isTensor) continue
    const fill = fillers[input.name]
    inputs[input.name] = fill ? filled(input, fill, batch, width, padding) : emptyCache(input, batch.length)
  }
  return inputs
}

function filled(
  { type }: Metadata,
  fill: (tokens: Tokens, at: number, padding: number) => number,
  batch: readonly Tokens[],
  width: number,
  padding: number,
): Tensor {
  const values = new Array<number>(batch.length * width)
  for (const [row, tokens] of batch.entries())
    for (let at = 0; at < width; at++) values[row * width + at] = fill(tokens, at, padding)
  return integers(type, values, [batch.length, width])
}

/** The first axis is that of the texts; of the others, the one without a size is that of the past, which has none. */
function emptyCache({ type, shape }: Metadata, rows: number): Tensor {
  const dims = shape.map((size, axis) => (axis === 0 ? rows : typeof size === 'number' ? size : 0))
  return floats(type, new Float32Array(dims.reduce((product, size) => product * size, 1)), dims)
}
