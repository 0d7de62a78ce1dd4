import type { LoadProgress } from '@anymodel/onnx'
import type { SingleBar } from 'cli-progress'

/** Shows how far a local model is with loading, on the error stream. */
export interface ProgressDisplay {
  readonly onProgress: (progress: LoadProgress) => void
  /** Takes the bar away, when loading ends early. */
  stop(): void
}

/** A bar on a terminal, a line elsewhere. */
export const progressDisplay = (): ProgressDisplay => (process.stderr.isTTY ? bar() : line())

function line(): ProgressDisplay {
  const told = new Set<string>()
  return {
    onProgress(step) {
      const text = `${doing(step)} ${step.model} (${Math.round(step.totalBytes / 1e6)} MB) ...\n`
      if (told.has(text)) return
      told.add(text)
      process.stderr.write(text)
    },
    stop() {},
  }
}

function bar(): ProgressDisplay {
  let current: SingleBar | undefined
  let latest: LoadProgress | undefined
  const stop = () => {
    latest = undefined
    current?.stop()
    current = undefined
  }
  const start = async () => {
    const { default: progress } = await import('cli-progress')
    if (!latest) return
    current = new progress.SingleBar(
      {
        format: '{doing} {model} [{bar}] {percentage}%',
        stream: process.stderr,
        hideCursor: true,
        clearOnComplete: true,
      },
      progress.Presets.rect,
    )
    current.start(100, percent(latest), { model: latest.model, doing: doing(latest) })
  }
  return {
    onProgress(step) {
      if (step.stage === 'ready') return stop()
      const first = latest === undefined
      latest = step
      if (first) void start()
      else current?.update(percent(step), { doing: doing(step) })
    },
    stop,
  }
}

const doing = ({ stage }: LoadProgress): string => (stage === 'download' ? 'Downloading' : 'Loading')

const percent = ({ fraction }: LoadProgress): number => Math.round(fraction * 100)
