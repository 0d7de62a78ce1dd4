import { resolve } from 'node:path'

import type { LoadProgress } from '@anymodel/onnx'
import type { TypedProvider } from '../config/check.ts'
import type { DownloadsConfig, HostedProvider, LocalProvider, ProviderType } from '../config/config.ts'
import { toMs } from '../config/duration.ts'
import { toBytes } from '../config/size.ts'
import { expand } from '../config/variables.ts'
import type { Kind, Models } from './kinds.ts'

/** A provider that is set up: it gives the models of the kinds that it has. */
export type Provider = { readonly [K in Kind]?: (id: string) => Models[K] } & {
  /** Frees what local models hold. */
  close?(): Promise<void>
}

interface ProviderContext {
  /** The provider's name in the config. */
  readonly name: string
  /** Who asks for it, such as `Role chat`. */
  readonly asker: string
  /** Folder that relative paths start from. */
  readonly dir: string
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined
}

/** Sets a provider up from its entry in the config. */
type OpenProvider = (entry: TypedProvider, context: ProviderContext) => Provider

interface ProviderSource {
  /** Environment variables of the key, best first. Without any, no key is needed. */
  readonly env?: readonly string[]
  /** Imports the provider's module. */
  load(): Promise<OpenProvider>
}

type HostedFactory = (options: ReturnType<typeof hostedOptions>) => Provider

const hosted =
  (factory: HostedFactory): OpenProvider =>
  (entry, context) =>
    factory(hostedOptions(entry, context))

/** Every provider type: where its key is sought and how its code is loaded. Nothing is imported before a config names it. */
export const providerSources: Readonly<Record<ProviderType, ProviderSource>> = {
  openai: {
    env: ['OPENAI_API_KEY'],
    load: async () => hosted((await import('@anymodel/providers/openai')).openai),
  },
  anthropic: {
    env: ['ANTHROPIC_API_KEY'],
    load: async () => hosted((await import('@anymodel/providers/anthropic')).anthropic),
  },
  google: {
    env: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    load: async () => hosted((await import('@anymodel/providers/google')).google),
  },
  groq: { env: ['GROQ_API_KEY'], load: async () => hosted((await import('@anymodel/providers/groq')).groq) },
  mistral: {
    env: ['MISTRAL_API_KEY'],
    load: async () => hosted((await import('@anymodel/providers/mistral')).mistral),
  },
  deepseek: {
    env: ['DEEPSEEK_API_KEY'],
    load: async () => hosted((await import('@anymodel/providers/deepseek')).deepseek),
  },
  together: {
    env: ['TOGETHER_API_KEY'],
    load: async () => hosted((await import('@anymodel/providers/together')).together),
  },
  openrouter: {
    env: ['OPENROUTER_API_KEY'],
    load: async () => hosted((await import('@anymodel/providers/openrouter')).openrouter),
  },
  xai: { env: ['XAI_API_KEY'], load: async () => hosted((await import('@anymodel/providers/xai')).xai) },
  recraft: {
    env: ['RECRAFT_API_TOKEN'],
    load: async () => hosted((await import('@anymodel/providers/recraft')).recraft),
  },
  replicate: {
    env: ['REPLICATE_API_TOKEN'],
    load: async () => hosted((await import('@anymodel/providers/replicate')).replicate),
  },
  fal: { env: ['FAL_KEY'], load: async () => hosted((await import('@anymodel/providers/fal')).fal) },
  bfl: { env: ['BFL_API_KEY'], load: async () => hosted((await import('@anymodel/providers/bfl')).bfl) },
  stability: {
    env: ['STABILITY_API_KEY'],
    load: async () => hosted((await import('@anymodel/providers/stability')).stability),
  },
  huggingface: {
    env: ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'],
    load: async () => hosted((await import('@anymodel/providers/huggingface')).huggingface),
  },
  ideogram: {
    env: ['IDEOGRAM_API_KEY'],
    load: async () => hosted((await import('@anymodel/providers/ideogram')).ideogram),
  },
  luma: {
    env: ['LUMAAI_API_KEY'],
    load: async () => hosted((await import('@anymodel/providers/luma')).luma),
  },
  runway: {
    env: ['RUNWAYML_API_SECRET'],
    load: async () => hosted((await import('@anymodel/providers/runway')).runway),
  },
  elevenlabs: {
    env: ['ELEVENLABS_API_KEY'],
    load: async () => hosted((await import('@anymodel/providers/elevenlabs')).elevenlabs),
  },
  deepgram: {
    env: ['DEEPGRAM_API_KEY'],
    load: async () => hosted((await import('@anymodel/providers/deepgram')).deepgram),
  },
  assemblyai: {
    env: ['ASSEMBLYAI_API_KEY'],
    load: async () => hosted((await import('@anymodel/providers/assemblyai')).assemblyai),
  },
  azure: {
    env: ['AZURE_OPENAI_API_KEY'],
    load: async () => {
      const { azure } = await import('@anymodel/providers/azure')
      return (entry, context) => {
        const { token, resource, apiVersion, models } = entry as HostedProvider
        const value = (text: string, key: string) => fill(text, key, context)
        return azure({
          ...hostedOptions(entry, context),
          ...(token !== undefined && { token: () => value(token, 'token') }),
          ...(resource !== undefined && { resource: value(resource, 'resource') }),
          ...(apiVersion !== undefined && { apiVersion: value(apiVersion, 'apiVersion') }),
          ...(models !== undefined && { models }),
        })
      }
    },
  },
  'azure-speech': {
    env: ['AZURE_SPEECH_KEY'],
    load: async () => hosted((await import('@anymodel/providers/azure-speech')).azureSpeech),
  },
  webui: { load: async () => hosted((await import('@anymodel/providers/webui')).webui) },
  ollama: { load: async () => hosted((await import('@anymodel/providers/ollama')).ollama) },
  llamacpp: { load: async () => hosted((await import('@anymodel/providers/llamacpp')).llamacpp) },
  lmstudio: { load: async () => hosted((await import('@anymodel/providers/lmstudio')).lmstudio) },
  vllm: { load: async () => hosted((await import('@anymodel/providers/vllm')).vllm) },
  'openai-compatible': {
    load: async () => {
      const { openaiCompatible } = await import('@anymodel/providers/openai-compatible')
      return (entry, context) => {
        const { baseURL = '', ...options } = hostedOptions(entry, context)
        return openaiCompatible({ name: context.name, baseURL, ...options })
      }
    },
  },
  comfyui: {
    load: async () => {
      const [{ comfyui }, { readWorkflows }] = await Promise.all([
        import('@anymodel/providers/comfyui'),
        import('./workflows.ts'),
      ])
      return (entry, context) => {
        const { workflows = {} } = entry as HostedProvider
        const files = Object.entries(workflows).map(([name, file]) => [
          name,
          resolve(context.dir, fill(file, `workflows.${name}`, context)),
        ])
        return comfyui({ ...hostedOptions(entry, context), workflows: readWorkflows(Object.fromEntries(files)) })
      }
    },
  },
  midjourney: {
    load: async () => {
      const { midjourney } = await import('@anymodel/providers/midjourney')
      return (entry, context) =>
        midjourney({ ...hostedOptions(entry, context), acceptTerms: (entry as HostedProvider).acceptTerms === true })
    },
  },
  onnx: {
    load: async () => {
      const { onnx } = await import('@anymodel/onnx')
      return (entry, context) => onnx(localOptions(entry as LocalProvider, context))
    },
  },
}

