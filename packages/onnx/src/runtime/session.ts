import { env, InferenceSession, type Tensor } from 'onnxruntime-node'
import { broken } from '../folder.ts'
import { type Gate, through } from '../thread/gate.ts'

/** How the runtime computes. */
export interface RuntimeOptions {
  /** Threads that compute. Default: as many as there are processor cores. */
  readonly threads?: number | undefined
}

type Tensors = Record<string, Tensor>

/** A graph that is ready to run. */
export interface Graph {
  readonly session: InferenceSession
  /** Runs it once. The tensors that it gives are the caller's to dispose. */
  run(inputs: Tensors, outputs?: readonly string[]): Promise<Tensors>
  dispose(): Promise<void>
}

/** Opens a graph. Throws `config` that says what to do about a file that can't be used. */
export async function openGraph(file: string, runtime: RuntimeOptions = {}, gate?: Gate): Promise<Graph> {
  const session = await through(gate, () => openSession(file, runtime))
  return {
    session,
    run: (inputs, outputs) =>
      through(gate, async () => (await session.run(inputs, outputs ?? session.outputNames)) as Tensors),
    dispose: () => through(gate, () => session.release()),
  }
}

async function openSession(graph: string, { threads }: RuntimeOptions): Promise<InferenceSession> {
  env.logLevel = 'error'
  try {
    return await InferenceSession.create(graph, {
      executionProviders: ['cpu'],
      logSeverityLevel: 4,
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
