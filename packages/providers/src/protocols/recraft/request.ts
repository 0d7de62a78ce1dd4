import { AnyModelError, type ImageCall, type ImageTuning, type JsonObject } from '@anymodel/core'
import { dataUrl } from '../../media/data-url.ts'
import { defined } from '../../media/defined.ts'
import { leftOut } from '../../media/left-out.ts'
import type { FirstAsk } from '../../media/steps.ts'
import type { Target } from '../../protocol.ts'
import { strictMask } from './mask.ts'
import { toolSupport } from './models.ts'

/** A call that starts from a picture, as a request to the tool that it means. */
export function toToolAsk(call: ImageCall, target: Target): FirstAsk {
  const { model } = target
  const tool = toolSupport(model)
  const name = tool ? model : call.outpaint ? 'outpaint' : call.mask ? 'inpaint' : 'imageToImage'
  check(call, name, target)
  const takesWords = name !== 'eraseRegion' && (tool?.tasks ?? ['edit']).includes('edit')
  const body = defined({
    ...picturesOf(call),
    prompt: takesWords ? call.prompt : undefined,
    model: tool ? undefined : model,
    n: tool && !tool.maxCount ? undefined : call.count,
    negative_prompt: call.negativePrompt,
    random_seed: call.seed,
    strength: name === 'imageToImage' ? (call.strength ?? 0.5) : undefined,
    size: name === 'variateImage' ? shapeOf(call) : undefined,
    response_format: 'b64_json',
  })
  return { path: `/images/${name}`, body, warnings: leftOut(call, target, unsaid(call, body)) }
}

function picturesOf({ images = [], mask, outpaint }: ImageCall): JsonObject {
  const [image] = images
  const sides = Object.entries(outpaint ?? {}).map(([side, pixels]) => [`expand_${side}`, pixels])
  return {
    image_url: image && dataUrl(image),
    mask_url: mask && dataUrl(strictMask(mask)),
    ...Object.fromEntries(sides),
  }
}

/** Options that the body has no field for. */
const unsaid = ({ prompt, strength, size, aspectRatio, upscale }: ImageCall, body: JsonObject) => ({
  ...(!('prompt' in body) && { prompt }),
  ...(!('strength' in body) && { strength }),
  ...(!('size' in body) && { size, aspectRatio }),
  factor: upscale?.factor,
})

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
