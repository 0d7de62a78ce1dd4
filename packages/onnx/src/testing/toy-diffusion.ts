import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type ElementType, type Graph, onnxFile } from './onnx-file.ts'
import { scratchFolder } from './toy-model.ts'

type Node = Graph['nodes'][number]
type Constant = Graph['constants'][number]

export interface ToyDiffusionOptions {
  readonly precision?: 'float32' | 'float16'
  /** Two text encoders, and the further conditions of SDXL. */
  readonly xl?: boolean
  /** Guidance is told to the denoiser as a number. */
  readonly lcm?: boolean
  /** Channels that the denoiser takes: 9 for one that reads mask and masked picture. It then draws the first channel of the masked picture. */
  readonly channels?: number
  /** The one size that the denoiser takes, in latents. */
  readonly fixed?: number
  /** A safety checker that takes pictures for harmful whose pixels are brighter than this on average, from 0 to 1. */
  readonly harmfulAbove?: number
  /** Whether pictures can be started from. Default true. */
  readonly encoder?: boolean
  /** What the encoder gives: latents, or mean and variance of them. */
  readonly variance?: boolean
  /** Files in place of those that are written, by path; `null`: left out. */
  readonly files?: Readonly<Record<string, object | string | Uint8Array | null>>
}

/** Tokens of the toy: letters, which stand for themselves times `perToken` of brightness. */
const vocab = { '<|startoftext|>': 0, '<|endoftext|>': 1, 'a</w>': 2, 'b</w>': 3, a: 4, b: 5 }

/**
 * Writes the folder of a real, tiny diffusion model. One latent is one pixel. Its denoiser knows at once what it draws: grey whose brightness (from -1 to 1, as autoencoders count) is the sum of the
 * prompt's token ids, of the further conditions and of the embedded guidance, each times a small factor. So a test can say which pixels must come out.
 */
export function toyDiffusion(options: ToyDiffusionOptions = {}): string {
  const folder = scratchFolder()
  const { xl = false, lcm = false, channels = 4, encoder = true } = options
  const tokenizer = {
    vocab,
    merges: '#version: 0.2\n',
    config: { model_max_length: 6, bos_token: '<|startoftext|>', eos_token: { content: '<|endoftext|>' } },
  }
  const written: Record<string, object | string | Uint8Array | null> = {
    'model_index.json': { _class_name: xl ? 'StableDiffusionXLPipeline' : 'StableDiffusionPipeline' },
    'scheduler/scheduler_config.json': scheduler(lcm),
    'unet/config.json': {
      in_channels: channels,
      out_channels: 4,
      sample_size: 8,
      block_out_channels: [8, 8],
      time_cond_proj_dim: 4,
    },
    'unet/model.onnx': denoiser(options),
    'vae_decoder/config.json': { block_out_channels: [8], latent_channels: 4, scaling_factor: 1 },
    'vae_decoder/model.onnx': picked('latent_sample', 'sample', [0, 1, 2], options),
    ...(encoder && { 'vae_encoder/model.onnx': picked('sample', 'latent_sample', latents(options), options) }),
    ...(options.harmfulAbove !== undefined && { 'safety_checker/model.onnx': checker(options.harmfulAbove) }),
  }
  for (const suffix of xl ? ['', '_2'] : ['']) {
    written[`text_encoder${suffix}/model.onnx`] = textEncoder(xl, options)
    written[`tokenizer${suffix}/vocab.json`] = tokenizer.vocab
    written[`tokenizer${suffix}/merges.txt`] = tokenizer.merges
    written[`tokenizer${suffix}/tokenizer_config.json`] = tokenizer.config
  }
  for (const [path, content] of Object.entries({ ...written, ...options.files })) {
    if (content === null) continue
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    const bytes = content instanceof Uint8Array || typeof content === 'string' ? content : JSON.stringify(content)
    writeFileSync(join(folder, path), bytes)
  }
  return folder
}

const scheduler = (lcm: boolean): object => ({
  _class_name: lcm ? 'LCMScheduler' : 'DDIMScheduler',
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: 'scaled_linear',
  prediction_type: 'sample',
  clip_sample: false,
})

/** Brightness of one token, of a further condition, of the guidance. */
export const perToken = 1 / 64
const perCondition = 1 / 1_024

const whole = (name: string, ...data: number[]): Constant => ({
  name,
  type: 'int64',
  dims: [data.length],
  data: BigInt64Array.from(data, BigInt),
})

function number(name: string, value: number, type: ElementType): Constant {
  // Powers of two down to 2^-10 have no fraction in halves either.
  const half = value === 0 ? 0 : (Math.log2(value) + 15) << 10
  return { name, type, dims: [], data: type === 'float16' ? Uint16Array.of(half) : Float32Array.of(value) }
}

