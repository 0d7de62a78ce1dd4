/** How speech is told from silence. */
export interface SpanSettings {
  /** Speech begins at this probability. Default 0.5. It ends below the same less 0.15. */
  readonly threshold?: number
  /** Shorter speech is left out, in seconds. Default 0.25. */
  readonly minSpeech?: number
  /** Shorter silence does not end speech, in seconds. Default 0.1. */
  readonly minSilence?: number
  /** Added before and after speech, in seconds; between two it is shared. Default 0.03. */
  readonly padding?: number
}

/** A stretch of sound in which somebody speaks, in seconds from the start. */
export interface SpeechSpan {
  readonly start: number
  readonly end: number
}

/** How much less likely speech has to be to end than to begin. */
const slack = 0.15

/** Rounding of times, in seconds. */
const tiny = 1e-9

/** Where speech is, from the probability of each frame. `step`: seconds of a frame; `seconds`: length of the sound. */
export function toSpans(
  probabilities: Float32Array,
  { step, seconds }: { readonly step: number; readonly seconds: number },
  { threshold = 0.5, minSpeech = 0.25, minSilence = 0.1, padding = 0.03 }: SpanSettings = {},
): SpeechSpan[] {
  const spans: { start: number; end: number }[] = []
  const lower = Math.max(threshold - slack, 0.01)
  let start: number | undefined
  /** The first frame of the silence that may end it. */
  let quiet: number | undefined
  const close = (end: number) => {
    if (start !== undefined && end - start > minSpeech) spans.push({ start, end })
    start = undefined
    quiet = undefined
  }
  for (const [frame, probability] of probabilities.entries()) {
    if (probability >= threshold) {
      quiet = undefined
      start ??= frame * step
    } else if (probability < lower && start !== undefined) {
      quiet ??= frame
      if ((frame - quiet) * step >= minSilence - tiny) close(quiet * step)
    }
  }
  close(quiet === undefined ? seconds : quiet * step)
  return padded(spans, padding, seconds)
}

function padded(spans: readonly SpeechSpan[], padding: number, seconds: number): SpeechSpan[] {
  return spans.map(({ start, end }, i) => {
    const before = spans[i - 1]?.end
    const after = spans[i + 1]?.start
    return {
      start: Math.max(0, start - (before === undefined ? padding : Math.min(padding, (start - before) / 2))),
      end: Math.min(seconds, end + (after === undefined ? padding : Math.min(padding, (after - end) / 2))),
    }
  })
}

/** Spans with no more than `gap` seconds between them as one. */
export function joined(spans: readonly SpeechSpan[], gap: number): SpeechSpan[] {
  const out: { start: number; end: number }[] = []
  for (const { start, end } of spans) {
    const last = out.at(-1)
    if (last && start - last.end <= gap) last.end = end
    else out.push({ start, end })
  }
  return out
}
