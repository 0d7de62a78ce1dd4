import { AnyModelError, type ImageCall, type JsonObject, type Warning } from '@anymodel/core'
import { darkMask } from '../../media/dark-mask.ts'
import { defined } from '../../media/defined.ts'
import { textFields } from '../../media/form.ts'
import { leftOut } from '../../media/left-out.ts'
import type { FirstAsk, FormField } from '../../media/steps.ts'
import type { Target } from '../../protocol.ts'
import { sizeFor } from '../openai-images/size.ts'
import { isV4 } from './models.ts'
import { v3Resolutions, v4Resolutions } from './resolutions.ts'

type Option = 'prompt' | 'size' | 'aspectRatio' | 'seed' | 'negativePrompt' | 'quality' | 'strength'

/** What each action takes beside pictures. */
const actions: Readonly<Record<string, readonly Option[]>> = {
  generate: ['prompt', 'size', 'aspectRatio', 'seed', 'negativePrompt', 'quality'],
  remix: ['prompt', 'size', 'aspectRatio', 'seed', 'negativePrompt', 'quality', 'strength'],
  inpaint: ['prompt', 'seed', 'quality'],
  reframe: ['size', 'aspectRatio', 'seed', 'quality'],
  'replace-background': ['prompt', 'seed', 'quality'],
  'remove-background': [],
  upscale: ['prompt', 'seed'],
}

/** A call as a request for the action that it means. */
export function toAsk(call: ImageCall, target: Target): FirstAsk {
  const { model } = target
  const [name = '', tool] = model.split('/')
  const action = tool ?? (name in actions ? name : call.mask ? 'inpaint' : call.images ? 'remix' : 'generate')
  const taken = actions[action] ?? actions.generate ?? []
  const said = { ...pick(call, taken), count: call.count }
  const rest = leftOut(call, target, { ...without(call, taken), factor: call.upscale?.factor })
  if (action === 'upscale') return { path: '/upscale', form: upscaleForm(said, call), warnings: rest }
  const { fields, warnings } = isV4(model) ? v4Fields(said, call) : v3Fields(said, action)
  const path = action === name ? `/v1/${action}` : `/v1/${name}/${action}`
  return { path, form: [...textFields(fields), ...files(call)], warnings: [...rest, ...warnings] }
}

type Said = Pick<ImageCall, 'count'> & Partial<Pick<ImageCall, Option>>
interface Written {
  readonly fields: JsonObject
  readonly warnings: readonly Warning[]
}

const options: readonly Option[] = ['prompt', 'size', 'aspectRatio', 'seed', 'negativePrompt', 'quality', 'strength']
const pick = (call: ImageCall, taken: readonly Option[]): Partial<ImageCall> =>
  Object.fromEntries(taken.map((option) => [option, call[option]]))
const without = (call: ImageCall, taken: readonly Option[]): Partial<ImageCall> =>
  pick(
    call,
    options.filter((option) => !taken.includes(option)),
  )

const speeds = { low: 'TURBO', medium: 'DEFAULT', high: 'QUALITY' } as const
const joined = (size: ImageCall['size']) => size && `${size.width}x${size.height}`
/** How much of the picture stays, 1 to 100. */
const weight = (strength: number | undefined) =>
  strength === undefined ? undefined : Math.max(1, Math.round(100 * (1 - strength)))

function v3Fields(said: Said, action: string): Written {
  const { prompt, count, seed, negativePrompt, quality, strength, size: wanted, aspectRatio } = said
  const isReframed = action === 'reframe'
  const shape = { ...(wanted && { size: wanted }), ...(isReframed && aspectRatio && { aspectRatio }) }
  const { size, warning } = sizeFor(shape, { sizes: v3Resolutions })
  if (isReframed && !size)
    throw new AnyModelError('invalid-argument', 'Ideogram reframes to a shape: give size or aspectRatio.')
  const fields = defined({
    prompt,
    num_images: action === 'remove-background' ? undefined : count,
    resolution: joined(size),
    aspect_ratio: size ? undefined : aspectRatio?.replace(':', 'x'),
    seed,
    negative_prompt: negativePrompt,
    rendering_speed: quality && speeds[quality],
    image_weight: weight(strength),
  })
  return { fields, warnings: warning ? [warning] : [] }
}

/** A prompt in JSON takes the place of one in words. */
function v4Fields(said: Said, { extra }: ImageCall): Written {
  const { size, warning } = sizeFor(said, { sizes: v4Resolutions })
  const fields = defined({
    text_prompt: extra?.json_prompt === undefined ? said.prompt : undefined,
    resolution: joined(size),
    rendering_speed: said.quality && speeds[said.quality],
    image_weight: weight(said.strength),
  })
  return { fields, warnings: warning ? [warning] : [] }
}

function upscaleForm({ prompt, seed, count }: Said, { images = [] }: ImageCall): FormField[] {
  const request = defined({ prompt: prompt || undefined, seed, num_images: count })
  return [
    { name: 'image_request', value: JSON.stringify(request) },
    ...images.map((value): FormField => ({ name: 'image_file', value })),
  ]
}

const files = ({ images = [], mask }: ImageCall): FormField[] => [
  ...images.map((value): FormField => ({ name: 'image', value })),
  ...(mask ? [{ name: 'mask', value: darkMask(mask) }] : []),
]
