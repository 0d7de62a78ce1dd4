import { type InferenceSession, Tensor } from 'onnxruntime-node'
import { broken } from '../folder.ts'
import type { Graph } from '../runtime/session.ts'
import { floats, floatsOf, integers } from '../runtime/tensors.ts'

type Metadata = InferenceSession.TensorValueMetadata

/** What a step of the decoder gives. */
interface Step {
  /** The logits after the token at a position of what was fed; a view that the next step invalidates. */
  logits(position: number): Float32Array
  /** How much the last token fed looks at each stretch of the sound, by layer and head: heads one after the other. Empty unless attention was asked for. */
  readonly attention: readonly Float32Array[]
}

/** One text in the making: its tokens are fed one after the other, what was fed before is in the cache. */
interface Decoding {
  feed(tokens: readonly number[]): Promise<Step>
  dispose(): void
}

/** Whisper's decoder. */
export interface Decoder {
  /** The graph tells which stretch of the sound belongs to which token. */
  readonly attends: boolean
  /** Precision in which it wants the encoder's view of the sound. */
  readonly soundType: Tensor.Type
  /** A new text about a window of sound. `attention`: also where it looks. */
  begin(sound: Tensor, attention: boolean): Decoding
}

interface CacheEntry {
  readonly input: Metadata
  readonly output: string
  /** Made of the sound: computed by the first step, then the same for all. */
  readonly ofSound: boolean
}

interface Layout {
  readonly graph: Graph
  readonly ids: Metadata
  readonly cache: readonly CacheEntry[]
  readonly branches: boolean
  readonly attention: readonly string[]
}

/** Reads the layout of the merged decoder from its metadata. Throws `config` for a graph that is none. */
export function openDecoder(graph: Graph, path: string): Decoder {
  const { inputMetadata, inputNames, outputNames } = graph.session
  const inputs = inputMetadata.filter((input): input is Metadata => input.isTensor)
  const ids = inputs.find(({ name }) => name === 'input_ids')
  const sound = inputs.find(({ name }) => name === 'encoder_hidden_states')
  const cache = inputs
    .filter(({ name }) => name.startsWith('past_key_values.'))
    .map((input) => ({
      input,
      output: input.name.replace('past_key_values', 'present'),
      ofSound: input.name.includes('.encoder.'),
    }))
  const complete = cache.length > 0 && cache.every(({ output }) => outputNames.includes(output))
  if (!ids || !sound || !outputNames.includes('logits') || !complete)
    throw broken(
      `${path} is no merged decoder of whisper: it takes ${inputNames.slice(0, 4).join(', ')}, ... Export the model with past key values and merged decoders.`,
    )
  const attention = outputNames.filter((name) => name.startsWith('cross_attentions.'))
  const layout = { graph, ids, cache, branches: inputNames.includes('use_cache_branch'), attention }
  return {
    attends: attention.length > 0,
    soundType: sound.type,
    begin: (sound, attends) => decoding(layout, sound, attends),
  }
}

function decoding({ graph, ids, cache, branches, attention }: Layout, sound: Tensor, attends: boolean): Decoding {
  let past: Record<string, Tensor> | undefined
  let logits: Tensor | undefined
  const own = cache.filter(({ ofSound }) => !ofSound)
  const looked = attends ? attention : []
  const dispose = () => {
    for (const tensor of Object.values(past ?? {})) tensor.dispose()
    logits?.dispose()
    past = undefined
    logits = undefined
  }
  return {
    async feed(tokens) {
      const first = past === undefined
      const before = past ?? Object.fromEntries(cache.map(({ input }) => [input.name, empty(input)]))
      const fed: Record<string, Tensor> = { input_ids: integers(ids.type, tokens, [1, tokens.length]) }
      if (branches) fed.use_cache_branch = new Tensor('bool', [!first], [1])
      const wanted = first ? cache : own
      let outputs: Record<string, Tensor>
      try {
        outputs = await graph.run({ ...before, ...fed, encoder_hidden_states: sound }, [
          'logits',
          ...wanted.map(({ output }) => output),
          ...looked,
        ])
      } finally {
        for (const tensor of Object.values(fed)) tensor.dispose()
      }
      for (const { input } of wanted) before[input.name]?.dispose()
      past = { ...before }
      for (const { input, output } of wanted) past[input.name] = outputs[output] as Tensor
      logits?.dispose()
      logits = outputs.logits as Tensor
      return { logits: rowsOf(logits), attention: looked.map((name) => lastLook(outputs[name] as Tensor)) }
    },
    dispose,
  }
}

/** The shape before the first token: what the graph leaves open is the batch of one and the length of 0. */
function empty({ type, shape }: Metadata): Tensor {
  const dims = shape.map((size, at) => (typeof size === 'number' ? size : at === 0 ? 1 : 0))
  return floats(type, new Float32Array(0), dims)
}

function rowsOf(logits: Tensor): (position: number) => Float32Array {
  const size = logits.dims[2] as number
  return (position) => floatsOf(logits, position * size, (position + 1) * size)
}

/** Of attention by head, token and stretch: the last token's. */
function lastLook(tensor: Tensor): Float32Array {
  try {
    const [, heads = 0, tokens = 0, stretches = 0] = tensor.dims
    const all = floatsOf(tensor)
    const last = new Float32Array(heads * stretches)
    for (let head = 0; head < heads; head++) {
      const from = (head * tokens + tokens - 1) * stretches
      last.set(all.subarray(from, from + stretches), head * stretches)
    }
    return last
  } finally {
    tensor.dispose()
  }
}
