import { statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { env, InferenceSession, listSupportedBackends, type Tensor } from 'onnxruntime-node'
import { broken } from '../folder.ts'
import { type Gate, through } from '../thread/gate.ts'
import { readable } from './tensors.ts'

/** What may compute. Which of them there are hangs on the machine and on how onnxruntime-node was installed. */
export type ExecutionProvider = 'cpu' | 'cuda' | 'tensorrt' | 'dml' | 'coreml' | 'webgpu' | 'qnn'

/** How the runtime computes. */
export interface RuntimeOptions {
  /** Threads that compute. Default: as many as there are processor cores. */
  readonly threads?: number | undefined
  /**
   * What shall compute, best first: one that is not there, or can't take the model, gives way to the next, and when there is no next that is a `config` error. So `['cuda']` insists, and
   * `['cuda', 'cpu']` does not. Default `['cpu']`.
   */
  readonly executionProviders?: readonly ExecutionProvider[] | undefined
}

type Tensors = Record<string, Tensor>

/** A graph that is ready to run. */
export interface Graph {
  readonly session: InferenceSession
  /** What computes; the processor takes over what it can't do. */
  readonly provider: ExecutionProvider
  /** Runs it once. The tensors that it gives are the caller's to dispose. */
  run(inputs: Tensors, outputs?: readonly string[]): Promise<Tensors>
  dispose(): Promise<void>
}

/**
 * Opens a graph. `more`: what is put behind the bytes of the file, where the runtime takes that. Throws `config` that says what to do about a file that can't be used.
 */
export async function openGraph(
  file: string,
  runtime: RuntimeOptions = {},
  gate?: Gate,
  more?: Uint8Array,
): Promise<Graph> {
  const extended = more && statSync(file).size < largestBuffer ? await extend(file, more) : undefined
  const { session, provider } = await through(gate, async () =>
    extended
      ? openSession(file, runtime, extended).catch(() => openSession(file, runtime))
      : openSession(file, runtime),
  )
  return {
    session,
    provider,
    run: (inputs, outputs) =>
      through(gate, async () => (await session.run(readable(inputs), outputs ?? session.outputNames)) as Tensors),
    dispose: () => through(gate, () => session.release()),
  }
}

/** A file is read into memory whole only up to here: the runtime holds its weights a second time while it opens. Larger ones have their weights in files of their own as a rule. */
const largestBuffer = 2 ** 29

async function extend(file: string, more: Uint8Array): Promise<Uint8Array> {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const bytes = new Uint8Array(size + more.length)
    for (let at = 0, read = 1; at < size && read > 0; at += read)
      read = (await handle.read(bytes, at, size - at, at)).bytesRead
    bytes.set(more, size)
    return bytes
  } finally {
    await handle.close()
  }
}

/** `bytes`: those of the file, where it is not opened as it stands. */
async function openSession(
  graph: string,
  { threads, executionProviders = ['cpu'] }: RuntimeOptions,
  bytes?: Uint8Array,
): Promise<Pick<Graph, 'session' | 'provider'>> {
  env.logLevel = 'error'
  const refused: string[] = []
  for (const provider of executionProviders) {
    try {
      const options: InferenceSession.SessionOptions = {
        executionProviders: [provider],
        // What goes wrong is thrown; the log would say it again.
        logSeverityLevel: 4,
        ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      }
      const session = bytes
        ? await InferenceSession.create(bytes, { ...options, extra: weightsIn(dirname(graph)) })
        : await InferenceSession.create(graph, options)
      return { session, provider }
    } catch (error) {
      if (provider === 'cpu') throw broken(`${graph} can't be loaded: ${adviceFor((error as Error).message)}`, error)
      refused.push(`${provider}: ${(error as Error).message}`)
    }
  }
  const there = listSupportedBackends().map(({ name }) => name)
  throw broken(
    `${graph} can't be loaded on ${executionProviders.join(' or ') || 'nothing'}. onnxruntime-node is built for ${there.join(', ')} here; a driver or library that one needs may be missing. End executionProviders with cpu to do without. (${refused.join('; ')})`,
  )
}

/** Where weights outside of a graph are sought that has no path. */
const weightsIn = (folder: string) => ({ session: { model_external_initializers_file_folder_path: folder } })

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
