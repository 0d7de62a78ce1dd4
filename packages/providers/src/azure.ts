import { azureResource } from './azure-resource.ts'
import type { ProviderOptions } from './endpoint.ts'
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

/**
 * Azure OpenAI, and other models of Microsoft Foundry: a model is the name of a deployment. Key: `AZURE_OPENAI_API_KEY`. `text` speaks Responses, `chat` speaks Chat Completions. https://learn.microsoft.com/azure/ai-foundry/openai/latest
 */
export const azure = (options: AzureOptions = {}) => {
  const { models = {} } = options
  const at = azureResource(options)
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
      imageModel(at(id, 'media'), openaiImages({ models: rules(openaiImageModels.models, id) }), id, options),
    video: (id: string) => videoModel(at(id, 'media'), openaiVideos, id, options),
    speech: (id: string) => speechModel(at(id, 'media'), openaiSpeech(rules(openaiVoices, id)), id),
    transcription: (id: string) =>
      transcriptionModel(at(id, 'media'), openaiTranscription(rules(openaiListeners, id)), id),
  }
}
