import type {
  CodeModel,
  EmbeddingModel,
  ImageModel,
  PartStream,
  SpeechModel,
  TextModel,
  TranscriptionModel,
  VideoModel,
} from '@anymodel/core'
import { Answer } from './answer.ts'
import type { Endpoint } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import type {
  CodeProtocol,
  EmbeddingProtocol,
  ImageProtocol,
  SpeechProtocol,
  TextProtocol,
  TranscriptionProtocol,
  VideoProtocol,
} from './protocol.ts'

/** Joins who (endpoint) and how (protocol): a model that sends one request per call. */
export function textModel(endpoint: Endpoint, protocol: TextProtocol, id: string): TextModel {
  return {
    provider: endpoint.provider,
    id,
    supports: protocol.supports(id),
    stream: (call) => ({ [Symbol.asyncIterator]: () => new Answer(endpoint, protocol, id, call) }),
  }
}

/** The same for embeddings; what encodes and sends them is loaded with the first call. */
export function embeddingModel(endpoint: Endpoint, protocol: EmbeddingProtocol, id: string): EmbeddingModel {
  return {
    provider: endpoint.provider,
    id,
    ...(protocol.maxBatch === undefined ? {} : { maxBatch: protocol.maxBatch }),
    async embed(call) {
      const [{ embed }, format] = await Promise.all([import('./embed.ts'), protocol.load()])
      return embed(endpoint, format, id, call)
    },
  }
}

/** The same for models that fill gaps in code; how to ask them is loaded with the first call. */
export function codeModel(endpoint: Endpoint, protocol: CodeProtocol, id: string): CodeModel {
  return {
    provider: endpoint.provider,
    id,
    supports: protocol.supports,
    async *fill(call) {
      const format = await protocol.load()
      const answer: PartStream = { [Symbol.asyncIterator]: () => new Answer(endpoint, format, id, call) }
      yield* answer
    },
  }
}

type MediaVerb = keyof typeof import('./media/verbs.ts').verbs

/** The same for models of media, by the verb that they are asked with. */
const mediaModel =
  <Protocol extends { supports(id: string): unknown; load(): Promise<unknown> }, Model>(verb: MediaVerb) =>
  (endpoint: Endpoint, protocol: Protocol, id: string, options: MediaOptions = {}): Model =>
    ({
      provider: endpoint.provider,
      id,
      supports: protocol.supports(id),
      async *[verb](call: never) {
        const [{ verbs }, format] = await Promise.all([import('./media/verbs.ts'), protocol.load() as Promise<never>])
        yield* verbs[verb]({ endpoint, format, call, options, target: { provider: endpoint.provider, model: id } })
      },
    }) as Model

/** The same for pictures. */
export const imageModel = /* @__PURE__ */ mediaModel<ImageProtocol, ImageModel>('generate')

/** The same for speech. */
export const speechModel = /* @__PURE__ */ mediaModel<SpeechProtocol, SpeechModel>('speak')

/** The same for transcription. */
export const transcriptionModel = /* @__PURE__ */ mediaModel<TranscriptionProtocol, TranscriptionModel>('transcribe')

/** The same for videos. */
export function videoModel(
  endpoint: Endpoint,
  protocol: VideoProtocol,
  id: string,
  options: MediaOptions = {},
): VideoModel {
  const { provider } = endpoint
  const film = async () => {
    const [{ filming }, format] = await Promise.all([import('./media/film.ts'), protocol.load()])
    return filming({ endpoint, format, target: { provider, model: id }, options })
  }
  return {
    provider,
    id,
    supports: protocol.supports(id),
    async *film(call) {
      yield* (await film()).film(call)
    },
    async *resume(job, call = {}) {
      yield* (await film()).resume(job, call)
    },
    ...(protocol.cancels && { cancel: async (job, call) => (await film()).cancel(job, call) }),
  }
}
