import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Dtype, dtypes } from '../dtypes.ts'
import { broken, list, readJson, refusePointer } from '../folder.ts'
import type { Location } from '../names.ts'
import type { SchedulerConfig } from './schedule/config.ts'

/** What a pipeline is made of, by the names of its folders. */
export type Component = 'text_encoder' | 'text_encoder_2' | 'unet' | 'vae_decoder' | 'vae_encoder' | 'safety_checker'

const needed: readonly Component[] = ['text_encoder', 'unet', 'vae_decoder']
const optional: readonly Component[] = ['text_encoder_2', 'vae_encoder', 'safety_checker']

/** The graph of a component, with the weights beside it. */
interface ComponentFiles {
  readonly graph: string
  readonly weights: readonly string[]
}

/** What we read of `unet/config.json`. */
export interface DenoiserConfig {
  readonly in_channels?: number
  readonly out_channels?: number
  /** Latents across and down. */
  readonly sample_size?: number | readonly number[]
  readonly block_out_channels?: readonly number[]
  readonly time_cond_proj_dim?: number | null
}

/** What we read of `vae_decoder/config.json`. */
export interface AutoencoderConfig {
  readonly _class_name?: string
  readonly block_out_channels?: readonly number[]
  readonly latent_channels?: number
  readonly scaling_factor?: number
  readonly shift_factor?: number | null
}

/** What we read of `generation_config.json`, which is ours: how a model is best asked. */
interface DrawingDefaults {
  readonly num_inference_steps?: number
  readonly guidance_scale?: number
}

/** A diffusion model as it lies on disk, its JSON files read. */
export interface ImageFolder {
  readonly folder: string
  readonly components: Readonly<Partial<Record<Component, ComponentFiles>>>
  readonly scheduler: SchedulerConfig
  readonly denoiser: DenoiserConfig
  readonly autoencoder: AutoencoderConfig
  readonly defaults: DrawingDefaults
  /** Whether an empty negative prompt is all zeros (SDXL) and not the encoded empty text. */
  readonly zerosForEmpty: boolean
  /** Whether it is a turbo model, by its name: made for one step without guidance. */
  readonly turbo: boolean
}

/** Reads the folder of a Stable Diffusion pipeline in the layout of diffusers. Throws `config` that says what is missing or damaged. */
export function readImageFolder({ folder, dtype }: Location): ImageFolder {
  const missing = [
    ...(existsSync(join(folder, 'model_index.json')) ? [] : ['model_index.json']),
    ...needed.filter((name) => graphsIn(folder, name).length === 0).map((name) => `${name}/model.onnx`),
    ...['tokenizer', 'scheduler/scheduler_config.json'].filter((name) => !existsSync(join(folder, name))),
  ]
  if (missing.length > 0)
    throw broken(`${folder} is not a model of the kind image: it has no ${missing.join(', no ')}.`)
  const index = readJson(folder, 'model_index.json') as {
    readonly _class_name?: string
    readonly _name_or_path?: string
    readonly force_zeros_for_empty_prompt?: boolean
  }
  if (
    !/^(?:ORT|Onnx)?(?:StableDiffusion|LatentConsistency)(?!.*(?:3Pipeline|ControlNet|Upscale|Pix2Pix))/.test(
      index._class_name ?? '',
    )
  )
    throw broken(
      `${folder} is a pipeline of the class ${index._class_name}, which is not supported: Stable Diffusion 1, 2 and XL are, with Turbo and LCM.`,
    )
  return {
    folder,
    components: Object.fromEntries(
      [...needed, ...optional].flatMap((name) => {
        const files = filesOf(folder, name, dtype)
        return files ? [[name, files]] : []
      }),
    ),
    scheduler: readScheduler(folder),
    denoiser: withNumbers(folder, 'unet/config.json', denoiserNumbers),
    autoencoder: withNumbers(folder, 'vae_decoder/config.json', autoencoderNumbers),
    defaults: withNumbers(folder, 'generation_config.json', defaultNumbers, {}),
    zerosForEmpty: index.force_zeros_for_empty_prompt ?? /XL/.test(index._class_name ?? ''),
    turbo: /turbo/i.test(`${index._name_or_path ?? ''} ${basename(folder)}`),
  }
}

const denoiserNumbers = ['in_channels', 'out_channels', 'sample_size', 'block_out_channels', 'time_cond_proj_dim']
const autoencoderNumbers = ['latent_channels', 'scaling_factor', 'block_out_channels']
const defaultNumbers = ['num_inference_steps', 'guidance_scale']

/** A JSON file whose settings of these names are numbers from 0 on, lists of some, or left open. */
function withNumbers(folder: string, name: string, keys: readonly string[], absent?: object): object {
  const config = readJson(folder, name, absent) as Readonly<Record<string, unknown>>
  const isNumber = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value < 1e6
  for (const key of keys) {
    const values = [config[key] ?? []].flat()
    if (values.length > 64 || !values.every(isNumber))
      throw broken(`${join(folder, name)} is damaged: ${key} is no number from 0 on. Download it again.`)
  }
  return config
}

/** Python writes infinities, which JSON does not know: they say that a setting has no bound. */
function readScheduler(folder: string): SchedulerConfig {
  const path = join(folder, 'scheduler/scheduler_config.json')
  try {
    const config: unknown = JSON.parse(readFileSync(path, 'utf8').replace(/:\s*-?Infinity\b/g, ': null'))
    if (typeof config === 'object' && config !== null && !Array.isArray(config)) return config
    throw new Error('it is not a JSON object')
  } catch (error) {
    throw broken(`${path} is damaged: ${(error as Error).message}. Download it again.`, error)
  }
}

/** The graphs of a component in the order of preference. */
function graphsIn(folder: string, component: Component): { readonly dtype: Dtype; readonly file: string }[] {
  const names = new Set(list(join(folder, component)))
  return (Object.keys(dtypes) as Dtype[]).flatMap((dtype) => {
    const file = `model${dtypes[dtype]}.onnx`
    return names.has(file) ? [{ dtype, file }] : []
  })
}

/** A component that has no file of the wanted precision takes the most exact one: pipelines often keep parts of them as they were. */
function filesOf(folder: string, component: Component, dtype: Dtype | undefined): ComponentFiles | undefined {
  const graphs = graphsIn(folder, component)
  const found = graphs.find((graph) => graph.dtype === dtype) ?? graphs[0]
  if (!found) return undefined
  if (dtype !== undefined && component === 'unet' && found.dtype !== dtype)
    throw broken(
      `${folder} has no ${dtype} file (unet/model${dtypes[dtype]}.onnx). It has ${graphs.map((graph) => graph.dtype).join(', ')}.`,
    )
  const graph = join(folder, component, found.file)
  refusePointer(graph)
  const beside = readdirSync(join(folder, component)).filter(
    (name) => name.startsWith(found.file) || /\.(?:pb|bin|data)$/.test(name),
  )
  return { graph, weights: beside.map((name) => join(folder, component, name)) }
}
