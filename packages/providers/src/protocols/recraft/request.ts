import { AnyModelError, type ImageCall, type ImageTuning } from '@anymodel/core'
import { dataUrl } from '../../media/data-url.ts'
import { defined } from '../../media/defined.ts'
import { leftOut } from '../../media/left-out.ts'
import type { FirstAsk } from '../../media/steps.ts'
import type { Target } from '../../protocol.ts'
import { strictMask } from './mask.ts'
import { toolSupport } from './models.ts'

/** A call that starts from a picture, as a request to the tool that it means. */
export function toToolAsk(call: ImageCall, target: Target): FirstAsk {
  const tool = toolSupport(target.model)
  const name = tool ? target.model : call.outpaint ? 'outpaint' : call.mask ? 'inpaint' : 'imageToImage'
  check(call, name, target)
  const { prompt, images = [], mask, outpaint, upscale, negativePrompt, seed, strength } = call
  const [image] = images
  const takesWords = !tool || tool.tasks?.includes('edit') === true
  const isErased = name === 'eraseRegion'
  const body = defined({
    image_url: image && dataUrl(image),
    mask_url: mask && dataUrl(strictMask(mask)),
    prompt: takesWords && !isErased ? prompt : undefined,
    model: tool ? undefined : target.model,
    n: tool && !tool.maxCount ? undefined : call.count,
    negative_prompt: negativePrompt,
    random_seed: seed,
    strength: name === 'imageToImage' ? (strength ?? 0.5) : undefined,
    size: name === 'variateImage' ? shapeOf(call) : undefined,
    ...(outpaint && {
      expand_left: outpaint.left,
      expand_right: outpaint.right,
      expand_top: outpaint.top,
      expand_bottom: outpaint.bottom,
    }),
    response_format: 'b64_json',
  })
  const warnings = leftOut(call, target, {
    ...(!('prompt' in body) && { prompt }),
    ...(!('strength' in body) && { strength }),
    ...(!tool && { size: call.size, aspectRatio: call.aspectRatio }),
    factor: upscale?.factor,
  })
  return { path: `/images/${name}`, body, warnings }
}

const shapeOf = ({ size, aspectRatio }: ImageTuning): string | undefined =>
  size ? `${size.width}x${size.height}` : aspectRatio

function check(call: ImageCall, name: string, { provider, model }: Target): void {
  const lacks =
    (name === 'eraseRegion' || name === 'generateBackground') && !call.mask
      ? 'a mask'
      : name === 'variateImage' && !shapeOf(call)
        ? 'size or aspectRatio'
        : (name === 'outpaint' || name === 'inpaint') && call.prompt.trim() === ''
          ? 'words: say what is painted there'
          : undefined
  if (lacks) throw new AnyModelError('invalid-argument', `${provider}/${model} needs ${lacks}.`, { provider, model })
}
