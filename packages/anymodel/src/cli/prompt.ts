import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { AnyModelError, type UserMessageInput } from '@anymodel/core'
import { remark } from './output.ts'

type Content = UserMessageInput['content']

/** The prompt: words of the command line, then what was piped in, then files. Throws `invalid-argument` when there is none of it. */
export async function readPrompt(words: string, files: readonly string[] = []): Promise<Content> {
  const piped = process.stdin.isTTY ? '' : await readPiped(words !== '' || files.length > 0)
  const text = [words, piped].filter((part) => part.trim() !== '').join('\n\n')
  if (text === '' && files.length === 0)
    throw new AnyModelError(
      'invalid-argument',
      'There is no prompt. Write it behind the command, or pipe it in; anymodel --help tells more.',
    )
  if (files.length === 0) return text
  const pieces = await Promise.all(files.map(readPiece))
  return text === '' ? pieces : [{ type: 'text', text }, ...pieces]
}

/** All of the standard input. A pipe that nobody closes would be waited for without end: then say so. */
export async function readPiped(isExtra = false): Promise<string> {
  const hint = setTimeout(
    () => remark('Waiting for the rest of the prompt on standard input; end it with < /dev/null.'),
    3_000,
  )
  if (!isExtra) clearTimeout(hint)
  try {
    const chunks: Buffer[] = []
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString('utf8')
  } catch (cause) {
    throw new AnyModelError('invalid-argument', `The standard input can't be read: ${(cause as Error).message}.`, {
      cause,
    })
  } finally {
    clearTimeout(hint)
  }
}

/** Texts go into the prompt, which every model reads; everything else goes along as a file. */
async function readPiece(path: string): Promise<Exclude<Content, string>[number]> {
  if (/^https?:\/\//i.test(path)) return { type: 'file', data: new URL(path) } as never
  const data = await readBytes(path)
  const text = textOf(data)
  const name = basename(path)
  return text === undefined ? { type: 'file', data, name } : { type: 'text', text: `${name}:\n\n${text}` }
}

/** The bytes of a file. Throws `invalid-argument` when it can't be read. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new AnyModelError('invalid-argument', `The file ${path} can't be read (${code}).`, { cause })
  }
}

/** The bytes as text, when they are UTF-8 without control characters. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary data from text
    return /[\u0000-\u0008\u000e-\u001a]/.test(text) ? undefined : text
  } catch {
    return undefined
  }
}
