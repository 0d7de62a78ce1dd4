import { goDuration, resetTime, secondsOrDate } from '@anymodel/core/http'

const hint =
  /(?:try again in|retry after|retry in)\s+(\d+(?:\.\d+)?)\s*(ms|milliseconds?|s|seconds?|m|minutes?|h|hours?)\b/i

/**
 * Milliseconds after which a service wants to be asked again, in every spelling seen: `retry-after-ms`, `x-ms-retry-after-ms`, `retry-after` (seconds, HTTP date),
 * `RetryInfo.retryDelay` and sentences in the body, and (only when `limited`) the reset headers of exhausted limits. `undefined` when there is none; negative and non-finite values count as none.
 */
export function retryAfter(
  headers: Readonly<Record<string, string>>,
  body: string,
  limited: boolean,
  now = Date.now(),
): number | undefined {
  const ms = headers['retry-after-ms'] ?? headers['x-ms-retry-after-ms']
  const candidates: (number | undefined)[] = [
    ms === undefined || ms.trim() === '' ? undefined : Number(ms),
    headers['retry-after'] === undefined ? undefined : secondsOrDate(headers['retry-after'], now),
  ]
  const delay = /"retryDelay"\s*:\s*"([\d.]+)s"/.exec(body)
  if (delay) candidates.push(Number(delay[1]) * 1_000)
  const words = hint.exec(body)
  if (words) candidates.push(goDuration(`${words[1]}${unitOf(words[2] as string)}`))
  if (limited) candidates.push(exhausted(headers, now))
  return candidates.find((value) => value !== undefined && Number.isFinite(value) && value >= 0)
}

const unitOf = (word: string): string => (/^m(?:s|illi)/i.test(word) ? 'ms' : (word[0] as string).toLowerCase())

/** The longest reset among the limits whose `remaining` is 0. */
function exhausted(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  let longest: number | undefined
  for (const [name, value] of Object.entries(headers)) {
    if (!/ratelimit.*remaining/.test(name) || Number(value) !== 0) continue
    const until = headers[name.replace('remaining', 'reset')]
    const wait = until === undefined ? undefined : resetTime(until, now)
    if (wait !== undefined && (longest === undefined || wait > longest)) longest = wait
  }
  return longest
}
