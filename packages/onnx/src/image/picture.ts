import type { Picture } from '@anymodel/core/png'

export type { Picture }

/** Planes of red, green and blue from -1 to 1, as autoencoders take and give them. */
export function toPlanes({ width, height, data }: Picture): Float32Array {
  const size = width * height
  const planes = new Float32Array(3 * size)
  for (let i = 0; i < size; i++)
    for (let channel = 0; channel < 3; channel++)
      planes[channel * size + i] = (data[3 * i + channel] as number) / 127.5 - 1
  return planes
}

/** The picture that planes show; what is out of range is cut off. */
export function fromPlanes(planes: Float32Array, width: number, height: number): Picture {
  const size = width * height
  const data = new Uint8Array(3 * size)
  for (let i = 0; i < size; i++)
    for (let channel = 0; channel < 3; channel++) {
      const value = Math.round(((planes[channel * size + i] as number) + 1) * 127.5)
      data[3 * i + channel] = value > 0 ? Math.min(255, value) : 0
    }
  return { width, height, data }
}

/** A picture of nothing. */
export const blank = ({ width, height }: Pick<Picture, 'width' | 'height'>): Picture => ({
  width,
  height,
  data: new Uint8Array(3 * width * height),
})
