import { AnyModelError, type ImageEditOptions, type ImageOptions } from '@anymodel/core'
import { checkOutput, drawTo, type OutputFlags } from './drawing.ts'
import { readPicture } from './media-files.ts'
import { readPiped } from './prompt.ts'

export interface ImageFlags extends OutputFlags {
  readonly size?: string
  readonly seed?: number
  readonly steps?: number
  readonly guidance?: number
  readonly negative?: string
  readonly n?: number
  /** Paths or URLs. */
  readonly image?: readonly string[]
  readonly mask?: string
  readonly strength?: number
  /** Pixels left, right, above and below, or one number for all sides. */
  readonly outpaint?: string
}

/** `anymodel image "a blue star" -o star.png`: draws, or changes the pictures of `--image`, and shows what comes where the terminal can. */
export async function image(words: string, flags: ImageFlags): Promise<void> {
  checkOutput(flags, flags.n)
  const prompt = words !== '' || process.stdin.isTTY ? words : (await readPiped()).trim()
  const tuning = toTuning(flags)
  const edit = await toEdit(flags)
  await drawTo(flags, (ai, call) =>
    edit
      ? ai.streamImageEdit({ ...tuning, ...edit, instruction: prompt, ...call })
      : ai.streamImage({ ...tuning, prompt, ...call }),
  )
}

function toTuning(flags: ImageFlags): Omit<ImageOptions, 'model' | 'prompt'> {
  const { output = '', size, seed, steps, guidance, negative, n } = flags
  const [format] = /(?<=\.)(?:jpe?g|webp)$/i.exec(output) ?? []
  return {
    ...(size !== undefined && { size: size as `${number}x${number}` }),
    ...(seed !== undefined && { seed }),
    ...(steps !== undefined && { steps }),
    ...(guidance !== undefined && { guidance }),
    ...(negative !== undefined && { negativePrompt: negative }),
    ...(n !== undefined && { n }),
    ...(format !== undefined && { format: /webp/i.test(format) ? 'webp' : 'jpeg' }),
  }
}

/** The pictures to change, and how; `undefined` when there are none. */
async function toEdit({
  image: paths = [],
  mask,
  strength,
  outpaint,
}: ImageFlags): Promise<Pick<ImageEditOptions, 'images' | 'mask' | 'strength' | 'outpaint'> | undefined> {
  if (paths.length === 0 && (mask ?? strength ?? outpaint) !== undefined)
    throw new AnyModelError('invalid-argument', 'Say which picture is to be changed: --image cat.png.')
  if (paths.length === 0) return undefined
  return {
    images: await Promise.all(paths.map(readPicture)),
    ...(mask !== undefined && { mask: await readPicture(mask) }),
    ...(strength !== undefined && { strength }),
    ...(outpaint !== undefined && { outpaint: toOutpaint(outpaint) }),
  }
}

function toOutpaint(text: string) {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const [left = 0, right = left, top = left, bottom = left] = numbers
  if ((numbers.length !== 1 && numbers.length !== 4) || numbers.some(Number.isNaN))
    throw new AnyModelError(
      'invalid-argument',
      '--outpaint takes pixels for left, right, top and bottom, such as 64,64,0,0, or one number for all.',
    )
  return { left, right, top, bottom }
}
