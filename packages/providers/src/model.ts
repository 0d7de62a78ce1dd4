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
import type { PollOptions } from '@anymodel/core/http'
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

/** The same for pictures. */
export function imageModel(
  endpoint: Endpoint,
  protocol: ImageProtocol,
  id: string,
  options: MediaOptions = {},
): ImageModel {
  const target = { provider: endpoint.provider, model: id }
  return {
    provider: endpoint.provider,
    id,
    supports: protocol.supports(id),
    async *generate(call) {
      const [{ draw }, format] = await Promise.all([import('./media/draw.ts'), protocol.load()])
      yield* draw(endpoint, format, call, { target, options })
    },
  }
}

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

/** The same for speech. */
export function speechModel(endpoint: Endpoint, protocol: SpeechProtocol, id: string): SpeechModel {
  const { provider } = endpoint
  return {
    provider,
    id,
    supports: protocol.supports(id),
    async *speak(call) {
      const [{ speak }, format] = await Promise.all([import('./media/speak.ts'), protocol.load()])
      yield* speak(endpoint, format, call, { provider, model: id })
    },
  }
}

/** The same for transcription; `jobs`: how often the job is looked at where the service makes one of it. */
export function transcriptionModel(
  endpoint: Endpoint,
  protocol: TranscriptionProtocol,
  id: string,
  { jobs }: { readonly jobs?: PollOptions } = {},
): TranscriptionModel {
  const { provider } = endpoint
  return {
    provider,
    id,
    supports: protocol.supports(id),
    async *transcribe(call) {
      const [{ listen }, format] = await Promise.all([import('./media/listen.ts'), protocol.load()])
      yield* listen({ endpoint, format, call, target: { provider, model: id }, jobs })
    },
  }
}
