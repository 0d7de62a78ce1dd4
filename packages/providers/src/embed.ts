import { type EmbeddingCall, type EmbeddingResult, isAnyModelError } from '@anymodel/core'
import type { HttpReply } from '@anymodel/core/http'
import type { Endpoint } from './endpoint.ts'
import { meaning, notInFormat } from './failure.ts'
import { open } from './open.ts'
import type { EmbeddingFormat } from './protocol.ts'
import { parse, readText } from './reply-text.ts'
import { withoutSecrets } from './secrets.ts'

/** Sends one batch of values and reads their vectors. */
export async function embed(
  endpoint: Endpoint,
  format: EmbeddingFormat,
  model: string,
  call: EmbeddingCall,
): Promise<EmbeddingResult> {
  const target = { provider: endpoint.provider, model }
  let secrets: readonly string[] = []
  let reply: HttpReply | undefined
  try {
    const wire = format.request(call, target)
    const opened = await open(endpoint, wire, call)
    secrets = opened.secrets
    reply = await opened.exchange.reply
    const body = parse(await readText(reply.body))
    const { status, headers } = reply
    if (status < 200 || status >= 300) throw await meaning({ ...target, status, headers, body })
    return { ...format.result(body, call), warnings: wire.warnings }
  } catch (error) {
    if (call.signal?.aborted) throw call.signal.reason
    if (isAnyModelError(error)) {
      const known = error.with(target)
      throw withoutSecrets(endpoint.failed?.(known, secrets) ?? known, secrets)
    }
    throw reply ? await notInFormat(error, target) : error
  }
}
