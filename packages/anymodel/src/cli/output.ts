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

/** Writes text and waits for a slow reader. */
export async function write(text: string, stream: NodeJS.WriteStream = process.stdout): Promise<void> {
  if (!stream.write(stream.isTTY ? printable(text) : text)) await once(stream, 'drain')
}

/** An answer must not steer the terminal: control characters are left out, except line breaks and tabs. */
const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')

type Style = Parameters<typeof styleText>[0]

/** Colours a text for a terminal that wants colours. https://no-color.org */
export const paint = (style: Style, text: string, stream: Pick<WriteStream, 'isTTY'> = process.stdout): string =>
  stream.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text

/** A remark that is not part of the answer. */
export const remark = (text: string): void => {
  process.stderr.write(`${paint('dim', text, process.stderr)}\n`)
}
