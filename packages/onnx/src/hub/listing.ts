import { AnyModelError } from '@anymodel/core'

/** One file of a repository. */
export interface HubFile {
  /** With slashes, inside the repository: checked that it leads nowhere else. */
  readonly path: string
  readonly size: number
  /** What the content has to hash to: 64 hex digits are its SHA-256, 40 the SHA-1 of its git blob. */
  readonly oid: string
}

/** All files of a repository at one commit. */
export interface Listing {
  readonly commit: string
  readonly files: readonly HubFile[]
}

/** What we read of the hub's answer to `/api/models/<repo>/revision/<revision>?blobs=true`. */
interface WireModel {
  readonly sha?: unknown
  readonly siblings?: unknown
}

interface WireFile {
  readonly rfilename?: unknown
  readonly size?: unknown
  readonly blobId?: unknown
  readonly lfs?: { readonly sha256?: unknown; readonly size?: unknown } | null
}

/** Reads the hub's answer. Throws `malformed` for one that names no commit, or files that could not be checked. */
export function toListing(answer: unknown, host: string): Listing {
  const { sha, siblings } = (answer ?? {}) as WireModel
  if (typeof sha !== 'string' || !isCommit(sha) || !Array.isArray(siblings))
    throw new AnyModelError('malformed', `${host} answers with something else than the files of a model.`)
  return { commit: sha, files: siblings.flatMap((sibling) => toFile((sibling ?? {}) as WireFile, host)) }
}

/** A file whose path can't be kept on every disk, or leads out of the repository, is none of a model's. */
function toFile({ rfilename: path, size, blobId, lfs }: WireFile, host: string): HubFile[] {
  if (!isSafePath(path)) return []
  const file = { path, size: lfs?.size ?? size, oid: lfs?.sha256 ?? blobId }
  if (isHubFile(file)) return [file]
  throw new AnyModelError(
    'malformed',
    `${host} lists ${path} without its size and checksum, so a download could not be checked. Use a mirror that answers ?blobs=true as huggingface.co does.`,
    { retryable: false },
  )
}

/** Reads a listing that was kept in the cache; `undefined` for one that is damaged. */
export function parseListing(text: string): Listing | undefined {
  try {
    const { commit, files } = JSON.parse(text) as Listing
    return isCommit(commit) && files.every(isHubFile) ? { commit, files } : undefined
  } catch {
    return undefined
  }
}

/** True for the full name of a commit. */
export const isCommit = (text: unknown): text is string => typeof text === 'string' && /^[0-9a-f]{40}$/.test(text)

const isHubFile = (value: unknown): value is HubFile => {
  const { path, size, oid } = (value ?? {}) as Record<keyof HubFile, unknown>
  const hasOid = typeof oid === 'string' && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(oid)
  return isSafePath(path) && Number.isSafeInteger(size) && (size as number) >= 0 && hasOid
}

const isSafePath = (path: unknown): path is string =>
  typeof path === 'string' &&
  path.length <= 1_024 &&
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are among what is refused
  !/[\u0000-\u001f\u007f\\:*?"<>|]/.test(path) &&
  path.split('/').every((part) => part !== '' && !/^\.{1,2}$/.test(part) && !/[. ]$/.test(part))
