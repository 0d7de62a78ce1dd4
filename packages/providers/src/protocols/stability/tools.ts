import type { ImageKnob, ImageSupport } from '@anymodel/core'

/** A tool for pictures that are there already. */
export interface Tool {
  readonly supports: ImageSupport
  /** Fields of its pictures, in order. Default: `image`. */
  readonly images?: readonly string[]
  /** Field of the words. Default: `prompt`. */
  readonly words?: string
  /** What becomes of words. Default: they may be left out. */
  readonly takesWords?: 'never' | 'always'
  /** A field that it must have and for which there is no portable option. */
  readonly needs?: string
}

const usual: readonly ImageKnob[] = ['seed', 'negativePrompt', 'format']
const upscaler: Tool = { supports: { tasks: ['upscale'], knobs: usual }, takesWords: 'always' }

/** Ids are the paths of the service. */
const tools: Readonly<Record<string, Tool>> = {
  'edit/inpaint': { supports: { tasks: ['edit'], mask: true, knobs: usual }, takesWords: 'always' },
  'edit/erase': {
    supports: { tasks: ['edit', 'variation'], mask: true, knobs: ['seed', 'format'] },
    takesWords: 'never',
  },
  'edit/outpaint': { supports: { tasks: ['outpaint'], knobs: ['seed', 'format'] } },
  'edit/search-and-replace': { supports: { tasks: ['edit'], knobs: usual }, needs: 'search_prompt' },
  'edit/search-and-recolor': { supports: { tasks: ['edit'], knobs: usual }, needs: 'select_prompt' },
  'edit/remove-background': { supports: { tasks: ['variation'], knobs: ['format'] }, takesWords: 'never' },
  'edit/replace-background-and-relight': {
    supports: { tasks: ['edit'], images: 2, knobs: usual },
    images: ['subject_image', 'background_reference'],
    words: 'background_prompt',
  },
  'upscale/fast': { supports: { tasks: ['upscale'], knobs: ['format'] }, takesWords: 'never' },
  'upscale/conservative': upscaler,
  'upscale/creative': upscaler,
  'control/sketch': { supports: { tasks: ['edit'], knobs: usual } },
  'control/structure': { supports: { tasks: ['edit'], knobs: usual } },
  'control/style': { supports: { tasks: ['edit'], knobs: ['aspectRatio', ...usual] } },
  'control/style-transfer': {
    supports: { tasks: ['edit', 'variation'], images: 2, knobs: usual },
    images: ['init_image', 'style_image'],
  },
}

/** A tool that is not known yet is asked for what it may have. */
const newTool: Tool = {
  supports: { tasks: ['edit', 'variation', 'outpaint', 'upscale'], mask: true, knobs: usual },
}

/** The tool of an id, where it is one: a path with a slash. */
export const toolOf = (model: string): Tool | undefined => tools[model] ?? (model.includes('/') ? newTool : undefined)
