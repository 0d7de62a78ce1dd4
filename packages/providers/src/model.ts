import { type EmbeddingModel, isAnyModelError, type TextModel } from '@anymodel/core'
import type { HttpReply } from '@anymodel/core/http'
import { Answer } from './answer.ts'
import type { Endpoint } from './endpoint.ts'
import { meaning, notInFormat } from './failure.ts'
import { open } from './open.ts'
import type { EmbeddingProtocol, TextProtocol } from './protocol.ts'
import { parse, readText } from './reply-text.ts'
import { withoutSecrets } from './secrets.ts'

/** Joins who (endpoint) and how (protocol): a model that sends one request per call. */
export function textModel(endpoint: Endpoint, protocol: TextProtocol, id: string): TextModel {
  return {
    provider: endpoint.provider,
    id,
    supports: protocol.supports(id),
    stream: (call) => ({ [Symbol.asyncIterator]: () => new Answer(endpoint, protocol, id, call) }),
  }
}

/** The same for embeddings. */
export function embeddingModel(endpoint: Endpoint, protocol: EmbeddingProtocol, id: string): EmbeddingModel {
  return {
    provider: endpoint.provider,
    id,
    ...(protocol.maxBatch === undefined ? {} : { maxBatch: protocol.maxBatch }),
    async embed(call) {
      const target = { provider: endpoint.provider, model: id }
      let secrets: readonly string[] = []
      let reply: HttpReply | undefined
      try {
        const wire = protocol.request(call, target)
        const opened = await open(endpoint, wire, call)
        secrets = opened.secrets
        reply = await opened.exchange.reply
        const body = parse(await readText(reply.body))
        const { status, headers } = reply
        if (status < 200 || status >= 300) throw await meaning({ ...target, status, headers, body })
        return { ...protocol.result(body, call), warnings: wire.warnings }
      } catch (error) {
        if (call.signal?.aborted) throw call.signal.reason
        if (isAnyModelError(error)) throw withoutSecrets(error.with(target), secrets)
        throw reply ? await notInFormat(error, target) : error
      }
    },
  }
}
