import type { Tensor } from 'onnxruntime-node'
import { broken } from '../folder.ts'
import type { Graph } from '../runtime/session.ts'
import { floats, floatsOf } from '../runtime/tensors.ts'
import type { Area } from './denoiser.ts'
import type { AutoencoderConfig } from './folder.ts'
import { fromPlanes, type Picture, toPlanes } from './picture.ts'
import { type Clock, runGraph } from './run.ts'

/** Turns latents into pixels and back. */
export interface Autoencoder {
  /** Pixels across and down of one latent. */
  readonly factor: number
  decode(latents: Float32Array, area: Area, clock: Clock): Promise<Picture>
  /** `graph` is the encoder, which is loaded apart. */
  encode(graph: Graph, picture: Picture, clock: Clock): Promise<Float32Array>
}

/** Reads from the config how latents are scaled. */
export function autoencoder(decoder: Graph, config: AutoencoderConfig): Autoencoder {
  const isTiny = config._class_name === 'AutoencoderTiny'
  const { latent_channels: channels = 4, scaling_factor: scale = isTiny ? 1 : 0.18215 } = config
  const shift = config.shift_factor ?? 0
  const factor = 2 ** ((config.block_out_channels?.length ?? 4) - 1)
  return {
    factor,
    decode(latents, { width, height }, clock) {
      const { name, type } = only(decoder, 'vae_decoder')
      const inputs = {
        [name]: floats(
          type,
          latents.map((value) => value / scale + shift),
          [1, channels, height, width],
        ),
      }
      return runGraph(decoder, inputs, clock, (outputs) =>
        fromPlanes(floatsOf(firstOf(outputs, decoder)), width * factor, height * factor),
      )
    },
    encode(graph, picture, clock) {
      const { name, type } = only(graph, 'vae_encoder')
      const inputs = { [name]: floats(type, toPlanes(picture), [1, 3, picture.height, picture.width]) }
      const size = (channels * picture.width * picture.height) / factor ** 2
      // Some graphs give mean and variance: the mean comes first.
      return runGraph(graph, inputs, clock, (outputs) =>
        floatsOf(firstOf(outputs, graph))
          .slice(0, size)
          .map((value) => (value - shift) * scale),
      )
    },
  }
}

const firstOf = (outputs: Record<string, Tensor>, { session }: Graph): Tensor =>
  outputs[session.outputNames[0] ?? ''] as Tensor

/** The one input of a graph. */
function only({ session }: Graph, component: string): { readonly name: string; readonly type: Tensor.Type } {
  const [input, ...more] = session.inputMetadata
  if (input?.isTensor && more.length === 0) return input
  throw broken(`${component}/model.onnx is no part of an autoencoder: it takes ${session.inputNames.join(', ')}.`)
}
