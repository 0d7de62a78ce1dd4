import { readFile } from 'node:fs/promises'
import { AnyModelError, type JsonSchema, type TextResult } from '@anymodel/core'
import { callOptions, type ModelOptions, openClient } from './client.ts'
import { Interrupted } from './failure.ts'
import { outputClosed, remark, write } from './output.ts'
import { readPrompt } from './prompt.ts'

export interface AskOptions extends ModelOptions {
  readonly file?: readonly string[]
  /** Path of a JSON Schema. */
  readonly schema?: string
  readonly json?: boolean
}

/** `anymodel "prompt"`: asks once, prints the answer. */
export async function ask(words: string, options: AskOptions): Promise<void> {
  const schema = options.schema === undefined ? undefined : await readSchema(options.schema)
  const prompt = await readPrompt(words, options.file)
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort(new Interrupted()))
  const client = await openClient(options)
  const signal = AbortSignal.any([interrupt.signal, outputClosed])
  const call = { prompt, signal, ...callOptions(options) }
  try {
    if (schema) {
      const result = await client.ai.generateObject({ ...call, schema })
      await print(options.json ? { object: result.object, ...summary(result) } : result.object)
      remarks(result)
    } else if (options.json) {
      const result = await client.ai.generateText(call)
      await print({ text: result.text, ...summary(result) })
    } else {
      const stream = client.ai.streamText(call)
      await printText(stream.textStream)
      remarks(await stream.result)
    }
  } finally {
    await client.close()
  }
}

type Told = Pick<TextResult, 'finishReason' | 'usage' | 'warnings' | 'response'>

const summary = ({ finishReason, usage, warnings, response }: Told) => {
  const { raw: _raw, ...tokens } = usage
  return { provider: response.provider, model: response.model, finishReason, usage: tokens, warnings }
}

async function print(value: unknown): Promise<void> {
  await write(`${JSON.stringify(value, null, process.stdout.isTTY ? 2 : 0)}\n`)
}

/** Prints an answer while it comes, with a line break at its end. */
export async function printText(text: AsyncIterable<string>): Promise<void> {
  let last = ''
  try {
    for await (const delta of text) {
      await write(delta)
      last = delta
    }
  } finally {
    if (last !== '' && !last.endsWith('\n')) await write('\n')
  }
}

const cutShort: Readonly<Record<string, string>> = {
  length: 'The answer was cut at the token limit.',
  'content-filter': "The service's filter stopped the answer.",
}

/** What a reader of the answer should know and the answer does not say. */
export function remarks({ finishReason, warnings }: Pick<Told, 'finishReason' | 'warnings'>): void {
  for (const { message } of warnings) remark(message)
  const cut = cutShort[finishReason]
  if (cut) remark(cut)
}

async function readSchema(path: string): Promise<JsonSchema> {
  try {
    const schema: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) throw new Error('it is not an object')
    return schema as JsonSchema
  } catch (cause) {
    throw new AnyModelError(
      'invalid-argument',
      `${path} is not a JSON Schema that can be read: ${(cause as Error).message}.`,
      { cause },
    )
  }
}
