const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of a Go duration such as `1m2.5s` or `350ms`; `undefined` when it is not one. */
export function goDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g))
    total += Number(amount) * (units[unit as string] as number)
  return total
}

/** `retry-after` by RFC 9110: seconds, or a date. */
function secondsOrDate(text: string, now: number): number | undefined {
  const seconds = Number(text)
  if (text.trim() !== '' && !Number.isNaN(seconds)) return seconds * 1_000
  const date = Date.parse(text)
  return Number.isNaN(date) ? goDuration(text) : date - now
}

/** A reset header: Go duration, RFC 3339 date, seconds from now, or seconds since the epoch. */
function reset(text: string, now: number): number | undefined {
  const number = Number(text)
  if (text.trim() !== '' && !Number.isNaN(number))
    return number > 1e9 ? number * (number > 1e12 ? 1 : 1_000) - now : number * 1_000
  return goDuration(text) ?? secondsOrDate(text, now)
}

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
  if (words) candidates.push(Number(words[1]) * unitOf(words[2] as string))
  if (limited) candidates.push(exhausted(headers, now))
  return candidates.find((value) => value !== undefined && Number.isFinite(value) && value >= 0)
}

const unitOf = (word: string): number =>
  units[/^m(?:s|illi)/i.test(word) ? 'ms' : (word[0] as string).toLowerCase()] as number

/** The longest reset among the limits whose `remaining` is 0. */
function exhausted(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  let longest: number | undefined
  for (const [name, value] of Object.entries(headers)) {
    if (!/ratelimit.*remaining/.test(name) || Number(value) !== 0) continue
    const until = headers[name.replace('remaining', 'reset')]
    const wait = until === undefined ? undefined : reset(until, now)
    if (wait !== undefined && (longest === undefined || wait > longest)) longest = wait
  }
  return longest
}
