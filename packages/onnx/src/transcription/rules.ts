import type { Vocabulary } from './vocabulary.ts'

/** Takes away what may not come next: those logits become minus infinity. */
export type Rules = (logits: Float32Array, said: readonly number[]) => void

const none = Number.NEGATIVE_INFINITY

/** Latest time at which the first text of a window may begin, in seconds. */
const latestStart = 1

/** What whisper's tokens have to keep to (Radford et al., 2022, appendix and the reference implementation): no control tokens in the text; with `times`, times in pairs that only grow, and text between. */
export function rules(vocabulary: Vocabulary, times: boolean): Rules {
  const { end, firstTime, lastTime, never, notFirst, timeStep } = vocabulary
  return (logits, said) => {
    for (const token of never) if (token !== end) logits[token] = none
    if (said.length === 0) for (const token of notFirst) logits[token] = none
    logits.fill(none, end + 1, firstTime)
    if (!times) {
      logits.fill(none, firstTime)
      return
    }
    const last = said.at(-1)
    const lastIsTime = last !== undefined && last >= firstTime
    const before = said.at(-2)
    if (lastIsTime && (before === undefined || before >= firstTime)) logits.fill(none, firstTime)
    else if (lastIsTime) logits.fill(none, 0, end)
    const latest = said.findLast((token) => token >= firstTime)
    // A stretch that ends where it begins would go on for ever; where one ends, the next one may begin.
    if (latest !== undefined)
      logits.fill(none, firstTime, lastIsTime && before !== undefined && before < firstTime ? latest : latest + 1)
    if (said.length === 0) {
      logits.fill(none, 0, firstTime)
      logits.fill(none, firstTime + Math.round(latestStart / timeStep) + 1)
    }
    logits.fill(none, lastTime + 1)
    if (prefersTime(logits, firstTime)) logits.fill(none, 0, firstTime)
  }
}

/** True when a time, whichever, is more likely than the most likely text. */
function prefersTime(logits: Float32Array, firstTime: number): boolean {
  let text = none
  for (let i = 0; i < firstTime; i++) if ((logits[i] as number) > text) text = logits[i] as number
  let time = none
  for (let i = firstTime; i < logits.length; i++) if ((logits[i] as number) > time) time = logits[i] as number
  if (time === none) return false
  let sum = 0
  for (let i = firstTime; i < logits.length; i++) sum += Math.exp((logits[i] as number) - time)
  return time + Math.log(sum) > text
}
