import { AnyModelError, cosineSimilarity } from '@anymodel/core'
import { type ModelOptions, modelName, openClient } from './client.ts'
import { Interrupted } from './failure.ts'
import { outputClosed, remark, write } from './output.ts'
import { readBytes, readPiped } from './prompt.ts'

export interface EmbedOptions extends Pick<ModelOptions, 'config' | 'model'> {
  /** Files whose lines are texts. */
  readonly file?: readonly string[]
  /** Order the texts by how near they are to this one, in place of printing vectors. */
  readonly nearest?: string
  readonly json?: boolean
}

/** `anymodel embed "text" ...`: a vector per text, or the texts by their nearness to another. */
export async function embed(words: readonly string[], options: EmbedOptions): Promise<void> {
  const values = await readTexts(words, options.file)
  if (values.length === 0)
    throw new AnyModelError(
      'invalid-argument',
      'There is no text. Write texts behind the command, name a file of lines with --file, or pipe lines in.',
    )
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort(new Interrupted()))
  const signal = AbortSignal.any([interrupt.signal, outputClosed])
  const model = await modelName(options, 'embedding')
  const client = await openClient(options)
  try {
    const { nearest, json } = options
    const all = nearest === undefined ? values : [nearest, ...values]
    const { embeddings, warnings } = await client.ai.embedMany({ model, values: all, signal })
    for (const { message } of warnings) remark(message)
    await (nearest === undefined ? printVectors(values, embeddings) : printNearest(values, embeddings, json))
  } finally {
    await client.close()
  }
}

/** The texts of the command line and the lines of files; where there are neither, the lines that are piped in. */
async function readTexts(words: readonly string[], files: readonly string[] = []): Promise<readonly string[]> {
  const texts = files.length > 0 || words.length > 0 ? await Promise.all(files.map(readText)) : [await readPiped()]
  return [...words, ...texts.flatMap((text) => text.split(/\r?\n/))].filter((line) => line.trim() !== '')
}

async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(path))
}

/** A line of JSON for each text. */
async function printVectors(values: readonly string[], embeddings: readonly Float32Array[]): Promise<void> {
  for (const [at, text] of values.entries())
    await write(`${JSON.stringify({ text, embedding: [...(embeddings[at] as Float32Array)] })}\n`)
}

/** The first vector is the one that the others are compared with. */
async function printNearest(
  values: readonly string[],
  [target, ...others]: readonly Float32Array[],
  json: boolean | undefined,
): Promise<void> {
  const ranked = values
    .map((text, at) => ({ text, similarity: cosineSimilarity(target as Float32Array, others[at] as Float32Array) }))
    .sort((a, b) => b.similarity - a.similarity)
  for (const { text, similarity } of ranked)
    await write(json ? `${JSON.stringify({ similarity, text })}\n` : `${similarity.toFixed(3)}  ${text}\n`)
}
