import { AnyModelError } from '@anymodel/core'

/** A call that came in, as signatures see it. */
export interface Received {
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Seconds that a signature may be old, or ahead: a call that was recorded can't be played again for long. */
const tolerance = 300

/** The error for a call that is not what it says. Whoever sent it learns nothing from it. */
export const notSigned = (why: string): AnyModelError =>
  new AnyModelError('auth', `The webhook's signature ${why}: answer with status 401, and do nothing.`, {
    retryable: false,
  })

/** These headers. Throws for one that is not there. */
export function headersOf<Name extends string>(
  { headers }: Received,
  ...names: readonly Name[]
): Readonly<Record<Name, string>> {
  const missing = names.find((name) => !headers[name])
  if (missing) throw notSigned(`is not there (no ${missing})`)
  return headers as Record<Name, string>
}

/** Throws for a time that is too long ago, or to come. `time`: seconds since 1970. */
export function checkTime(time: string): void {
  if (!/^\d{1,12}$/.test(time) || Math.abs(Date.now() / 1_000 - Number(time)) > tolerance)
    throw notSigned('is too old, or of another time')
}
