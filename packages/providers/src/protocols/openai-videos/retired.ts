import { AnyModelError } from '@anymodel/core'

/** OpenAI's own videos are gone: said before anything is sent. */
export function retired(): never {
  throw new AnyModelError(
    'unsupported',
    'OpenAI shut its videos API down on 2026-09-24, without a successor of its own. Use google().video, runway().video or xai().video; for a server that speaks the same API give its baseURL.',
    { provider: 'openai' },
  )
}
