import { eachLine } from '../answer-lines.ts'
import type { MakeParser, ParserEvent } from './edit.ts'
import type { EditEvent } from './edit-options.ts'
import type { AppliedEdit, FailedEdit, Workspace } from './workspace.ts'

export type Emit = (event: EditEvent) => void | Promise<void>

/** One run: what is edited, and what came of it so far. */
export interface Run {
  readonly workspace: Workspace
  readonly applied: AppliedEdit[]
  /** The number of the next edit, over all answers. */
  count(): number
  readonly emit: Emit
}

/** Reads an answer to its end and applies its edits as they are complete. Gives those that failed. */
export async function editedBy(answer: AsyncIterable<string>, makeParser: MakeParser, run: Run): Promise<FailedEdit[]> {
  const queue: ParserEvent[] = []
  const failed: FailedEdit[] = []
  /** What former answers did, which models like to send again. */
  const before = new Set(run.applied.map(({ source }) => source))
  const parser = makeParser(
    run.workspace.files.map(({ path }) => path),
    (event) => queue.push(event),
  )
  let index: number | undefined
  const begin = (path: string) => {
    index = run.count()
    return run.emit({ type: 'edit-start', index, path })
  }
  const fail = async (failure: FailedEdit): Promise<void> => {
    failed.push(failure)
    if (index !== undefined) await run.emit({ type: 'edit-end', index, path: failure.path, failed: failure.message })
    index = undefined
  }
  const drain = async (): Promise<void> => {
    for (const event of queue.splice(0)) {
      if (event.type === 'start') await begin(event.path)
      else if (event.type === 'delta') {
        if (index !== undefined) await run.emit({ type: 'edit-delta', index, text: `${event.text}\n` })
      } else if (event.type === 'problem') await fail({ path: '', source: event.source, message: event.message })
      else {
        if (index === undefined) await begin(event.edit.path)
        const outcome = run.workspace.apply(event.edit)
        if ('message' in outcome && !before.has(event.edit.source)) await fail(outcome)
        else if ('message' in outcome) {
          await run.emit({ type: 'edit-end', index: index ?? 0, ...run.workspace.at(event.edit.path) })
          index = undefined
        } else {
          run.applied.push(outcome)
          await run.emit({ type: 'edit-end', index: index ?? 0, ...run.workspace.at(outcome.path) })
          index = undefined
        }
      }
    }
  }
  await eachLine(answer, (line) => parser.line(line), drain)
  parser.end()
  await drain()
  return failed
}
