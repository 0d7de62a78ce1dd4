import { createReadStream, statSync } from 'node:fs'

/** How far loading is. */
export interface LoadStep {
  /** `read`: weights come from the disk; `prepare`: the graph is made ready to run; `ready`: done. */
  readonly stage: 'read' | 'prepare' | 'ready'
  /** From 0 to 1. Preparing takes longer than reading from a fast disk, so reading ends at 0.5. */
  readonly fraction: number
  /** Bytes of weights read so far. */
  readonly bytes: number
  /** All bytes of weights. */
  readonly totalBytes: number
}

/**
 * Tells how far loading is: reads the weights once, into the system's cache, where the runtime takes them from, so that a slow disk shows as progress; then `open` makes the graphs ready.
 */
export async function loading<T>(
  weights: readonly string[],
  onStep: (step: LoadStep) => void,
  open: () => Promise<T>,
): Promise<T> {
  const totalBytes = weights.reduce((sum, file) => sum + statSync(file).size, 0)
  let bytes = 0
  for (const file of weights) {
    for await (const chunk of createReadStream(file, { highWaterMark: 4 * 1024 * 1024 })) {
      bytes += (chunk as Uint8Array).length
      onStep({ stage: 'read', fraction: (0.5 * bytes) / totalBytes, bytes, totalBytes })
    }
  }
  onStep({ stage: 'prepare', fraction: 0.5, bytes: totalBytes, totalBytes })
  const opened = await open()
  onStep({ stage: 'ready', fraction: 1, bytes: totalBytes, totalBytes })
  return opened
}
