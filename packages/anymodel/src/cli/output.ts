import { once } from 'node:events'
import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'

const closed = new AbortController()

/** Aborted when nobody reads our output any more (`anymodel ... | head`): that is the end, not an error. */
export const outputClosed: AbortSignal = closed.signal

/** Watches for readers that leave. Call it once, before anything is written. */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      closed.abort(error)
    })
  }
}

/** Writes a text that may be from anywhere and waits for a slow reader. */
export const write = (text: string, stream: NodeJS.WriteStream = process.stdout): Promise<void> =>
  writePainted(stream.isTTY ? printable(text) : text, stream)

/** Writes a text of ours with what `paint` has coloured in it. */
export async function writePainted(text: string, stream: NodeJS.WriteStream = process.stdout): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain')
}

/** An answer must not steer the terminal: control characters are left out, except line breaks and tabs. */
const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')

type Style = Parameters<typeof styleText>[0]

/** Makes a text fit for a terminal, in colour where it wants colours. https://no-color.org */
export function paint(style: Style, text: string, stream: Pick<WriteStream, 'isTTY'> = process.stdout): string {
  if (!stream.isTTY) return text
  return process.env.NO_COLOR ? printable(text) : styleText(style, printable(text))
}

/** A remark that is not part of the answer. */
export const remark = (text: string): void => {
  process.stderr.write(`${paint('dim', text, process.stderr)}\n`)
}
