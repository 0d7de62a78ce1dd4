import { AnyModelError, type ErrorCode } from '@anymodel/core'

const reasons: readonly (readonly [pattern: RegExp, code: ErrorCode, message: string])[] = [
  [
    /SQLITE_FULL|ENOSPC|disk is full/,
    'config',
    'there is no room left on its disk. Make room and add again: what was in it is there as before',
  ],
  [
    /SQLITE_BUSY|SQLITE_LOCKED/,
    'server',
    'other processes have been writing to it for a minute. Try again when they are done',
  ],
  [
    /SQLITE_IOERR/,
    'config',
    'its disk refused to read or write: look for a full disk, a size limit or a failing device. What was in it is there as before',
  ],
  [/SQLITE_NOTADB/, 'config', 'it is no SQLite file. Name another file for the store'],
  [/SQLITE_CORRUPT/, 'config', 'it is damaged. Take it from a backup, or delete it and add the documents again'],
  [
    /SQLITE_READONLY|EROFS|readonly/,
    'config',
    'it can only be read. Allow writing to the file and its folder, since it keeps a log beside it',
  ],
  [
    /SQLITE_CANTOPEN|SQLITE_PERM|EACCES|EPERM|ENOTDIR|EISDIR|EEXIST|ConnectionFailed/,
    'config',
    'it can not be opened. Check the path and its permissions',
  ],
  [/CLIENT_CLOSED/, 'invalid-argument', 'it was closed. Open the store again'],
]

/** What a failure of SQLite or of the disk means for the user. */
export function fileFailure(cause: unknown, path: string): AnyModelError {
  const { code, message } = cause as { code?: unknown; message?: unknown }
  const said = `${typeof code === 'string' ? code : ''} ${message}`
  const reason = reasons.find(([pattern]) => pattern.test(said))
  if (!reason) return new AnyModelError('server', `The store ${path} failed: ${message}`, { cause })
  const [, kind, text] = reason
  return new AnyModelError(kind, `The store ${path} can't be used: ${text}. (${said.trim()})`, { cause })
}
