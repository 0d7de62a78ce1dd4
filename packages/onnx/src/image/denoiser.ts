import type { Tensor } from 'onnxruntime-node'
import { broken } from '../folder.ts'
import type { Graph } from '../runtime/session.ts'
import { floats, floatsOf, joined, numbers } from '../runtime/tensors.ts'
import type { DenoiserConfig } from './folder.ts'
import { type Clock, runGraph } from './run.ts'
import { combine } from './schedule/combine.ts'
import type { Condition } from './text-encoder.ts'

/** Latents across and down. */
export interface Area {
  readonly width: number
  readonly height: number
}

/** What a picture is drawn by, the same at every step. */
export interface Guide {
  /** In latents. */
  readonly area: Area
  /** In pixels. */
  readonly size: Area
  readonly prompt: Condition
  /** What the picture is led away from; absent without guidance. */
  readonly negative: Condition | undefined
  /** How far it is led: 1 follows the prompt as it is. */
  readonly guidance: number
  /** Mask and masked picture as further channels, for models made for inpainting. */
  readonly further: Float32Array | undefined
}

export interface Denoiser {
  /** Channels of the latents. */
  readonly channels: number
  /** Whether it wants mask and masked picture as further channels. */
  readonly inpaints: boolean
  /** Whether guidance is told to it as a number, so that there is no negative prompt. */
  readonly guidanceInside: boolean
  /** Sizes in latents have to be multiples of this. */
  readonly multiple: number
  /** The one size that the graph takes, in latents; `undefined` when it takes many. */
  readonly fixed: Area | undefined
  /** What the graph makes of the latents at a timestep, led by the guidance: both prompts in one batch. */
  predict(latents: Float32Array, timestep: number, guide: Guide, clock: Clock): Promise<Float32Array>
}

/** Mask and masked picture: what an inpainting model reads besides the latents. */
const furtherChannels = (channels: number): number => channels + 1

/** Reads from the graph what it takes. Throws `config` for one that is no denoiser that we know. */
export function denoiser(graph: Graph, config: DenoiserConfig): Denoiser {
  const inputs = new Map(graph.session.inputMetadata.flatMap((one) => (one.isTensor ? [[one.name, one] as const] : [])))
  const unknown = [...inputs.keys()].filter((name) => !Object.hasOwn(makers, name))
  const sample = inputs.get('sample')
  if (!sample || unknown.length > 0)
    throw broken(
      unknown.length > 0
        ? `unet/model.onnx wants ${unknown.join(', ')}, which is not known here.`
        : 'unet/model.onnx is no denoiser: it takes no "sample".',
    )
  const output = graph.session.outputMetadata[0]?.name ?? ''
  const { in_channels: taken = 4, out_channels: channels = 4 } = config
  if (taken !== channels && taken !== channels + furtherChannels(channels))
    throw broken(`unet/config.json wants ${taken} channels in and ${channels} out, which is not known here.`)
  const [, , height, width] = sample.shape
  return {
    channels,
    inpaints: taken !== channels,
    guidanceInside: inputs.has('timestep_cond'),
    multiple: 2 ** Math.max(0, (config.block_out_channels?.length ?? 4) - 1),
    fixed: typeof width === 'number' && typeof height === 'number' ? { width, height } : undefined,
    predict(latents, timestep, guide, clock) {
      const conditions = guide.negative ? [guide.negative, guide.prompt] : [guide.prompt]
      const step = {
        latents,
        timestep,
        guide,
        conditions,
        channels: taken,
        embedding: config.time_cond_proj_dim ?? 256,
      }
      const tensors = Object.fromEntries(
        [...inputs.values()].map(({ name, type, shape }) => [name, (makers[name] as Make)(step, type, shape)]),
      )
      return runGraph(graph, tensors, clock, (outputs) =>
        led(floatsOf(outputs[output] as Tensor), guide, latents.length),
      )
    },
  }
}

/** Away from the negative prompt and towards the prompt. Ho and Salimans, https://arxiv.org/abs/2207.12598. */
function led(output: Float32Array, { negative, guidance }: Guide, length: number): Float32Array {
  if (!negative) return output.slice(0, length)
  return combine([1 - guidance, output.subarray(0, length)], [guidance, output.subarray(length)])
}

/** What the inputs of one step are made of. */
interface Step {
  readonly latents: Float32Array
  readonly timestep: number
  readonly guide: Guide
  /** One per picture in the batch. */
  readonly conditions: readonly Condition[]
  readonly channels: number
  /** Numbers of an embedded guidance. */
  readonly embedding: number
}

type Make = (step: Step, type: Tensor.Type, shape: readonly (number | string)[]) => Tensor

/** Every input that a denoiser may want. */
const makers: Readonly<Record<string, Make>> = {
  sample({ latents, guide, conditions, channels }, type) {
    const one = guide.further ? [latents, guide.further] : [latents]
    const { width, height } = guide.area
    return floats(type, joined(conditions.flatMap(() => one)), [conditions.length, channels, height, width])
  },
  timestep({ timestep, conditions }, type, shape) {
    const isPerPicture = typeof shape[0] === 'string' && /batch/.test(shape[0])
    const count = isPerPicture ? conditions.length : 1
    return numbers(type, new Array<number>(count).fill(timestep), shape.length === 0 ? [] : [count])
  },
  encoder_hidden_states({ conditions }, type) {
    const { hidden, width } = conditions[0] as Condition
    return floats(type, joined(conditions.map((one) => one.hidden)), [conditions.length, hidden.length / width, width])
  },
  text_embeds({ conditions }, type) {
    const rows = conditions.map(({ pooled }) => pooled ?? lacking('text_embeds'))
    return floats(type, joined(rows), [rows.length, rows[0]?.length ?? 0])
  },
  /** The size that the picture is to look like, where it was cropped, and its size. Podell et al., https://arxiv.org/abs/2307.01952, section 2.2. */
  time_ids({ guide, conditions }, type) {
    const { width, height } = guide.size
    const ids = Float32Array.of(height, width, 0, 0, height, width)
    return floats(type, joined(conditions.map(() => ids)), [conditions.length, ids.length])
  },
  timestep_cond({ guide, conditions, embedding }, type) {
    const row = embedded((guide.guidance - 1) * 1_000, embedding)
    return floats(type, joined(conditions.map(() => row)), [conditions.length, embedding])
  },
}

function lacking(input: string): never {
  throw broken(`unet/model.onnx wants ${input}, and no text encoder gives it.`)
}

/** A number as sines and cosines of rising wavelengths. Vaswani et al., https://arxiv.org/abs/1706.03762, section 3.5. */
function embedded(value: number, size: number): Float32Array {
  const half = Math.floor(size / 2)
  const row = new Float32Array(size)
  for (let i = 0; i < half; i++) {
    const angle = value * Math.exp((-Math.log(10_000) * i) / (half - 1))
    row[i] = Math.sin(angle)
    row[half + i] = Math.cos(angle)
  }
  return row
}
