import { checkOutput, drawTo, type OutputFlags } from './drawing.ts'
import { readPicture } from './media-files.ts'

export interface UpscaleFlags extends OutputFlags {
  readonly factor?: number
  readonly size?: string
  /** What is on the picture. */
  readonly prompt?: string
}

/** `anymodel upscale small.png -o large.png`: the same picture with more pixels. */
export async function upscale(path: string, flags: UpscaleFlags): Promise<void> {
  checkOutput(flags)
  const { factor, size, prompt } = flags
  const picture = await readPicture(path)
  const options = {
    image: picture,
    ...(factor !== undefined && { factor }),
    ...(size !== undefined && { size: size as `${number}x${number}` }),
    ...(prompt !== undefined && { prompt }),
  }
  await drawTo(flags, (ai, { previews: _previews, ...call }) => ai.streamImageUpscale({ ...options, ...call }))
}
