import type { Dtype } from '../dtypes.ts'
import { filesIn } from '../files-in.ts'
import { selections, weightBytesIn } from '../hub/select.ts'

/**
 * Bytes of the weights that a model's folder would load: its graphs in the precision that is asked for, else in the most exact one, with the files beside them; all graphs of a folder whose layout is not known. 0 for a folder
 * that can't be read.
 */
export function weightBytes({
  folder,
  dtype,
}: {
  readonly folder: string
  readonly dtype?: Dtype | undefined
}): number {
  const files = filesIn(folder)
  const found = selections(files)
  return weightBytesIn((dtype ? found.find((selection) => selection.dtype === dtype) : found[0]) ?? { files })
}
