import type { Completion, CompletionOptions } from '@anymodel/code'
import { AnyModelError, type CodeFile } from '@anymodel/core'
import { printText } from '../ask.ts'
import { remark, write } from '../output.ts'
import { asking, type CodeOptions } from './asking.ts'
import { projectFiles } from './project-files.ts'
import { writeWithUndo } from './undo-store.ts'

export interface CompleteOptions extends CodeOptions {
  readonly context?: readonly string[]
  readonly maxTokens?: number
  readonly temperature?: number
  /** Insert the completion into the file. */
  readonly write?: boolean
  readonly json?: boolean
}

/** `anymodel code complete file.ts:12:5`: prints what belongs at the cursor while it is written. */
export async function complete(place: string, options: CompleteOptions): Promise<void> {
  const cursor = cursorOf(place)
  const [file, ...context] = await projectFiles([cursor.path, ...(options.context ?? [])])
  const { path, text } = file as CodeFile
  const at = offsetOf(file as CodeFile, cursor)
  const gap = { path, prefix: text.slice(0, at), suffix: text.slice(at), context }
  const completion = await completed(gap, options)
  await (options.json ? printJson(completion) : tellRest(completion))
  if (!options.write || completion.code === '') return
  await writeWithUndo({ changes: [{ path, before: text, after: gap.prefix + completion.code + gap.suffix }] })
  remark(`Inserted into ${path}; "anymodel code undo" takes it out again.`)
}

/** Asks, and prints the text as it comes unless JSON was asked for. */
async function completed(
  gap: Pick<CompletionOptions, 'path' | 'prefix' | 'suffix' | 'context'>,
  options: CompleteOptions,
): Promise<Completion> {
  const { maxTokens, temperature } = options
  const tuning = {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
  }
  return asking(options, 'autocomplete', async ({ ai, model, signal }) => {
    const stream = ai.streamCompletion({ ...gap, ...tuning, model, signal })
    if (!options.json) await printText(stream.textStream)
    return stream.result
  })
}

async function printJson({ code, cut, finishReason, usage, warnings, response }: Completion): Promise<void> {
  const { raw: _raw, ...tokens } = usage
  const { provider, model } = response
  await write(`${JSON.stringify({ code, cut, provider, model, finishReason, usage: tokens, warnings })}\n`)
}

/** What the text does not say. */
async function tellRest({ code, finishReason, warnings }: Completion): Promise<void> {
  for (const { message } of warnings) remark(message)
  if (code === '') remark('Nothing is missing there.')
  if (finishReason === 'length') remark('The completion was cut at its token limit: --max-tokens raises it.')
}

interface Cursor {
  readonly path: string
  readonly line: number
  /** Default: the end of the line. */
  readonly column?: number
}

function cursorOf(place: string): Cursor {
  const [, path, line, column] = /^(.+?):(\d+)(?::(\d+))?$/.exec(place) ?? []
  if (path === undefined)
    throw new AnyModelError(
      'invalid-argument',
      `"${place}" is no place in a file. Write file:line or file:line:column.`,
    )
  return { path, line: Number(line), ...(column === undefined ? {} : { column: Number(column) }) }
}

/** Where a cursor is in the text of its file. Throws `invalid-argument` when it is outside of it. */
function offsetOf({ path, text }: CodeFile, { line, column }: Cursor): number {
  const lines = text.split('\n')
  const found = lines[line - 1]?.replace(/\r$/, '')
  if (found === undefined)
    throw new AnyModelError('invalid-argument', `${path} has no line ${line}: it has ${lines.length}, the first is 1.`)
  const last = found.length + 1
  if (column !== undefined && (column < 1 || column > last))
    throw new AnyModelError('invalid-argument', `Line ${line} of ${path} has the columns 1 to ${last}, not ${column}.`)
  const before = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0)
  return before + (column ?? last) - 1
}
