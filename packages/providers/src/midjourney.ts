import { AnyModelError } from '@anymodel/core'
import { endpoint, type ProviderOptions } from './endpoint.ts'
import type { MediaOptions } from './media/draw.ts'
import { imageModel } from './model.ts'
import { midjourneyImages } from './protocols/midjourney/index.ts'

export interface MidjourneyOptions extends ProviderOptions, MediaOptions {
  /** Midjourney has no public API, and its terms forbid automation: nothing is sent unless you say that you have read them. */
  readonly acceptTerms: boolean
}

/** Midjourney through a proxy of your own that speaks the dialect of midjourney-proxy (`baseURL`). Key, where the proxy wants one: `MIDJOURNEY_PROXY_SECRET`. */
export const midjourney = (options: MidjourneyOptions) => {
  const { acceptTerms, baseURL, apiKey = process.env.MIDJOURNEY_PROXY_SECRET, ...rest } = options ?? {}
  if (acceptTerms !== true || !baseURL)
    throw new AnyModelError(
      'config',
      'Midjourney has no public API: pass the baseURL of a proxy, and acceptTerms: true once you have read that its terms forbid automation.',
    )
  const at = endpoint({
    provider: 'midjourney',
    baseURL,
    options: { ...rest, ...(apiKey && { apiKey }) },
    credential: (key) => ({ 'mj-api-secret': key }),
  })
  return { image: (id = 'midjourney') => imageModel(at, midjourneyImages, id, options) }
}
