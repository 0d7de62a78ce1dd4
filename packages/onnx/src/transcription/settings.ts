import { AnyModelError, type TranscriptionCall, type Warning } from '@anymodel/core'
import type { Whisper } from './whisper.ts'

/** A call as the model can follow it. */
export interface Settings {
  /** Tag of a language that the model knows; `undefined`: it has to find out. */
  readonly language: string | undefined
  readonly task: 'transcribe' | 'translate'
  readonly words: boolean
  /** Tokens of the caller's prompt. */
  readonly prompt: readonly number[]
  readonly temperatures: readonly number[]
  readonly warnings: readonly Warning[]
}

/** Without the caller's word the most likely text comes first, then more and more chance. */
const temperatures = [0, 0.2, 0.4, 0.6, 0.8, 1]

/** What a call asks for and this model has. Throws `unsupported` for what it lacks when the caller wants that, else says so in a warning. */
export function toSettings(whisper: Whisper, call: TranscriptionCall): Settings {
  const warnings: Warning[] = []
  const lacks = (option: string, message: string): void => {
    if (call.onUnsupported === 'error') throw new AnyModelError('unsupported', message)
    warnings.push({ option, message })
  }
  const { languages, tasks, end } = whisper.vocabulary
  const tag = call.language?.toLowerCase().split('-')[0]
  const known = tag === undefined || (languages.size === 0 ? tag === 'en' : languages.has(tag))
  if (!known)
    lacks(
      'language',
      languages.size === 0
        ? `This model knows English only, not ${call.language}. Choose a multilingual one, whose name does not end in .en.`
        : `This model does not know the language ${call.language}: it finds out by itself which one is spoken.`,
    )
  const translates = call.task === 'translate' && languages.size > 0 && tasks.translate !== undefined
  if (call.task === 'translate' && !translates)
    lacks('task', 'This model does not translate: it knows one language. Choose a multilingual one.')
  if (call.words && !whisper.decoder.attends)
    lacks(
      'words',
      'This export of the model does not tell where it looks, so the times of words are not known. Use one with attention (its decoder gives cross_attentions), such as those whose name ends in _timestamped.',
    )
  return {
    language: languages.size === 0 ? 'en' : known ? tag : undefined,
    task: translates ? 'translate' : 'transcribe',
    words: call.words === true && whisper.decoder.attends,
    // Control tokens that are written out in the prompt are not its to give.
    prompt: call.prompt?.trim() ? whisper.encode(` ${call.prompt.trim()}`).filter((token) => token < end) : [],
    temperatures: call.temperature === undefined ? temperatures : [call.temperature],
    warnings,
  }
}
