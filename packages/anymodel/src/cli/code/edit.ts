import { createInterface } from 'node:readline/promises'
import type { EditFormat, EditResult } from '@anymodel/code'
import { exitCodes } from '../failure.ts'
import { paint, remark, writePainted } from '../output.ts'
import { type Asking, asking, type CodeOptions } from './asking.ts'
import { paintDiff } from './paint-diff.ts'
import { projectFiles } from './project-files.ts'
import { writeWithUndo } from './undo-store.ts'

export interface EditCommandOptions extends CodeOptions {
  readonly yes?: boolean
  readonly dryRun?: boolean
  readonly format?: EditFormat
}

/** `anymodel code edit "instruction" files...`: shows what would change, asks, and writes it. Gives the exit code: 1 when the edit was not wanted. */
export async function edit(
  instruction: string,
  paths: readonly string[],
  options: EditCommandOptions,
): Promise<number> {
  const { toDiff } = await import('@anymodel/code')
  const files = await projectFiles(paths)
  const { format } = options
  return asking(options, 'code', async (by) => {
    const { patch, warnings } = await tell(by, { instruction, files, ...(format === undefined ? {} : { format }) })
    for (const { message } of warnings) remark(message)
    if (patch.changes.length === 0) {
      remark('The model changes nothing.')
      return exitCodes.ok
    }
    await writePainted(paintDiff(toDiff(patch)))
    if (options.dryRun) return exitCodes.ok
    if (!options.yes && !(await isWanted(patch.changes.length, by.signal))) {
      remark('Nothing was written.')
      return exitCodes.failed
    }
    by.signal.throwIfAborted()
    await writeWithUndo(patch)
    remark(`Wrote ${patch.changes.map(({ path }) => path).join(', ')}; "anymodel code undo" takes it back.`)
    return exitCodes.ok
  })
}

/** Has the files edited and tells on the error stream what is being written: on a terminal line by line. */
async function tell(
  { ai, model, signal }: Asking,
  task: Pick<Parameters<typeof ai.streamEdit>[0], 'instruction' | 'files' | 'format'>,
): Promise<EditResult> {
  const stream = ai.streamEdit({ ...task, model, signal })
  for await (const event of stream) {
    if (event.type === 'edit-start') remark(`Editing ${event.path} ...`)
    else if (event.type === 'edit-delta' && process.stderr.isTTY)
      process.stderr.write(paint('dim', event.text, process.stderr))
    else if (event.type === 'edit-end' && event.failed !== undefined) remark(`${event.path}: ${event.failed}`)
    else if (event.type === 'repair') remark(`Asking again for ${event.failed.length} of the edits.`)
  }
  return stream.result
}

/** Asks on the error stream; an answer may be piped in, and none is a no. */
async function isWanted(count: number, signal: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false })
  try {
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
    const question = `Write ${count === 1 ? 'this file' : `these ${count} files`}? [y/N] `
    const answer = await Promise.race([lines.question(question, { signal }), ended])
    return /^y(?:es)?$/i.test(answer.trim())
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    lines.close()
  }
}
