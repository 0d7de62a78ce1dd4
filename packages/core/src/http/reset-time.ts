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
export function secondsOrDate(text: string, now: number): number | undefined {
  const seconds = Number(text)
  if (text.trim() !== '' && !Number.isNaN(seconds)) return seconds * 1_000
  const date = Date.parse(text)
  return Number.isNaN(date) ? goDuration(text) : date - now
}

/** Milliseconds until a limit is reset, as services say it in a header: Go duration, RFC 3339 date, seconds from now, or seconds or milliseconds since the epoch. */
export function resetTime(text: string, now: number): number | undefined {
  const number = Number(text)
  if (text.trim() !== '' && !Number.isNaN(number))
    return number > 1e9 ? number * (number > 1e12 ? 1 : 1_000) - now : number * 1_000
  return goDuration(text) ?? secondsOrDate(text, now)
}
