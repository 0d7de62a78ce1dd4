import {
  AnyModelError,
  addUsage,
  type MessageInput,
  streamText,
  type TextModel,
  type TextResult,
  type Usage,
  type Warning,
} from '@anymodel/core'
import { checkedText } from '../checked-text.ts'
import { type Emit, editedBy, type Run } from './answer-edits.ts'
import type { Edit } from './edit.ts'
import type { EditOptions, EditResult } from './edit-options.ts'
import { editTools, toolRules } from './edit-tools.ts'
import { type EditFormat, editFormatOf, textFormats } from './formats.ts'
import { checkPath } from './path-safety.ts'
import { repairFor, saysNothing, systemFor, taskFor } from './prompt.ts'
import { type FailedEdit, Workspace } from './workspace.ts'

/** Asks a model to edit files, and again for what can't be applied; `emit` takes the events as they come. */
export async function runEdit(options: EditOptions, emit: Emit): Promise<EditResult> {
  const model = await checked(options)
  const { files, instruction, repairs = 2, signal } = options
  const format = options.format ?? editFormatOf(model.id)
  let count = 0
  const run: Run = { workspace: new Workspace(files), applied: [], count: () => count++, emit }
  const rules = format === 'tool' ? toolRules : textFormats[format].rules
  const system = systemFor(rules)
  let messages: readonly MessageInput[] = [{ role: 'user', content: taskFor(run.workspace.files, instruction) }]
  let usage: Usage = {}
  const warnings: Warning[] = []
  const texts: string[] = []
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted()
    const stream = streamText({
      ...tuningOf(options),
      model,
      system,
      messages,
      ...(format === 'tool' ? { tools: editTools((edit) => applyByTool(run, edit)) } : {}),
    })
    const done = run.applied.length
    const failed = format === 'tool' ? [] : await editedBy(stream.textStream, textFormats[format].parser, run)
    const result = await stream.result
    usage = addUsage(usage, result.usage)
    warnings.push(...result.warnings)
    texts.push(result.text)
    failed.push(...missing(result, failed.length + run.applied.length - done))
    if (failed.length === 0) {
      await emit({ type: 'finish', usage, response: result.response })
      return toResult(run, {
        format,
        text: texts.join('\n\n'),
        repairs: attempt,
        usage,
        warnings,
        response: result.response,
      })
    }
    if (attempt >= repairs) throw unmended(model, failed, run, texts.join('\n\n'))
    await emit({ type: 'repair', attempt: attempt + 1, failed })
    messages = [...result.messages, { role: 'user', content: repairFor(failed, run.applied) }]
  }
}

/** What an answer with so many edits lacks as a whole: its end, or any edit. */
function missing(result: TextResult, edits: number): FailedEdit[] {
  const whole = (message: string): FailedEdit => ({ path: '', source: '', message })
  if (result.finishReason === 'length')
    return [whole('The answer was cut off at its length limit: go on with the edits that are missing.')]
  if (result.finishReason === 'tool-calls') return [whole('You stopped before all was done: go on.')]
  if (edits > 0 || saysNothing(result.text)) return []
  return [whole('There is no edit in the answer. Write the edits in the format that was described.')]
}

function toResult({ workspace, applied }: Run, rest: Omit<EditResult, 'files' | 'patch' | 'edits'>): EditResult {
  const { patch } = workspace
  const files = patch.changes.flatMap(({ path, after }) => (after === null ? [] : [{ path, text: after }]))
  return { files, patch, edits: applied, ...rest }
}

function unmended(model: TextModel, failed: readonly FailedEdit[], { applied }: Run, text: string): AnyModelError {
  const issues = failed.map(({ path, message }) => ({ path, message }))
  const told = failed
    .map(({ path, message }) => `${path === '' ? '' : `${path}: `}${message.split('\n', 1)[0]}`)
    .join(' ')
  return new AnyModelError(
    'invalid-output',
    `${model.provider}/${model.id} wrote ${failed.length === 1 ? 'an edit' : `${failed.length} edits`} that can't be applied, after all repairs; nothing was changed (${applied.length} others fit). ${told}`,
    { provider: model.provider, model: model.id, issues, partial: { text, toolCalls: [] } },
  )
}

/** A call of a tool, applied at once. What fails goes back to the model as the tool's error. */
async function applyByTool({ workspace, applied, emit, ...run }: Run, edit: Edit): Promise<string> {
  const index = run.count()
  await emit({ type: 'edit-start', index, path: edit.path })
  const outcome = workspace.apply(edit)
  if ('message' in outcome) {
    await emit({ type: 'edit-end', index, path: edit.path, failed: outcome.message })
    throw new Error(outcome.message)
  }
  applied.push(outcome)
  await emit({ type: 'edit-end', index, ...workspace.at(outcome.path) })
  return 'Done.'
}

function tuningOf(options: EditOptions): Partial<EditOptions> {
  const { maxTokens, temperature, topP, seed, reasoning, onUnsupported, headers, extra, signal } = options
  const given = { maxTokens, temperature, topP, seed, reasoning, onUnsupported, headers, extra, signal }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

const formats: readonly unknown[] = [...Object.keys(textFormats), 'tool'] satisfies EditFormat[] | string[]

async function checked(options: EditOptions): Promise<TextModel> {
  const wrong = (message: string): never => {
    throw new AnyModelError('invalid-argument', message)
  }
  const given: EditOptions['model'] | string | undefined = options?.model
  if (typeof given === 'string')
    wrong(`model is the text "${given}". Pass a model object, such as openai().text('${given}').`)
  const model = typeof given === 'function' ? await given() : given
  if (typeof model !== 'object' || typeof model?.stream !== 'function')
    return wrong('model is missing: pass a text model, such as openai().text(id).')
  const { files, instruction, format, repairs } = options
  checkedText('instruction', instruction)
  if (!Array.isArray(files) || files.some((file) => typeof file?.path !== 'string' || typeof file.text !== 'string'))
    wrong('files must be an array of { path, text }.')
  for (const { path } of files) checkPath(path)
  if (new Set(files.map(({ path }) => path)).size < files.length) wrong('files has a path twice.')
  if (format !== undefined && !formats.includes(format)) wrong(`format must be one of ${formats.join(', ')}.`)
  if (repairs !== undefined && !(Number.isInteger(repairs) && repairs >= 0))
    wrong('repairs must be a whole number, 0 or more.')
  return model
}
