import type { SingleBar } from 'cli-progress'

/** Shows how far a picture or a video is, on the error stream. */
export interface DrawingBar {
  /** From 0 to 1. */
  update(fraction: number): void
  stop(): void
}

/** A bar on a terminal, a line elsewhere. */
export async function drawingBar(doing = 'Drawing'): Promise<DrawingBar> {
  if (!process.stderr.isTTY) {
    let told = false
    return {
      update() {
        if (!told) process.stderr.write(`${doing} ...\n`)
        told = true
      },
      stop() {},
    }
  }
  const { default: progress } = await import('cli-progress')
  let current: SingleBar | undefined
  return {
    update(fraction) {
      if (!current) {
        const format = `${doing} [{bar}] {percentage}%`
        const options = { format, stream: process.stderr, hideCursor: true, clearOnComplete: true }
        current = new progress.SingleBar(options, progress.Presets.rect)
        current.start(100, 0)
      }
      current.update(Math.round(100 * fraction))
    },
    stop: () => current?.stop(),
  }
}
