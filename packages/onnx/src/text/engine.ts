import { statSync } from 'node:fs'
import type { Tokenizer } from '@huggingface/tokenizers'
import type { InferenceSession } from 'onnxruntime-node'
import type { Vocabulary } from '../grammar/index.ts'
import { contextLength, endTokens, type GenerationConfig, type ModelFolder } from '../model-folder.ts'
import { readGraphFile } from '../runtime/graph-file.ts'
import { loading } from '../runtime/load-step.ts'
import { type ExecutionProvider, openGraph } from '../runtime/session.ts'
import { openTokenizer } from '../runtime/tokenizer.ts'
import type { Opening } from '../thread/served.ts'
import type { TextGraph } from './batch.ts'
import { graphLayout } from './cache-layout.ts'
import { type Grammars, grammarsOf } from './constrain.ts'
import { masksColumns } from './masking.ts'
import { asOutputs, type InnerTensor, newColumns } from './new-columns.ts'
import { plainTokenizer } from './plain-tokenizer.ts'
import { type ChatTemplate, chatTemplate } from './template.ts'
import { type TokenBytes, tokenBytes } from './token-bytes.ts'

/** A loaded model. */
export interface Engine {
  /** Token ids of a text. `raw`: with what the tokenizer puts before a text of its own. */
  encode(text: string, raw: boolean): number[]
  template(tools: boolean): ChatTemplate | undefined
  readonly graph: TextGraph
  /** What computes. */
  readonly executionProvider: ExecutionProvider
  /** Bytes of the graph and its weights on disk. */
  readonly weightBytes: number
  /** Absent where the graph does not tell the size of its vocabulary. */
  readonly grammars: Grammars | undefined
  readonly bytes: TokenBytes
  readonly tokenizer: Tokenizer
  /** The one for which markers are texts like others; made when it is first needed. */
  plain(): Tokenizer
  readonly ends: ReadonlySet<number>
  readonly generation: GenerationConfig
  /** Prompt and answer together have to fit; `undefined` when the folder doesn't say. */
  readonly context: number | undefined
  dispose(): Promise<void>
}

/** Loads tokenizer and graph. Throws `config` that says what to do about a folder that can't be used. */
export async function loadEngine(
  model: ModelFolder,
  { runtime = {}, gate, onStep = () => {} }: Partial<Pick<Opening, 'runtime' | 'gate' | 'onStep'>> = {},
): Promise<Engine> {
  const tokenizer = openTokenizer(model)
  const added = addable(model.graph)
  const graph = await loading(model.weights, onStep, () =>
    openGraph(model.graph, runtime, gate, added.size > 0 ? asOutputs([...added.values()]) : undefined),
  )
  const layout = graphLayout(graph.session, model.names)
  const fresh = layout.cache.map(({ input }) => added.get(input)?.name)
  const spoken = { run: graph.run, layout }
  const encode = (text: string, raw: boolean): number[] => tokenizer.encode(text, { add_special_tokens: raw }).ids
  const bytes = tokenBytes(tokenizer, model.tokenizer)
  const ends = endTokens(model, (token) => tokenizer.token_to_id(token))
  const vocabulary: Vocabulary = {
    size: vocabularySize(graph.session, layout.logits),
    bytes: bytes.of,
    ends,
    encode: (text) => encode(text, false),
    special(tag) {
      const token = tokenizer.token_to_id(tag)
      return token !== undefined && bytes.of(token).length === 0 ? token : undefined
    },
  }
  let plain: Tokenizer | undefined
  const templates = new Map<boolean, ChatTemplate | undefined>()
  return {
    encode,
    template(tools) {
      if (!templates.has(tools)) templates.set(tools, chatTemplate(model.tokenizerConfig, tools))
      return templates.get(tools)
    },
    graph: {
      ...spoken,
      masks: await masksColumns(spoken, encode('Most texts have these words.', false)),
      fresh: fresh.every((name) => name !== undefined && graph.session.outputNames.includes(name))
        ? (fresh as string[])
        : undefined,
    },
    executionProvider: graph.provider,
    weightBytes: model.weights.reduce((sum, file) => sum + statSync(file).size, 0),
    grammars: vocabulary.size > 0 ? grammarsOf(vocabulary) : undefined,
    bytes,
    tokenizer,
    plain: () => (plain ??= plainTokenizer(model)),
    ends,
    generation: model.generation,
    context: contextLength(model),
    dispose: graph.dispose,
  }
}

/** Tensors of the graph that tell what its cache grows by; none for a file that can't be read, of which the runtime says what is wrong. */
function addable(graph: string): ReadonlyMap<string, InnerTensor> {
  try {
    return newColumns(readGraphFile(graph))
  } catch {
    return new Map()
  }
}

/** How many logits there are; 0 where the graph does not tell. */
function vocabularySize({ outputMetadata }: InferenceSession, logits: string): number {
  const output = outputMetadata.find(({ name }) => name === logits)
  const size = output?.isTensor ? output.shape.at(-1) : undefined
  return typeof size === 'number' ? size : 0
}
