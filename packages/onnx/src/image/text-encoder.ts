import type { Tensor } from 'onnxruntime-node'
import { broken } from '../folder.ts'
import type { Graph } from '../runtime/session.ts'
import { floatsOf, integers } from '../runtime/tensors.ts'
import type { ClipTokenizer, ClipTokens } from './clip-tokenizer.ts'
import { type Clock, runGraph } from './run.ts'

/** A prompt as the denoiser reads it. */
export interface Condition {
  /** Row after row, one per token. */
  readonly hidden: Float32Array
  /** Numbers of one token. */
  readonly width: number
  /** The whole prompt as one row, where the model uses it (SDXL). */
  readonly pooled: Float32Array | undefined
  /** Tokens of the prompt, and whether all of it was read. */
  readonly tokens: Pick<ClipTokens, 'count' | 'cut'>
}

export interface TextEncoder {
  encode(text: string, clock: Clock): Promise<Condition>
}

/** An encoder with its tokenizer. Of two, both read the prompt and their rows are joined. */
export interface EncoderPart {
  readonly tokenizer: ClipTokenizer
  readonly graph: Graph
  /** What is read: the last layer, or the one before it as SDXL does. */
  readonly layer: 'last' | 'penultimate'
}

/** One encoder, or the two of SDXL. Throws `config` for graphs that don't give what is needed. */
export function textEncoder(parts: readonly EncoderPart[]): TextEncoder {
  const readers = parts.map(readerOf)
  return {
    async encode(text, clock) {
      const conditions: Condition[] = []
      for (const read of readers) conditions.push(await read(text, clock))
      return joined(conditions)
    },
  }
}

function readerOf({ tokenizer, graph, layer }: EncoderPart): TextEncoder['encode'] {
  const names = graph.session.outputMetadata.map(({ name }) => name)
  const output = layer === 'last' ? 'last_hidden_state' : penultimate(names)
  if (output === undefined || !names.includes(output))
    throw broken(
      `A text encoder gives ${names.join(', ')}, where ${layer === 'last' ? 'last_hidden_state' : 'hidden_states.*'} is wanted.`,
    )
  const pooled = ['text_embeds', 'pooler_output'].find((name) => names.includes(name))
  const input = graph.session.inputMetadata.find(({ name }) => name === 'input_ids')
  const type = input?.isTensor ? input.type : 'int64'
  return (text, clock) => {
    const { ids, ...tokens } = tokenizer.encode(text)
    return runGraph(graph, { input_ids: integers(type, ids, [1, ids.length]) }, clock, (outputs) => {
      const rows = outputs[output] as Tensor
      return {
        hidden: floatsOf(rows).slice(),
        width: rows.dims.at(-1) as number,
        pooled: pooled === undefined ? undefined : floatsOf(outputs[pooled] as Tensor).slice(),
        tokens,
      }
    })
  }
}

/** The layers are called `hidden_states.0` and on; the last is the output itself. */
function penultimate(names: readonly string[]): string | undefined {
  const layers = names
    .filter((name) => /^hidden_states\.\d+$/.test(name))
    .sort((a, b) => Number(a.split('.')[1]) - Number(b.split('.')[1]))
  return layers.at(-2)
}

function joined(conditions: readonly Condition[]): Condition {
  const [first, second] = conditions as [Condition, Condition | undefined]
  if (!second) return first
  const count = first.hidden.length / first.width
  const width = first.width + second.width
  const hidden = new Float32Array(count * width)
  for (let row = 0; row < count; row++) {
    hidden.set(first.hidden.subarray(row * first.width, (row + 1) * first.width), row * width)
    hidden.set(second.hidden.subarray(row * second.width, (row + 1) * second.width), row * width + first.width)
  }
  const { count: tokens, cut } = first.tokens
  return { hidden, width, pooled: second.pooled, tokens: { count: tokens, cut: cut || second.tokens.cut } }
}