/** Rows of one number per token: the token's id; its sum is the pooled output. */
function textEncoder(xl: boolean, { precision = 'float32' }: ToyDiffusionOptions): Uint8Array {
  const layer = xl ? ['hidden_states.0', 'hidden_states.1', 'hidden_states.2'] : ['last_hidden_state']
  return onnxFile({
    inputs: [{ name: 'input_ids', type: 'int64', shape: ['batch', 'length'] }],
    outputs: [
      ...layer.map((name) => ({ name, type: precision, shape: ['batch', 'length', 1] })),
      { name: 'pooler_output', type: precision, shape: ['batch', 1] },
    ],
    constants: [whole('last', 2), whole('axis', 1), number('zero', 0, precision)],
    nodes: [
      { op: 'Cast', inputs: ['input_ids'], outputs: ['numbers'], attributes: { to: precision === 'float16' ? 10 : 1 } },
      { op: 'ReduceSum', inputs: ['numbers', 'axis'], outputs: ['pooler_output'] },
      { op: 'Unsqueeze', inputs: ['numbers', 'last'], outputs: ['rows'] },
      // Only the layer before the last has anything to say.
      ...layer.map((name, i) =>
        layer.length === 1 || i === 1
          ? { op: 'Identity', inputs: ['rows'], outputs: [name] }
          : { op: 'Mul', inputs: ['rows', 'zero'], outputs: [name] },
      ),
    ],
  })
}

/** Sums over all but the first axis, as a column that fits latents. */
function summed(
  name: string,
  axes: readonly number[],
  factor: string,
): { nodes: Node[]; constants: Constant[]; sum: string } {
  const at = (part: string) => `${name}.${part}`
  return {
    sum: at('scaled'),
    constants: [whole(at('axes'), ...axes), whole(at('shape'), -1, 1, 1, 1)],
    nodes: [
      { op: 'ReduceSum', inputs: [name, at('axes')], outputs: [at('sum')] },
      { op: 'Reshape', inputs: [at('sum'), at('shape')], outputs: [at('column')] },
      { op: 'Mul', inputs: [at('column'), factor], outputs: [at('scaled')] },
    ],
  }
}

function denoiser({ precision: type = 'float32', xl, lcm, channels = 4, fixed }: ToyDiffusionOptions): Uint8Array {
  const side = fixed ?? 'side'
  const further = [...(xl ? ['text_embeds', 'time_ids'] : []), ...(lcm ? ['timestep_cond'] : [])]
  const sums = [
    summed('encoder_hidden_states', [1, 2], 'perToken'),
    ...further.map((name) => summed(name, [1], 'perCondition')),
  ]
  // The masked picture begins behind latents and mask.
  const drawn = channels > 4 ? [5, 5, 5, 5] : [0, 1, 2, 3]
  return onnxFile({
    inputs: [
      { name: 'sample', type, shape: ['batch', channels, side, side] },
      { name: 'timestep', type: xl ? type : 'int64', shape: xl ? ['batch'] : [] },
      { name: 'encoder_hidden_states', type, shape: ['batch', 'length', xl ? 2 : 1] },
      ...further.map((name) => ({ name, type, shape: ['batch', 'numbers'] })),
    ],
    outputs: [{ name: 'out_sample', type, shape: ['batch', 4, side, side] }],
    constants: [
      whole('channels', ...drawn),
      number('none', channels > 4 ? 1 : 0, type),
      number('perToken', perToken, type),
      number('perCondition', perCondition, type),
      ...sums.flatMap(({ constants }) => constants),
    ],
    nodes: [
      { op: 'Gather', inputs: ['sample', 'channels'], outputs: ['picked'], attributes: { axis: 1 } },
      { op: 'Mul', inputs: ['picked', 'none'], outputs: ['ground'] },
      ...sums.flatMap(({ nodes }) => nodes),
      ...sums.map(({ sum }, i) => ({
        op: 'Add',
        inputs: [i === 0 ? 'ground' : `sum.${i - 1}`, sum],
        outputs: [i === sums.length - 1 ? 'out_sample' : `sum.${i}`],
      })),
    ],
  })
}

const latents = ({ variance }: ToyDiffusionOptions): number[] => [0, 1, 2, 0, ...(variance ? [1, 1, 1, 1] : [])]

/** An autoencoder that picks channels. */
const picked = (
  from: string,
  to: string,
  channels: readonly number[],
  { precision: type = 'float32' }: ToyDiffusionOptions,
) =>
  onnxFile({
    inputs: [{ name: from, type, shape: ['batch', 'channels', 'height', 'width'] }],
    outputs: [{ name: to, type, shape: ['batch', channels.length, 'height', 'width'] }],
    constants: [whole('picked', ...channels)],
    nodes: [{ op: 'Gather', inputs: [from, 'picked'], outputs: [to], attributes: { axis: 1 } }],
  })

/** Says 1 of a picture that is brighter than a bound. */
const checker = (bound: number) =>
  onnxFile({
    inputs: [
      { name: 'clip_input', type: 'float32', shape: ['batch', 3, 224, 224] },
      { name: 'images', type: 'float32', shape: ['batch', 'height', 'width', 3] },
    ],
    outputs: [{ name: 'has_nsfw_concepts', type: 'int64', shape: ['batch'] }],
    constants: [
      { name: 'bound', type: 'float32', dims: [], data: Float32Array.of(bound) },
      whole('flat', 1, -1),
      whole('one', 1),
    ],
    nodes: [
      { op: 'Reshape', inputs: ['images', 'flat'], outputs: ['row'] },
      { op: 'ReduceMean', inputs: ['row'], outputs: ['mean'], attributes: { keepdims: 0 } },
      { op: 'Sub', inputs: ['mean', 'bound'], outputs: ['over'] },
      { op: 'Sign', inputs: ['over'], outputs: ['sign'] },
      { op: 'Relu', inputs: ['sign'], outputs: ['above'] },
      { op: 'Cast', inputs: ['above'], outputs: ['number'], attributes: { to: 7 } },
      { op: 'Reshape', inputs: ['number', 'one'], outputs: ['has_nsfw_concepts'] },
    ],
  })
