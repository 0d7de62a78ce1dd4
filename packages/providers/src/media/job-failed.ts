import { AnyModelError } from '@anymodel/core'
import type { Target } from '../protocol.ts'
import { Reported } from '../reported.ts'

const moderated = /moderat|nsfw|safety|sensitive|flagged|polic(?:y|ies)|prohibited|not allowed/i

/** The error of a job that failed: `content-filter` where its words or its code speak of moderation. */
export function jobFailed(target: Target, message: string | undefined, code?: string): Error {
  const { provider, model } = target
  const said = message || 'the job failed without a reason.'
  if (!moderated.test(`${code ?? ''} ${said}`)) return new Reported({ ...target, body: { message: said, code } })
  return new AnyModelError('content-filter', `${provider}/${model}: ${said}`, { ...target, providerCode: code })
}
