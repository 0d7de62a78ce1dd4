import { createHash } from 'node:crypto'
import { decodePng, encodePng } from '@anymodel/core/png'

/** What a service was asked to draw. */
export interface Wanted {
  readonly prompt: unknown
  readonly seed?: number
  readonly width?: number
  readonly height?: number
}

/** The seed of who gives none. */
const usualSeed = 7

/** A picture of one colour, which prompt and seed decide. */
export function drawn({ prompt, seed = usualSeed, width = 16, height = 16 }: Wanted): Buffer {
  if (typeof prompt !== 'string' || prompt === '') throw new Error('A prompt must be a text.')
  if (!(Number.isInteger(seed) && Number.isInteger(width) && Number.isInteger(height)))
    throw new Error('Seeds and sizes are whole numbers.')
  const colour = createHash('sha256').update(`${prompt} ${seed}`).digest().subarray(0, 3)
  const data = new Uint8Array(3 * width * height)
  data.set(colour)
  for (let filled = 3; filled < data.length; filled *= 2) data.copyWithin(filled, 0, filled)
  return Buffer.from(encodePng({ width, height, data }))
}

/** As many pictures as are wanted, each with a seed of its own. */
export const drawnTimes = (count: number, wanted: Wanted): { readonly png: Buffer; readonly seed: number }[] =>
  Array.from({ length: count }, (_, at) => {
    const seed = (wanted.seed ?? usualSeed) + at
    return { png: drawn({ ...wanted, seed }), seed }
  })

/** Throws unless these bytes are a whole picture. */
export function checkPicture(bytes: Uint8Array): void {
  decodePng(bytes, 0)
}

/** The same for base64 and data URLs. */
export function checkBase64(value: unknown): void {
  if (typeof value !== 'string') throw new Error('A picture must be a text of base64.')
  checkPicture(Buffer.from(value.replace(/^data:image\/png;base64,/, ''), 'base64'))
}

/** Width and height of a picture. Throws unless it is whole. */
export function pixelsOf(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  const { width, height } = decodePng(bytes, 0)
  return { width, height }
}

/** `1024x1024`, as numbers. */
export function sizeIn(text: unknown): Pick<Wanted, 'width' | 'height'> {
  if (text === undefined || text === null) return {}
  const [, width, height] = /^(\d+)x(\d+)$/.exec(String(text)) ?? []
  if (!width || !height) throw new Error(`A size looks like 1024x1024, not ${String(text)}.`)
  return { width: Number(width), height: Number(height) }
}

/** Throws for names that a service doesn't know, and for the lack of those with a `!`. */
export function checkNames(fields: Readonly<Record<string, unknown>>, known: string): void {
  const names = known.split(' ')
  const strange = Object.keys(fields).filter((name) => !names.includes(name) && !names.includes(`${name}!`))
  if (strange.length > 0) throw new Error(`There is no field ${strange.join(', ')}.`)
  const lacking = names.filter((name) => name.endsWith('!') && !(name.slice(0, -1) in fields))
  if (lacking.length > 0) throw new Error(`The field ${lacking.join(', ')} must be there.`)
}
