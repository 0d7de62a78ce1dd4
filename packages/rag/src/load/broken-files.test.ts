import { isAnyModelError } from '@anymodel/core'
import { Document, Packer, Paragraph } from 'docx'
import { PDFDocument, StandardFonts } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { book, presentation, workbook } from '../testing/office-files.ts'
import { load } from './load.ts'

/** A generator of numbers from 0 to 1 that gives the same ones every time. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

async function pdf(): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  const font = await document.embedFont(StandardFonts.Helvetica)
  for (let page = 0; page < 3; page++)
    document.addPage().drawText(`Page ${page} has some words.`, { x: 50, y: 500, font })
  return document.save({ useObjectStreams: false })
}

const word = async (): Promise<Uint8Array> =>
  new Uint8Array(await Packer.toBuffer(new Document({ sections: [{ children: [new Paragraph('Some words.')] }] })))

const mail = (): Uint8Array =>
  Buffer.from(
    'From: a@example.com\r\nSubject: Hi\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Some words.</p>\r\n--b--\r\n',
  )

const files: Readonly<Record<string, () => Uint8Array | Promise<Uint8Array>>> = {
  'a.pdf': pdf,
  'a.docx': word,
  'a.pptx': presentation,
  'a.xlsx': workbook,
  'a.epub': book,
  'a.eml': mail,
  'a.html': () =>
    Buffer.from('<html lang="en"><title>T</title><main><h1>One</h1><table><tr><td>x</td></tr></table></main>'),
  'a.md': () => Buffer.from('---\ntitle: T\n---\n# One\n\n- a\n  - b\n\n```js\ncode\n```\n'),
  'a.json': () => Buffer.from('{"a":[{"b":"c"},1,true,null]}'),
  'a.csv': () => Buffer.from('a,b\n"x, ""y""",2\n'),
}

/** Some bytes changed, a piece left out, or one written twice. */
function damaged(bytes: Uint8Array, next: () => number): Uint8Array {
  const at = Math.floor(next() * bytes.length)
  const length = Math.floor(next() * 40)
  const kind = next()
  if (kind < 0.2) return bytes.subarray(0, at)
  if (kind < 0.4) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
  if (kind < 0.6) return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)])
  const copy = Uint8Array.from(bytes)
  for (let n = 0; n < 1 + length / 8; n++) copy[Math.floor(next() * copy.length)] = Math.floor(next() * 256)
  return copy
}

describe('damaged files', () => {
  it.each(Object.entries(files))(
    '%s gives documents whose places are in the text, or an error of ours that names it',
    async (id, make) => {
      const whole = await make()
      const next = random(id.length * 7_919)
      for (let n = 0; n < 40; n++) {
        const bytes = damaged(whole, next)
        try {
          for (const { text, headings = [], pages = [] } of await load({ id, bytes }))
            for (const { start, end } of [...headings, ...pages])
              expect(
                start >= 0 && start <= end && end <= text.length,
                `${n}: ${start} to ${end} of ${text.length}`,
              ).toBe(true)
        } catch (error) {
          expect(isAnyModelError(error), `${n}: ${String(error)}`).toBe(true)
          expect((error as Error).message).toContain(id)
        }
      }
    },
    30_000,
  )
})
