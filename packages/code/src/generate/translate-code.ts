import { checkedText } from '../checked-text.ts'
import { filesAsText } from '../files-as-text.ts'
import { type GenerateCodeOptions, type GeneratedCode, generateCode } from './generate-code.ts'

export interface TranslateOptions extends Omit<GenerateCodeOptions, 'instruction' | 'language'> {
  readonly code: string
  /** The language to write it in. */
  readonly to: string
  /** The language it is in. Default: the model sees. */
  readonly from?: string
  /** What else to mind: a framework, a version, names. */
  readonly instruction?: string
}

/** Writes code anew in another language, doing the same. Rejects with an `AnyModelError`. */
export function translateCode({ code, to, from, instruction, ...options }: TranslateOptions): Promise<GeneratedCode> {
  checkedText('code', code)
  checkedText('to', to)
  const task = `Write this${from === undefined ? '' : ` ${from}`} code in ${to}. It must do the same for the same input, errors included; write it as someone at home in ${to} would, with the same names where the language allows. Say after the code where it can't do the same.`
  const shown = filesAsText([{ path: from ?? 'code', text: code }])
  return generateCode({
    ...options,
    language: to,
    instruction: [shown, task, instruction].filter((said) => said !== undefined).join('\n\n'),
  })
}
