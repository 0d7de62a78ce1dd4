import { createReadStream, statSync } from 'node:fs'
import { Tokenizer } from '@huggingface/tokenizers'
import { env, InferenceSession } from 'onnxruntime-node'
import { broken, contextLength, endTokens, type GenerationConfig, type ModelFolder } from '../model-folder.ts'
import { graphLayout } from './cache-layout.ts'
import { type Gate, through } from './gate.ts'
import { type Run, type Sequence, sequence } from './sequence.ts'
import { type ChatTemplate, chatTemplate } from './template.ts'
import { type TokenBytes, tokenBytes } from './token-bytes.ts'

/** How far loading is. */
export interface LoadStep {
  /** `read`: weights come from the disk; `prepare`: the graph is made ready to run; `ready`: done. */
  readonly stage: 'read' | 'prepare' | 'ready'
  /** From 0 to 1. Preparing takes longer than reading from a fast disk, so reading ends at 0.5. */
  readonly fraction: number
  /** Bytes of weights read so far. */
  readonly bytes: number
  /** All bytes of weights. */
  readonly totalBytes: number
}

export interface EngineOptions {
  /** Threads that compute. Default: as many as there are processor cores. */
  readonly threads?: number | undefined
  /** Guards every stay inside the runtime. */
  readonly gate?: Gate | undefined
}

/** A loaded model. */
export interface Engine {
  /** Token ids of a text. `raw`: with what the tokenizer puts before a text of its own. */
  encode(text: string, raw: boolean): number[]
  begin(): Sequence
  template(tools: boolean): ChatTemplate | undefined
  readonly bytes: TokenBytes
  readonly tokenizer: Tokenizer
  readonly ends: ReadonlySet<number>
  readonly generation: GenerationConfig
  /** Prompt and answer together have to fit; `undefined` when the folder doesn't say. */
  readonly context: number | undefined
  dispose(): Promise<void>
}

/** Loads tokenizer and graph. Throws `config` that says what to do about a folder that can't be used. */
export async function loadEngine(
  model: ModelFolder,
  { threads, gate }: EngineOptions = {},
  onStep: (step: LoadStep) => void = () => {},
): Promise<Engine> {
  const tokenizer = openTokenizer(model)
  const totalBytes = await readThrough(model.weights, onStep)
  onStep({ stage: 'prepare', fraction: 0.5, bytes: totalBytes, totalBytes })
  const session = await through(gate, () => openSession(model, threads))
  const run: Run = (inputs) => through(gate, () => session.run(inputs))
  const layout = graphLayout(session)
  const templates = new Map<boolean, ChatTemplate | undefined>()
  onStep({ stage: 'ready', fraction: 1, bytes: totalBytes, totalBytes })
  return {
    encode: (text, raw) => tokenizer.encode(text, { add_special_tokens: raw }).ids,
    begin: () => sequence(run, layout),
    template(tools) {
      if (!templates.has(tools)) templates.set(tools, chatTemplate(model.tokenizerConfig, tools))
      return templates.get(tools)
    },
    bytes: tokenBytes(tokenizer, model.tokenizer),
    tokenizer,
    ends: endTokens(model, (token) => tokenizer.token_to_id(token)),
    generation: model.generation,
    context: contextLength(model),
    dispose: () => through(gate, () => session.release()),
  }
}

function openTokenizer({ folder, tokenizer, tokenizerConfig }: ModelFolder): Tokenizer {
  try {
    return new Tokenizer(tokenizer, tokenizerConfig)
  } catch (error) {
    throw broken(`tokenizer.json in ${folder} can't be used: ${(error as Error).message}. Download it again.`, error)
  }
}

/** Reads the weights once, into the system's cache: the runtime takes them from there, and a slow disk shows as progress. */
async function readThrough(files: readonly string[], onStep: (step: LoadStep) => void): Promise<number> {
  const totalBytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
  let bytes = 0
  for (const file of files) {
    for await (const chunk of createReadStream(file, { highWaterMark: 4 * 1024 * 1024 })) {
      bytes += (chunk as Uint8Array).length
      onStep({ stage: 'read', fraction: (0.5 * bytes) / totalBytes, bytes, totalBytes })
    }
  }
  return totalBytes
}

async function openSession({ graph }: ModelFolder, threads: number | undefined): Promise<InferenceSession> {
  env.logLevel = 'error'
  try {
    return await InferenceSession.create(graph, {
      executionProviders: ['cpu'],
      logSeverityLevel: 3,
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    })
  } catch (error) {
    throw broken(`${graph} can't be loaded: ${adviceFor((error as Error).message)}`, error)
  }
}

const advice: readonly (readonly [RegExp, string])[] = [
  [
    /no op registered|not a registered function|could not find an implementation|NOT_IMPLEMENTED/i,
    'it uses an operator that the ONNX runtime does not have here. Choose another precision of the model, or update @anymodel/onnx.',
  ],
  [/protobuf/i, 'the file is damaged. Download it again.'],
  [/opset/i, 'it needs a newer ONNX runtime. Update @anymodel/onnx, or export the model for an older opset.'],
  [
    /external data|model_path|filesystem/i,
    'weights that belong to it are missing. Download the .onnx_data files beside it.',
  ],
  [/alloc|memory/i, 'there is not enough memory. Choose a smaller precision, such as q4, or a smaller model.'],
]

const adviceFor = (message: string): string => {
  const known = advice.find(([pattern]) => pattern.test(message))?.[1]
  return known ? `${known} (${message})` : message
}
