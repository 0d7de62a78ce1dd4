import { AnyModelError, type ErrorCode } from '@anymodel/core'

/** By the beginning of SQLSTATE, or the name of a failed system call. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const reasons: readonly (readonly [code: RegExp, kind: ErrorCode, says: string])[] = [
  [/^28/, 'auth', 'The database refused the user or the password. Check what the pool was made with'],
  [/^42501/, 'config', "The database's user may not do this. Give it the right to create tables in the schema"],
  [/^(3D|3F)/, 'config', 'There is no such database or schema. Create it, or name another'],
  [/^53100/, 'config', 'The disk of the database is full. Make room and add again: what was there is there as before'],
  [
    /^(53|57P03)/,
    'rate-limit',
    'The database has no connection or memory left for this. Try again later, or with fewer at once',
  ],
  [/^(08|57P)/, 'network', 'The connection to the database broke'],
  [
    /^(ECONN|EPIPE|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENET)/,
    'network',
    'The database can not be reached. Check its address, and whether it runs',
  ],
]

/** What a failure of the database or of its client means for the user. */
export function databaseFailure(cause: unknown): AnyModelError {
  const { code, message } = cause as { code?: unknown; message?: unknown }
  const state = typeof code === 'string' ? code : ''
  const reason = reasons.find(([pattern]) => pattern.test(state))
  const [, kind, says] = reason ?? [undefined, 'server' as const, 'The database failed']
  return new AnyModelError(kind, `${says}. (${`${state} ${message}`.trim()})`, { providerCode: state, cause })
}
