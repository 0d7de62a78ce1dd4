import type { InferenceSession } from 'onnxruntime-node'
import { broken } from '../folder.ts'

type Metadata = InferenceSession.TensorValueMetadata

/** One tensor of the cache: it goes in as `input`, the grown one comes out as `output`. */
export interface CacheEntry {
  readonly input: string
  readonly output: string
  readonly type: Metadata['type']
  /** The shape before the first token: one row, no past. */
  readonly emptyShape: readonly number[]
  /** The axis of the rows; absent where the graph takes one row only. */
  readonly rowAxis?: number
  /** The axis that grows with every token; absent for a state of fixed size, which can't go back to what it was before. */
  readonly lengthAxis?: number
}

/** What a text model's graph takes and gives. */
export interface GraphLayout {
  readonly cache: readonly CacheEntry[]
  readonly ids: Metadata
  readonly mask?: Metadata
  readonly positions?: Metadata
  /** Input that says for how many last positions logits are wanted. */
  readonly keep?: Metadata
  readonly logits: string
}

const known = {
  ids: ['input_ids'],
  mask: ['attention_mask'],
  positions: ['position_ids'],
  keep: ['num_logits_to_keep', 'logits_to_keep'],
} as const

/** Reads the layout from the graph's own metadata. Throws `config` for a graph that is no text model, or wants what this engine does not give. */
export function graphLayout(session: InferenceSession): GraphLayout {
  const inputs = session.inputMetadata.filter((input): input is Metadata => input.isTensor)
  const find = (role: keyof typeof known) =>
    inputs.find(({ name }) => (known[role] as readonly string[]).includes(name))
  const [ids, mask, positions, keep] = [find('ids'), find('mask'), find('positions'), find('keep')]
  const logits = session.outputNames.find((name) => name === 'logits')
  if (!ids || logits === undefined)
    throw broken(
      `The graph is no text model: it takes ${session.inputNames.join(', ')} and gives ${session.outputNames.join(', ')}, where input_ids and logits are wanted.`,
    )
  const cache = inputs
    .filter((input) => ![ids, mask, positions, keep].includes(input))
    .map((input) => toEntry(input, session.outputNames))
  return { cache, ids, logits, ...(mask && { mask }), ...(positions && { positions }), ...(keep && { keep }) }
}

/** `past_key_values.0.key` grows into `present.0.key`, `past_0` into `present_0`. */
function toEntry(input: Metadata, outputs: readonly string[]): CacheEntry {
  const { name, type } = input
  const output = [name.replace('past_key_values', 'present'), name.replace('past', 'present')].find(
    (candidate) => candidate !== name && outputs.includes(candidate),
  )
  if (output === undefined)
    throw broken(
      `The graph wants the input "${name}", which this engine does not know. Export it as a decoder with past.`,
    )
  return { input: name, output, type, ...toAxes(input) }
}

/** Sizes that the graph fixes stay; of the open ones the batch is 1 and the length of the past is 0. */
function toAxes({ name, shape }: Metadata): Pick<CacheEntry, 'emptyShape' | 'rowAxis' | 'lengthAxis'> {
  const open = shape.filter((size) => typeof size === 'string')
  if (open.length > 2)
    throw broken(
      `The graph leaves more than batch and length of "${name}" open (${open.join(', ')}). Export it with fixed heads.`,
    )
  const isBatch = (size: number | string, at: number) =>
    typeof size === 'string' &&
    (/batch/i.test(size) || (open.length === 2 && shape.indexOf(size) === at && open[0] === size))
  const rowAxis = shape.findIndex(isBatch)
  const lengthAxis = shape.findIndex((size, at) => typeof size === 'string' && !isBatch(size, at))
  return {
    emptyShape: shape.map((size, at) => (typeof size === 'number' ? size : at === rowAxis ? 1 : 0)),
    ...(rowAxis < 0 ? {} : { rowAxis }),
    ...(lengthAxis < 0 ? {} : { lengthAxis }),
  }
}
