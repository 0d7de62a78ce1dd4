import type { Tensor } from 'onnxruntime-node'
import { broken } from '../folder.ts'
import type { Graph } from '../runtime/session.ts'
import { floats } from '../runtime/tensors.ts'
import type { Picture } from './picture.ts'
import { covering } from './resize.ts'
import { type Clock, runGraph } from './run.ts'

/** Side of the pictures that CLIP looks at, and how its colours are centred. https://github.com/openai/CLIP */
const side = 224
const mean = [0.48145466, 0.4578275, 0.40821073] as const
const deviation = [0.26862954, 0.26130258, 0.27577711] as const

/** Whether a model's safety checker takes a picture for harmful. */
export async function isHarmful(graph: Graph, picture: Picture, clock: Clock): Promise<boolean> {
  const types = new Map(
    graph.session.inputMetadata.flatMap((one) => (one.isTensor ? [[one.name, one.type] as const] : [])),
  )
  const unknown = [...types.keys()].filter((name) => name !== 'clip_input' && name !== 'images')
  const output = graph.session.outputNames.find((name) => /nsfw/.test(name))
  if (!types.has('clip_input') || unknown.length > 0 || output === undefined)
    throw broken(
      'safety_checker/model.onnx is not known here: it must take clip_input and images, and give has_nsfw_concepts.',
    )
  const { width, height, data } = picture
  const inputs: Record<string, Tensor> = {}
  for (const [name, type] of types)
    inputs[name] =
      name === 'clip_input'
        ? floats(type, forClip(covering(picture, side, side)), [1, 3, side, side])
        : floats(
            type,
            Float32Array.from(data, (value) => value / 255),
            [1, height, width, 3],
          )
  return runGraph(graph, inputs, clock, (outputs) => Boolean((outputs[output] as Tensor).data[0]))
}

function forClip({ data }: Picture): Float32Array {
  const size = side * side
  return Float32Array.from({ length: 3 * size }, (_, at) => {
    const channel = Math.floor(at / size)
    const value = (data[3 * (at % size) + channel] as number) / 255
    return (value - (mean[channel] as number)) / (deviation[channel] as number)
  })
}
