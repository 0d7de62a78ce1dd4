import type { ImageCall, Warning } from '@anymodel/core'
import type { ImagesRule } from './dialect.ts'

/** Pixels of a picture whose shape alone is asked for: about a million. */
const area = 1024 * 1024

type Size = { readonly width: number; readonly height: number }

/** The size to ask for, and a warning when it is not quite what was wanted. */
export function sizeFor(
  { size, aspectRatio }: Pick<ImageCall, 'size' | 'aspectRatio'>,
  { sizes }: Pick<ImagesRule, 'sizes'>,
): { readonly size?: Size; readonly warning?: Warning } {
  const wanted = size ?? (aspectRatio && shaped(aspectRatio))
  if (!wanted) return {}
  const drawn = sizes?.map(parsed)
  if (!drawn || drawn.some(({ width, height }) => width === wanted.width && height === wanted.height))
    return { size: wanted }
  const nearest = drawn.reduce((best, next) => (distance(next, wanted) < distance(best, wanted) ? next : best))
  if (!size && distance(nearest, wanted) < 0.05) return { size: nearest }
  const option = size ? 'size' : 'aspectRatio'
  const given = size ? `${size.width}x${size.height}` : aspectRatio
  const message = `The model draws ${sizes?.join(', ')}: ${option} ${given} became ${nearest.width}x${nearest.height}.`
  return { size: nearest, warning: { option, message } }
}

function shaped(ratio: string): Size {
  const [across = 1, down = 1] = ratio.split(':').map(Number)
  const side = (share: number) => Math.max(16, Math.round(Math.sqrt(area * share) / 16) * 16)
  return { width: side(across / down), height: side(down / across) }
}

const parsed = (size: string): Size => {
  const [width = 0, height = 0] = size.split('x').map(Number)
  return { width, height }
}

/** How far two shapes are apart. */
const distance = (a: Size, b: Size): number => Math.abs(Math.log((a.width * b.height) / (a.height * b.width)))
