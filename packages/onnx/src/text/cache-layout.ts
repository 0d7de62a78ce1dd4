import type { InferenceSession } from 'onnxruntime-node'
import { broken } from '../folder.ts'
import type { GraphNames } from '../genai-config.ts'

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

/** What inputs are called, by role. */
const known = {
  ids: ['input_ids'],
  mask: ['attention_mask'],
  positions: ['position_ids'],
  keep: ['num_logits_to_keep', 'logits_to_keep'],
} as const

/**
 * Reads the layout from the graph's own metadata; `names` says what it calls things where that is unusual. Throws `config` for a graph that is no text model, or wants what this engine does not give.
 */
export function graphLayout(
  session: Pick<InferenceSession, 'inputMetadata' | 'inputNames' | 'outputNames'>,
  names: GraphNames = { cache: [] },
): GraphLayout {
  const inputs = session.inputMetadata.filter((input): input is Metadata => input.isTensor)
  const find = (role: keyof typeof known) => {
    const own = role === 'keep' ? undefined : names[role]
    return inputs.find(({ name }) => (own ? name === own : (known[role] as readonly string[]).includes(name)))
  }
  const [ids, mask, positions, keep] = [find('ids'), find('mask'), find('positions'), find('keep')]
  const wanted = names.logits ?? 'logits'
  const logits = session.outputNames.find((name) => name === wanted)
  if (!ids || logits === undefined)
    throw broken(
      `The graph is no text model: it takes ${session.inputNames.join(', ')} and gives ${session.outputNames.join(', ')}, where ${names.ids ?? 'input_ids'} and ${wanted} are wanted.`,
    )
  const cache = inputs
    .filter((input) => ![ids, mask, positions, keep].includes(input))
    .map((input) => toEntry(input, session.outputNames, names.cache))
  return { cache, ids, logits, ...(mask && { mask }), ...(positions && { positions }), ...(keep && { keep }) }
}

/** `past_key_values.0.key` grows into `present.0.key`, `past_0` into `present_0`, and what has names of its own as those say. */
function toEntry(input: Metadata, outputs: readonly string[], own: GraphNames['cache']): CacheEntry {
  const { name, type } = input
  const candidates = [
    ...own.flatMap((pair) => ofSameLayer(name, pair) ?? []),
    name.replace('past_key_values', 'present'),
    name.replace('past', 'present'),
  ]
  const output = candidates.find((candidate) => candidate !== name && outputs.includes(candidate))
  if (output === undefined)
    throw broken(
      `The graph wants the input "${name}", which this engine does not know. Export it as a decoder with past.`,
    )
  return { input: name, output, type, ...toAxes(input) }
}

/** With `past_%d` and `present_%d`, the layer of `past_3` goes on in `present_3`. */
function ofSameLayer(name: string, { input, output }: GraphNames['cache'][number]): string | undefined {
  const [before = '', after] = input.split('%d')
  if (after === undefined || !name.startsWith(before) || !name.endsWith(after)) return undefined
  const layer = name.slice(before.length, name.length - after.length)
  return /^\d+$/.test(layer) ? output.replace('%d', layer) : undefined
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