/** A provider's entry with its variables filled in. The key is read again at every request: a secret file may be replaced while the process runs. */
function hostedOptions(entry: TypedProvider, context: ProviderContext) {
  const { apiKey, baseURL, headers, http2, jobs, downloads } = entry as HostedProvider
  const value = (text: string, key: string) => fill(text, key, context)
  const readers = apiKey === undefined ? [] : [apiKey].flat().map((key) => () => value(key, 'apiKey'))
  // Once now, so that a missing variable is told in the name of the role that needs it.
  for (const read of readers) read()
  return {
    ...(readers.length > 0 ? { apiKey: readers.length === 1 ? (readers[0] as () => string) : readers } : {}),
    ...(baseURL === undefined ? {} : { baseURL: value(baseURL, 'baseURL') }),
    ...(headers === undefined
      ? {}
      : {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, text]) => [name, value(text, `headers.${name}`)]),
          ),
        }),
    ...(http2 === undefined ? {} : { http2 }),
    ...(jobs && { jobs: Object.fromEntries(Object.entries(jobs).map(([name, time]) => [name, toMs(time)])) }),
    ...(downloads && { downloads: toDownloads(downloads) }),
  }
}

const toDownloads = ({ maxBytes, allowPrivate }: DownloadsConfig) => ({
  ...(maxBytes === undefined ? {} : { maxBytes: toBytes(maxBytes) }),
  ...(allowPrivate === undefined ? {} : { allowPrivate }),
})

function localOptions({ dir, threads, maxMemory }: LocalProvider, context: ProviderContext) {
  const { onProgress } = context
  return {
    ...(dir === undefined ? {} : { dir: resolve(context.dir, fill(dir, 'dir', context)) }),
    ...(threads === undefined ? {} : { threads }),
    ...(maxMemory === undefined ? {} : { maxMemory: toBytes(maxMemory) }),
    ...(onProgress ? { onProgress } : {}),
    resolveFrom: [import.meta.url],
  }
}

const fill = (text: string, key: string, { name, asker, dir }: ProviderContext): string =>
  expand(text, { needed: `${asker} needs providers.${name}.${key}`, dir })
