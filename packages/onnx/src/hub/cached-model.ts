import { join } from 'node:path'
import type { Dtype } from '../dtypes.ts'
import { broken } from '../folder.ts'
import type { Location } from '../names.ts'
import { externalFiles } from '../runtime/graph-file.ts'
import { type HubName, hubNameText } from './hub-name.ts'
import type { HubFile } from './listing.ts'
import type { Hub } from './options.ts'
import { type Selection, selectFiles, selections } from './select.ts'
import { cachedSnapshot, missingFiles, type Snapshot } from './snapshot.ts'

/** A model that is in the cache. */
export interface CachedModel extends Location {
  readonly commit: string
  readonly files: readonly HubFile[]
}

/** The model as the cache has it. Throws `config` that says what is missing. */
export function fromCache(
  { cache, offline }: Pick<Hub, 'cache' | 'offline'>,
  name: HubName,
  dtype: Dtype | undefined,
  snapshot: Snapshot | undefined = cachedSnapshot(cache, name),
): CachedModel {
  const text = hubNameText(name)
  const online = offline ? ' while HF_HUB_OFFLINE and the option offline are off' : ''
  const pull = `run: anymodel pull ${text}${dtype ? `:${dtype}` : ''}${online}`
  if (!snapshot) throw broken(`${text} was not downloaded to ${cache}. To do it, ${pull}`)
  const selection = selectFiles(snapshot.listing, name, dtype)
  const missing = missingFiles(snapshot, [...selection.files, ...weightsNamedInside(snapshot, selection.files)])
  if (missing.length === 0) return toCachedModel(snapshot, name, selection)
  const whole = selections(snapshot.listing.files, name.folder).find(
    ({ files }) => missingFiles(snapshot, files).length === 0,
  )
  const other = whole?.dtype ? `Name ${text}:${whole.dtype}, which is there, or` : 'To get it,'
  const lacks = missing.map(({ path }) => path).join(', ')
  throw broken(`${text} is not all in ${cache}: it lacks ${lacks}. ${other} ${pull}`)
}

export const toCachedModel = (
  { folder, listing }: Snapshot,
  name: HubName,
  { dtype, files }: Selection,
): CachedModel => ({
  folder: join(folder, name.folder),
  commit: listing.commit,
  files,
  ...(dtype && { dtype }),
})

/** Weights beside graphs have any name that a graph gives them: those are known when the graphs are here. */
export function weightsNamedInside({ folder, listing }: Snapshot, files: readonly HubFile[]): HubFile[] {
  const graphs = files.filter(({ path }) => path.endsWith('.onnx'))
  const wanted = new Set(
    graphs.flatMap(({ path }) => {
      const parent = path.slice(0, path.lastIndexOf('/') + 1)
      return externalFiles(join(folder, path)).map((name) => parent + name)
    }),
  )
  for (const { path } of files) wanted.delete(path)
  return listing.files.filter(({ path }) => wanted.has(path))
}
