import { join } from 'node:path'
import { Tensor } from 'onnxruntime-node'
import { broken, list, refusePointer } from '../folder.ts'
import { loading } from '../runtime/load-step.ts'
import { openGraph } from '../runtime/session.ts'
import { floatsOf } from '../runtime/tensors.ts'
import type { Opening } from '../thread/served.ts'

/** Samples per second that the model hears, and how many of them it judges at once. */
export const heardRate = 16_000
export const frameSamples = 512

/** Samples before each frame that the model sees again. */
const contextSamples = 64

const stateShape: readonly number[] = [2, 1, 128]

/** Tells, frame by frame, how likely it is that somebody speaks. */
export interface Silero {
  /** One probability for each frame of 512 samples; the last frame is filled up with silence. `undefined` when `cancelled` says so on the way. */
  probabilities(samples: Float32Array, cancelled: () => boolean): Promise<Float32Array | undefined>
}

const fileNames = ['onnx/model.onnx', 'model.onnx', 'silero_vad.onnx', 'silero_vad_16k_op15.onnx']

/** Loads Silero's voice activity detector, version 5 or later. Throws `config` that says what to do about a folder that can't be used. */
export async function loadSilero({ location, runtime, gate, onStep }: Opening): Promise<Silero> {
  const { folder } = location
  const there = [...list(folder), ...list(join(folder, 'onnx')).map((name) => `onnx/${name}`)]
  const name = fileNames.find((name) => there.includes(name))
  if (name === undefined)
    throw broken(`${folder} is no voice activity detector: it has no silero_vad.onnx and no onnx/model.onnx.`)
  const path = join(folder, name)
  refusePointer(path)
  const graph = await loading([path], onStep, () => openGraph(path, runtime, gate))
  const { inputNames, outputNames } = graph.session
  if (!['input', 'state', 'sr'].every((input) => inputNames.includes(input)) || !outputNames.includes('stateN'))
    throw broken(
      `${path} is not Silero's voice activity detector of version 5 or later: it takes ${inputNames.join(', ')}.`,
    )
  return {
    async probabilities(samples, cancelled) {
      const found = new Float32Array(Math.ceil(samples.length / frameSamples))
      const input = new Float32Array(contextSamples + frameSamples)
      const sr = new Tensor('int64', BigInt64Array.of(BigInt(heardRate)), [])
      let state: Tensor = new Tensor('float32', new Float32Array(2 * 128), stateShape)
      try {
        for (let frame = 0; frame < found.length; frame++) {
          if (cancelled()) return undefined
          input.copyWithin(0, frameSamples)
          input.fill(0, contextSamples)
          input.set(samples.subarray(frame * frameSamples, (frame + 1) * frameSamples), contextSamples)
          const heard = new Tensor('float32', input, [1, input.length])
          const { output, stateN } = await graph.run({ input: heard, state, sr }, ['output', 'stateN'])
          heard.dispose()
          state.dispose()
          state = stateN as Tensor
          found[frame] = floatsOf(output as Tensor)[0] ?? 0
          output?.dispose()
        }
        return found
      } finally {
        state.dispose()
        sr.dispose()
      }
    },
  }
}
