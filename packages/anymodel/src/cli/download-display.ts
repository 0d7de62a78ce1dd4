import { toSize } from '@anymodel/onnx/models'
import type { SingleBar } from 'cli-progress'

/** How far a download is. */
interface Step {
  readonly bytes: number
  readonly totalBytes: number
}

/** Shows how far a download is, on the error stream. */
export interface DownloadDisplay {
  onStep(step: Step): void
  /** Takes the bar away. */
  stop(): void
}

/** A bar on a terminal; elsewhere a line at the beginning and after every quarter. */
export const downloadDisplay = async (name: string): Promise<DownloadDisplay> =>
  process.stderr.isTTY ? bar(name) : lines(name)

function lines(name: string): DownloadDisplay {
  let told = -1
  return {
    onStep({ bytes, totalBytes }) {
      const quarters = totalBytes === 0 ? 4 : Math.floor((4 * bytes) / totalBytes)
      if (quarters <= told) return
      if (told < 0) process.stderr.write(`Downloading ${name} (${toSize(totalBytes)}) ...\n`)
      if (quarters > 0) process.stderr.write(`${25 * quarters}%\n`)
      told = quarters
    },
    stop() {},
  }
}

async function bar(name: string): Promise<DownloadDisplay> {
  const { default: progress } = await import('cli-progress')
  let current: SingleBar | undefined
  return {
    onStep({ bytes, totalBytes }) {
      if (!current) {
        const format = `Downloading ${name} [{bar}] {percentage}% of {size}, {eta_formatted}`
        current = new progress.SingleBar(
          { format, stream: process.stderr, hideCursor: true, clearOnComplete: true, etaBuffer: 50 },
          progress.Presets.rect,
        )
        current.start(totalBytes, bytes, { size: toSize(totalBytes) })
      }
      current.update(bytes)
    },
    stop: () => current?.stop(),
  }
}
