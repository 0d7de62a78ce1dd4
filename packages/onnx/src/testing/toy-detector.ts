import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onnxFile } from './onnx-file.ts'
import { scratchFolder } from './toy-model.ts'

/**
 * Writes the folder of a tiny voice activity detector with the inputs and outputs of Silero's: whatever is louder than a tenth is speech, but not in the first two frames, which it counts in its state; so
 * it hears nothing at all when its state is not handed on.
 */
export function toyDetector(): string {
  const folder = scratchFolder()
  const number = (name: string, value: number) =>
    ({ name, type: 'float32', dims: [], data: Float32Array.of(value) }) as const
  const graph = onnxFile({
    inputs: [
      { name: 'input', type: 'float32', shape: ['batch', 'samples'] },
      { name: 'state', type: 'float32', shape: [2, 'batch', 128] },
      { name: 'sr', type: 'int64', shape: [] },
    ],
    outputs: [
      { name: 'output', type: 'float32', shape: ['batch', 1] },
      { name: 'stateN', type: 'float32', shape: [2, 'batch', 128] },
    ],
    constants: [
      number('loud', 0.1),
      number('one', 1),
      number('enough', 1.5),
      { name: 'box', type: 'int64', dims: [2], data: BigInt64Array.of(1n, 1n) },
    ],
    nodes: [
      { op: 'Add', inputs: ['state', 'one'], outputs: ['stateN'] },
      { op: 'ReduceMax', inputs: ['state'], outputs: ['frames'] },
      { op: 'Reshape', inputs: ['frames', 'box'], outputs: ['frame'] },
      { op: 'Greater', inputs: ['frame', 'enough'], outputs: ['settled'] },
      { op: 'ReduceMax', inputs: ['input'], outputs: ['peaks'] },
      { op: 'Reshape', inputs: ['peaks', 'box'], outputs: ['peak'] },
      { op: 'Greater', inputs: ['peak', 'loud'], outputs: ['heard'] },
      { op: 'And', inputs: ['heard', 'settled'], outputs: ['speech'] },
      { op: 'Cast', inputs: ['speech'], outputs: ['output'], attributes: { to: 1 } },
    ],
  })
  writeFileSync(join(folder, 'silero_vad.onnx'), graph)
  return folder
}
