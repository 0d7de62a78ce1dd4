import { statfs } from 'node:fs/promises'
import { broken } from '../folder.ts'
import { toSize } from '../runtime/size.ts'

const elsewhere = 'or set ANYMODEL_CACHE (or the option cache) to a folder on another disk'

/** Throws `config` when a folder's disk has less than `bytes` free. A file system that does not tell is believed to have room. */
export async function requireSpace(folder: string, bytes: number): Promise<void> {
  const disk = await statfs(folder).catch(() => undefined)
  if (!disk || disk.blocks === 0) return
  const free = disk.bavail * disk.bsize
  if (free < bytes)
    throw broken(
      `${toSize(bytes)} are still to be downloaded, and the disk of ${folder} has ${toSize(free)} free. Make room, ${elsewhere}.`,
    )
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: `The disk is full. Make room, ${elsewhere}. What came is kept`,
  EDQUOT: `Your disk quota is used up. Make room, ${elsewhere}. What came is kept`,
  EACCES: `There is no permission to write. Change it, ${elsewhere}`,
  EPERM: `There is no permission to write. Change it, ${elsewhere}`,
  EROFS: `The disk can only be read. Set ANYMODEL_CACHE (or the option cache) to a folder that can be written`,
  ENOTDIR: 'A file stands where a folder is wanted. Remove it',
  EEXIST: 'Something stands where a folder is wanted. Remove it',
  ENOENT: 'The cache was changed while it was written. Was the model removed? Pull it again',
  EISDIR: 'A folder stands where a file is wanted. Remove it',
}

/** What a failure of the disk means for the user; any other error as it is. */
export function explainDisk(error: unknown): unknown {
  const { code = '', path, message, syscall } = (error ?? {}) as NodeJS.ErrnoException
  if (syscall === undefined) return error
  const reason = reasons[code] ?? 'The cache can not be used'
  return broken(`${reason}. (${path ?? message})`, error)
}
