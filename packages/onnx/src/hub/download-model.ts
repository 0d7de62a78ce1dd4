import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AnyModelError } from '@anymodel/core'
import type { Dtype } from '../dtypes.ts'
import { requireRoom, wholeMemory } from '../runtime/memory.ts'
import { ask, persist } from './ask.ts'
import { type CachedModel, fromCache, toCachedModel, weightsNamedInside } from './cached-model.ts'
import { explainDisk, requireSpace } from './disk.ts'
import { fetchFile } from './fetch-file.ts'
import { type HubName, hubNameText } from './hub-name.ts'
import { type HubFile, type Listing, toListing } from './listing.ts'
import type { Hub } from './options.ts'
import { partBytes } from './part.ts'
import { selectFiles, selections, totalSize, weightBytesIn } from './select.ts'
import { cachedSnapshot, keepListing, missingFiles, type Snapshot } from './snapshot.ts'
import { watchdog } from './watchdog.ts'

/** How far a download is. */
export interface DownloadStep {
  readonly stage: 'download'
  /** Bytes of the model that are here. */
  readonly bytes: number
  /** All bytes of the model. */
  readonly totalBytes: number
  /** The file that grew last. */
  readonly file: string
}

export interface DownloadSettings {
  readonly dtype?: Dtype | undefined
  /** Ask the hub what the revision is now, in place of staying with what it was when it was downloaded. Default false. */
  readonly refresh?: boolean
  /** Refuse a model that is larger than all memory, before any of it is downloaded. Default false. */
  readonly mustFit?: boolean
  readonly onStep?: (step: DownloadStep) => void
  readonly signal?: AbortSignal | undefined
}

/**
 * Gives a model's folder; downloads what the cache lacks of it. A model that is all there is given without asking the hub, so a branch stays at the commit that it had when it was first asked for, until `refresh`.
 * Throws `config` when there is no such model, precision, room or permission, `network`, `timeout`, `rate-limit`, `auth`, `not-found` for what the hub said, and `signal.reason`.
 */
export async function downloadModel(hub: Hub, name: HubName, settings: DownloadSettings = {}): Promise<CachedModel> {
  const { signal = new AbortController().signal, refresh = false, onStep = () => {}, dtype } = settings
  signal.throwIfAborted()
  const cached = cachedSnapshot(hub.cache, name)
  if (hub.offline) return fromCache(hub, name, dtype, cached)
  try {
    const snapshot = cached && !refresh ? cached : keepListing(hub.cache, name, await askForListing(hub, name, signal))
    const selection = selectFiles(snapshot.listing, name, dtype)
    if (settings.mustFit) {
      const others = selections(snapshot.listing.files, name.folder)
      requireRoom(hubNameText(name), weightBytesIn(selection), others, wholeMemory())
    }
    await fetchMissing(hub, name, snapshot, selection.files, onStep, signal)
    const beside = weightsNamedInside(snapshot, selection.files)
    await fetchMissing(hub, name, snapshot, beside, onStep, signal)
    return toCachedModel(snapshot, name, selection)
  } catch (error) {
    throw explainDisk(error)
  }
}

const largestAnswer = 32 * 1024 * 1024

/** What the hub has under a revision. https://huggingface.co/docs/hub/api */
async function askForListing(hub: Hub, { repo, revision }: HubName, signal: AbortSignal): Promise<Listing> {
  const { host } = new URL(hub.endpoint)
  return persist(hub, signal, async () => {
    const dog = watchdog(host, hub.patience, signal)
    try {
      const path = `/api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`
      const reply = await ask(hub, { path, repo, headers: { accept: 'application/json' }, signal: dog.signal })
      return toListing(toJson(await reply.body.bytes(largestAnswer), host), host)
    } finally {
      dog.end()
    }
  })
}

function toJson(bytes: Uint8Array, host: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new AnyModelError('malformed', `${host} does not answer like a model hub: check endpoint (or HF_ENDPOINT).`, {
      cause,
      retryable: false,
    })
  }
}

/** Files at once: small ones wait for the network more than they load it. */
const atOnce = 4

async function fetchMissing(
  hub: Hub,
  { repo }: HubName,
  snapshot: Snapshot,
  files: readonly HubFile[],
  onStep: (step: DownloadStep) => void,
  signal: AbortSignal,
): Promise<void> {
  const missing = missingFiles(snapshot, files)
  if (missing.length === 0) return
  mkdirSync(snapshot.folder, { recursive: true })
  const begun = await Promise.all(missing.map((file) => partBytes(join(snapshot.folder, file.path), file)))
  await requireSpace(snapshot.folder, totalSize(missing) - begun.reduce((sum, size) => sum + size, 0))
  const totalBytes = totalSize(files)
  const have = new Map<string, number>()
  let bytes = totalBytes - totalSize(missing)
  const grown = (file: string) => (now: number) => {
    bytes += now - (have.get(file) ?? 0)
    have.set(file, now)
    onStep({ stage: 'download', bytes, totalBytes, file })
  }
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const source = { hub, repo, commit: snapshot.listing.commit }
  // The smallest first: what is wrong with a model shows before its weights are here.
  const waiting = [...missing].sort((a, b) => a.size - b.size)
  const work = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift())
      await fetchFile(source, file, join(snapshot.folder, file.path), grown(file.path), either)
  }
  // All have to be over before the first error is told: none may write when the caller believes that it has ended.
  await Promise.all(Array.from({ length: atOnce }, () => work().catch((error) => failed.abort(error))))
  signal.throwIfAborted()
  if (failed.signal.aborted) throw failed.signal.reason
}
