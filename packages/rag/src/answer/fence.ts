import { randomBytes } from 'node:crypto'

/**
 * A text as data for a model, between marks that the text can't hold: they carry a random word that is not in it, so that no text can end its block and go on as an instruction. Attributes stand in the first mark, cleaned.
 */
export function dataBlock(
  name: string,
  text: string,
  attributes: Readonly<Record<string, string | undefined>> = {},
): string {
  const said = Object.entries(attributes).flatMap(([key, value]) => (value ? [` ${key}="${attribute(value)}"`] : []))
  let mark: string
  do mark = `${name}-${randomBytes(6).toString('hex')}`
  while (text.includes(mark))
  return `<${mark}${said.join('')}>\n${text}\n</${mark}>`
}

/** One short line without what could end the attribute or the mark. */
const attribute = (value: string): string =>
  value
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/["<>]/g, "'")
    .slice(0, 200)
