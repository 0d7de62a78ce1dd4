import { type Endpoint, endpoint, type ProviderOptions } from './endpoint.ts'
import type { Key } from './key-pool.ts'
import type { MediaOptions } from './media/draw.ts'
import { embeddingModel, imageModel, speechModel, textModel, transcriptionModel, videoModel } from './model.ts'
import { openaiModels } from './openai-models.ts'
import { withFilters } from './protocols/azure-openai/index.ts'
import { openaiListeners, openaiSpeech, openaiTranscription, openaiVoices } from './protocols/openai-audio/index.ts'
import { openaiChat, openaiDialect, openaiEmbeddings } from './protocols/openai-chat/index.ts'
import { openaiImageModels, openaiImages } from './protocols/openai-images/index.ts'
import { openaiResponses } from './protocols/openai-responses/index.ts'
import { openaiVideos } from './protocols/openai-videos/index.ts'

export interface AzureOptions extends ProviderOptions, MediaOptions {
  /** Where the resource is, such as `https://mine.openai.azure.com` or `https://mine.services.ai.azure.com`. Default: `AZURE_OPENAI_ENDPOINT`, else by the name of the resource. `baseURL` is the same with `/openai/v1`. */
  readonly endpoint?: string
  /** The resource's name. Default: `AZURE_RESOURCE_NAME`. */
  readonly resource?: string
  /** A token of Microsoft Entra ID in place of a key; a function fetches it for every request. */
  readonly token?: Key
  /**
   * Default: the API of version 1, with `preview` for pictures, sound and videos. A date, such as `2024-10-21`, takes the older paths with the deployment in them (`baseURL` is then up to and with `/openai`). Default: `AZURE_OPENAI_API_VERSION`.
   */
  readonly apiVersion?: string
  /** The model behind a deployment whose name does not say it: `{ prod: 'gpt-5.4' }`. It decides which options are sent. */
  readonly models?: Readonly<Record<string, string>>
}

/** Where things are at a resource. */
interface Place {
  readonly baseURL: string
  readonly query?: string
}

/** Paths that older versions have below the deployment. */
type Surface = 'responses' | 'by-deployment' | 'preview'

/** Up to and without `/chat/completions`. What is given may have more of its path: pages of a deployment show it so. */
function addressOf(root: string | undefined, path: string): string | undefined {
  return root && root.replace(/(?<=[^/])\/openai(?:\/.*)?$|\/+$/, '') + path
}

const named = (resource: string | undefined) => resource && `https://${resource}.openai.azure.com`

const isDate = (version: string | undefined): version is string => version !== undefined && /^\d/.test(version)

function placeOf(given: Endpoint, version: string | undefined, surface: Surface, id: string): Place {
  if (!isDate(version)) {
    const asked = version ?? (surface === 'preview' ? 'preview' : undefined)
    return { baseURL: given.baseURL, ...(asked && { query: `?api-version=${asked}` }) }
  }
  const below = surface === 'responses' ? '' : `/deployments/${encodeURIComponent(id)}`
  return { baseURL: `${given.baseURL}${below}`, query: `?api-version=${version}` }
}

/**
 * Azure OpenAI, and other models of Microsoft Foundry: a model is the name of a deployment. Key: `AZURE_OPENAI_API_KEY`. `text` speaks Responses, `chat` speaks Chat Completions. https://learn.microsoft.com/azure/ai-foundry/openai/latest
 */
export const azure = (options: AzureOptions = {}) => {
  const { token, models = {}, apiVersion = process.env.AZURE_OPENAI_API_VERSION || undefined, ...rest } = options
  const path = isDate(apiVersion) ? '/openai' : '/openai/v1'
  const { AZURE_OPENAI_ENDPOINT, AZURE_RESOURCE_NAME } = process.env
  const baseURL = options.baseURL ?? addressOf(options.endpoint ?? named(options.resource), path)
  const given = endpoint({
    provider: 'azure',
    baseURL: addressOf(AZURE_OPENAI_ENDPOINT || named(AZURE_RESOURCE_NAME), path) ?? '',
    env: 'AZURE_OPENAI_API_KEY',
    options: { ...rest, ...(baseURL !== undefined && { baseURL }), ...(token && { apiKey: token }) },
    ...(!token && { credential: (key: string) => ({ 'api-key': key }) }),
  })
  const headers = given.baseURL === '' ? async () => (await import('./azure-endpoint.ts')).noEndpoint() : given.headers
  const at = (id: string, surface: Surface = 'by-deployment'): Endpoint => ({
    ...given,
    ...placeOf(given, apiVersion, surface, id),
    headers,
  })
  /** What is known of the model behind a deployment. */
  const rules = <Rule extends { readonly match: RegExp }>(all: readonly Rule[], id: string): readonly Rule[] => {
    const rule = all.find(({ match }) => match.test(models[id] ?? id))
    return rule ? [{ ...rule, match: /^/ }] : []
  }
  const embeddings = openaiEmbeddings({ dimensions: 'dimensions', base64: true, maxBatch: 2048 })
  return {
    text: (id: string) =>
      textModel(at(id, 'responses'), withFilters(openaiResponses({ models: rules(openaiModels, id) })), id),
    chat: (id: string) =>
      textModel(at(id), withFilters(openaiChat({ ...openaiDialect, models: rules(openaiModels, id) })), id),
    embedding: (id: string) => embeddingModel(at(id), embeddings, id),
    image: (id: string) =>
      imageModel(at(id, 'preview'), openaiImages({ models: rules(openaiImageModels.models, id) }), id, options),
    video: (id: string) => videoModel(at(id, 'preview'), openaiVideos, id, options),
    speech: (id: string) => speechModel(at(id, 'preview'), openaiSpeech(rules(openaiVoices, id)), id),
    transcription: (id: string) =>
      transcriptionModel(at(id, 'preview'), openaiTranscription(rules(openaiListeners, id)), id),
  }
}
