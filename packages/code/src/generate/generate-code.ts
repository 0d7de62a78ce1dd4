import {
  type CodeFile,
  type FinishReason,
  type ResponseInfo,
  streamText,
  type TextOptions,
  type Usage,
  type Warning,
} from '@anymodel/core'
import { SharedRun } from '@anymodel/core/verb'
import { eachLine } from '../answer-lines.ts'
import { checkedText } from '../checked-text.ts'
import { type Fence, FenceReader } from '../fences.ts'
import { filesAsText } from '../files-as-text.ts'
import { languageName } from '../language-name.ts'
import { pathIn } from '../path-line.ts'

/** Options of `generateCode` and `streamCode`: those of a text, with a task in place of a prompt. */
export interface GenerateCodeOptions
  extends Omit<
    TextOptions,
    | 'prompt'
    | 'messages'
    | 'system'
    | 'tools'
    | 'toolChoice'
    | 'approvals'
    | 'stopWhen'
    | 'prepareStep'
    | 'toolConcurrency'
    | 'delivery'
    | 'downloads'
  > {
  /** What to write. */
  readonly instruction: string
  /** In which language. Default: as the instruction says. */
  readonly language?: string
  /** Files that the model should know. */
  readonly context?: readonly CodeFile[]
}

/** A piece of code in an answer. */
export interface CodeBlock {
  /** Where the answer says which file it is. */
  readonly path?: string
  readonly language?: string
  readonly code: string
  /** False: the answer ended in it. */
  readonly whole: boolean
}

export interface GeneratedCode {
  /** The code that was asked for: of the blocks in the language, or of all, the longest. */
  readonly code: string
  /** The blocks that have a path; of several with the same, the last. */
  readonly files: readonly CodeFile[]
  /** All of them, in order. */
  readonly blocks: readonly CodeBlock[]
  /** The answer as it came. */
  readonly text: string
  readonly finishReason: FinishReason
  readonly usage: Usage
  readonly warnings: readonly Warning[]
  readonly response: ResponseInfo
}

/** What is said while code is written. */
export type CodeEvent =
  | { readonly type: 'block-start'; readonly index: number; readonly path?: string; readonly language?: string }
  /** A line of the block, with its line break. */
  | { readonly type: 'block-delta'; readonly index: number; readonly text: string }
  | { readonly type: 'block-end'; readonly index: number; readonly block: CodeBlock }
  | { readonly type: 'finish'; readonly usage: Usage; readonly response: ResponseInfo }

/** Code on its way. Nothing is sent before somebody reads; any number of readers may, each gets everything. */
export interface CodeStream extends AsyncIterable<CodeEvent> {
  /** What `generateCode` would have returned. Reading it runs the answer to its end. */
  readonly result: Promise<GeneratedCode>
}

/** Has a model write code and takes it out of the answer: its blocks, and those that are files. An answer without a fence is code as a whole. Rejects with an `AnyModelError`. */
export function generateCode(options: GenerateCodeOptions): Promise<GeneratedCode> {
  return run(options, () => {})
}

/** Has a model write code and tells every block while it is written. Leaving the only loop ends it; `signal` ends it for all readers. */
export function streamCode(options: GenerateCodeOptions): CodeStream {
  const shared = new SharedRun<GeneratedCode, CodeEvent>(
    (emit, signal) => run({ ...options, signal }, emit),
    options?.signal,
    (past, event) => past.push(event),
  )
  return {
    get result() {
      return shared.result
    },
    [Symbol.asyncIterator]: () => shared.read(),
  }
}

const system = (language: string | undefined) =>
  `You write code. ${language === undefined ? '' : `Write it in ${language}. `}Put all code in fenced blocks, each with its language behind the fence. Where there is more than one file, or a name is asked for, the path stands alone on the line before each block. Write whole files that run as they are: no line is left out. Words go before or after the blocks, and few of them.`

async function run(
  { instruction, language, context = [], ...options }: GenerateCodeOptions,
  emit: (event: CodeEvent) => void | Promise<void>,
): Promise<GeneratedCode> {
  checkedText('instruction', instruction)
  const prompt = [filesAsText(context), instruction].filter((text) => text !== '').join('\n\n')
  const stream = streamText({ ...options, system: system(language), prompt })
  const blocks = await blocksOf(stream.textStream, emit)
  const { text, finishReason, usage, warnings, response } = await stream.result
  if (blocks.length === 0 && text.trim() !== '')
    blocks.push({
      ...(language === undefined ? {} : { language }),
      code: text.trim(),
      whole: finishReason !== 'length',
    })
  await emit({ type: 'finish', usage, response })
  const files = new Map(blocks.flatMap(({ path, code }) => (path === undefined ? [] : [[path, code] as const])))
  return {
    code: mainOf(blocks, language),
    files: [...files].map(([path, text]) => ({ path, text })),
    blocks,
    text,
    finishReason,
    usage,
    warnings,
    response,
  }
}

/** Reads the blocks of an answer. */
async function blocksOf(
  answer: AsyncIterable<string>,
  emit: (event: CodeEvent) => void | Promise<void>,
): Promise<CodeBlock[]> {
  const blocks: CodeBlock[] = []
  const queue: CodeEvent[] = []
  let begun = false
  const begin = (fence: Fence): void => {
    if (begun) return
    begun = true
    queue.push({ type: 'block-start', index: blocks.length, ...about(fence) })
  }
  const close = (fence: Fence, whole: boolean): void => {
    begin(fence)
    begun = false
    const block = { ...about(fence), code: fence.lines.map((line) => `${line}\n`).join(''), whole }
    queue.push({ type: 'block-end', index: blocks.length, block })
    blocks.push(block)
  }
  const reader = new FenceReader([], {
    // Where it starts is told with its first line, which may say the path.
    start() {},
    line(text, fence) {
      begin(fence)
      queue.push({ type: 'block-delta', index: blocks.length, text: `${text}\n` })
    },
    end: (fence) => close(fence, true),
  })
  const drain = async () => {
    for (const event of queue.splice(0)) await emit(event)
  }
  await eachLine(answer, (line) => reader.line(line), drain)
  const open = reader.end()
  if (open) close(open, false)
  await drain()
  return blocks
}

const comment = /^\s*(?:\/\/|#|--|<!--|\/\*)\s*(.+?)\s*(?:\*\/|-->)?\s*$/

function about({ path, language, lines }: Fence): { readonly path?: string; readonly language?: string } {
  const said = comment.exec((lines[0] ?? '').slice(0, 300))?.[1]
  const found = path ?? (said === undefined ? undefined : pathIn(said, []))
  return { ...(found === undefined ? {} : { path: found }), ...(language === undefined ? {} : { language }) }
}

const named = (language: string | undefined) => (language === undefined ? undefined : languageName(language))

function mainOf(blocks: readonly CodeBlock[], language: string | undefined): string {
  const wanted = blocks.filter((block) => language !== undefined && named(block.language) === named(language))
  const [first, ...others] = wanted.length > 0 ? wanted : blocks
  return others.reduce((longest, { code }) => (code.length > longest.length ? code : longest), first?.code ?? '')
}
