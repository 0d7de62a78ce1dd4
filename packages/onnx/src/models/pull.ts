import { type DownloadStep, downloadModel } from '../hub/download-model.ts'
import { type HubOptions, openHub } from '../hub/options.ts'
import { totalSize } from '../hub/select.ts'
import { hubName, type Location, parseName } from '../names.ts'
import { notFromHub } from './not-from-hub.ts'

export interface PullOptions {
  readonly hub?: HubOptions
  readonly onStep?: (step: DownloadStep) => void
  readonly signal?: AbortSignal
}

export interface PulledModel extends Location {
  /** The commit that its revision is at. */
  readonly commit: string
  readonly bytes: number
}

/**
 * Downloads `hf:<org>/<repo>[/<folder>][@<revision>][:<dtype>]` as it is at the hub now, or what of it is not here yet. Throws `config` for other names, and what went wrong with the download.
 */
export async function pullModel(id: string, { hub, onStep, signal }: PullOptions = {}): Promise<PulledModel> {
  const { scheme, name, dtype } = parseName(id)
  if (scheme !== 'hf') throw notFromHub(id, scheme, name, 'install')
  const model = await downloadModel(openHub(hub), hubName(name, id), {
    dtype,
    refresh: true,
    signal,
    ...(onStep && { onStep }),
  })
  const { folder, commit, files } = model
  return { folder, commit, bytes: totalSize(files), ...(model.dtype && { dtype: model.dtype }) }
}
