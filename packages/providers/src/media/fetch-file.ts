import { type AnyModelError, isAnyModelError } from '@anymodel/core'
import { type PollOptions, poll } from '@anymodel/core/http'
import type { Endpoint } from '../endpoint.ts'
import { type Fetched, fetchMedia, type MediaSettings } from './fetch-media.ts'
import type { Media } from './steps.ts'

/** Tries to fetch one file. */
const mostTries = 3

/** Fetches a file that was made, again where that fails for a passing reason: it has cost money, and a video minutes. What fails in the end is not retryable, since to make another one would not make it good. */
export async function fetchFile(
  endpoint: Endpoint,
  media: Media,
  settings: MediaSettings,
  jobs: PollOptions | undefined,
): Promise<Fetched> {
  const waits = poll({ ...jobs, total: Number.POSITIVE_INFINITY })
  for (let tries = 1; ; tries++) {
    try {
      return await fetchMedia(endpoint, media, settings)
    } catch (error) {
      if (!isAnyModelError(error)) throw error
      if (tries === mostTries || !mayPass(error)) throw error.with({ retryable: false })
      await waits.wait(settings.signal, error.retryAfter)
    }
  }
}

const mayPass = ({ code, status = 0, retryable }: AnyModelError): boolean =>
  code !== 'malformed' && (retryable || status === 429 || status >= 500)
