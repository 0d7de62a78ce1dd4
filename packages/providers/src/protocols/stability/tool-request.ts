import { AnyModelError, type ImageCall } from '@anymodel/core'
import { defined } from '../../media/defined.ts'
import { textFields } from '../../media/form.ts'
import { leftOut } from '../../media/left-out.ts'
import type { FirstAsk, FormField } from '../../media/steps.ts'
import type { Target } from '../../protocol.ts'
import type { Tool } from './tools.ts'

/** A call as a request to a tool. */
export function toolAsk(call: ImageCall, tool: Tool, target: Target): FirstAsk {
  const { prompt, negativePrompt, seed, format, aspectRatio, outpaint, upscale } = call
  const { words = 'prompt', takesWords } = tool
  check(call, tool, target)
  const fields = defined({
    [words]: takesWords === 'never' ? undefined : prompt || undefined,
    negative_prompt: negativePrompt,
    seed,
    output_format: format,
    aspect_ratio: aspectRatio,
    ...(outpaint && { left: outpaint.left, right: outpaint.right, up: outpaint.top, down: outpaint.bottom }),
  })
  const rest = { ...(takesWords === 'never' && { prompt }), factor: upscale?.factor }
  return {
    path: `/stable-image/${target.model}`,
    headers: { accept: 'application/json' },
    form: [...textFields(fields), ...files(call, tool)],
    warnings: leftOut(call, target, rest),
  }
}

function check({ prompt, extra }: ImageCall, { takesWords, needs }: Tool, { provider, model }: Target): void {
  const lacks =
    takesWords === 'always' && prompt.trim() === ''
      ? 'words: say what is to be seen on the picture'
      : needs && extra?.[needs] === undefined
        ? `extra: { ${needs}: '...' }`
        : undefined
  if (lacks) throw new AnyModelError('invalid-argument', `${provider}/${model} needs ${lacks}.`, { provider, model })
}

const files = ({ images = [], mask }: ImageCall, { images: names = ['image'] }: Tool): FormField[] => [
  ...images.map((value, at): FormField => ({ name: names[at] ?? 'image', value })),
  ...(mask ? [{ name: 'mask', value: mask }] : []),
]
