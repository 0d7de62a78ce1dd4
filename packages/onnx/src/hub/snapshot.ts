import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { filesIn } from '../files-in.ts'
import { list } from '../folder.ts'
import type { HubName } from './hub-name.ts'
import { type HubFile, isCommit, type Listing, parseListing } from './listing.ts'
import type { SizedFile } from './select.ts'

/**
 * The cache: `hf/<org>/<repo>/<commit>/` holds files as they are at a commit, `<commit>.json` beside it says which files there are, with sizes and checksums, and `refs/<revision>` names the commit that a branch or tag led to
 * when it was last asked for.
 */
export interface Snapshot {
  /** Folder of the files. */
  readonly folder: string
  readonly listing: Listing
}

/** Folder of everything that is kept of a repository. */
export const repoFolder = (cache: string, repo: string): string => join(cache, 'hf', ...repo.split('/'))

const refFile = (cache: string, { repo, revision }: Pick<HubName, 'repo' | 'revision'>): string =>
  join(repoFolder(cache, repo), 'refs', encodeURIComponent(revision))

/** What the cache knows of a revision; `undefined` when it was never asked for, or what was kept is damaged. */
export function cachedSnapshot(cache: string, name: Pick<HubName, 'repo' | 'revision'>): Snapshot | undefined {
  const commit = isCommit(name.revision) ? name.revision : read(refFile(cache, name))?.trim()
  return isCommit(commit) ? snapshotAt(cache, name.repo, commit) : undefined
}

/** The branches and tags that lead to a commit, and the files that say so. */
export function refsTo(
  cache: string,
  repo: string,
  commit: string,
): { readonly revision: string; readonly file: string }[] {
  const folder = join(repoFolder(cache, repo), 'refs')
  return list(folder).flatMap((name) => {
    const revision = decoded(name)
    const file = join(folder, name)
    return revision !== undefined && read(file)?.trim() === commit ? [{ revision, file }] : []
  })
}

/** `undefined` for a name that `encodeURIComponent` never made. */
function decoded(name: string): string | undefined {
  try {
    return decodeURIComponent(name)
  } catch {
    return undefined
  }
}

/** What the cache knows of a commit. */
export function snapshotAt(cache: string, repo: string, commit: string): Snapshot | undefined {
  const folder = join(repoFolder(cache, repo), commit)
  const listing = parseListing(read(`${folder}.json`) ?? '')
  return listing?.commit === commit ? { folder, listing } : undefined
}

/** Keeps what the hub said about a revision. */
export function keepListing(cache: string, name: HubName, listing: Listing): Snapshot {
  const folder = join(repoFolder(cache, name.repo), listing.commit)
  write(`${folder}.json`, JSON.stringify(listing))
  if (!isCommit(name.revision)) write(refFile(cache, name), listing.commit)
  return { folder, listing }
}

/** All that lies in a folder of the cache, unfinished downloads included. */
export const keptFiles = (folder: string): SizedFile[] => filesIn(folder, 50)

/** The files that are not there, or not whole. */
export const missingFiles = ({ folder }: Snapshot, files: readonly HubFile[]): HubFile[] =>
  files.filter(({ path, size }) => statSync(join(folder, path), { throwIfNoEntry: false })?.size !== size)

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** At once or not at all: somebody may read it at the same time. */
function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.${randomBytes(6).toString('hex')}.draft`
  writeFileSync(draft, text)
  renameSync(draft, file)
}
