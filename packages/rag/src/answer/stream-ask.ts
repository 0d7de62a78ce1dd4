import { SharedRun, textOf } from '@anymodel/core/verb'
import type { AnswerPart, AnswerStream, AskOptions, GroundedAnswer } from './ask-options.ts'
import { type AskedOf, runAsk } from './run-ask.ts'

/** An answer that is made when somebody reads it. Leaving the only loop ends it; `signal` ends it for all readers. */
export function streamAsk(options: AskOptions, of: AskedOf): AnswerStream {
  const run = new SharedRun<GroundedAnswer, AnswerPart>(
    (emit, signal) => runAsk(options, of, emit, signal),
    options?.signal,
    (past, part) => past.push(part),
  )
  return {
    get result() {
      return run.result
    },
    get textStream() {
      return { [Symbol.asyncIterator]: () => run.read(textOf) }
    },
    [Symbol.asyncIterator]: () => run.read(),
  }
}
