import { AnyModelError } from '@anymodel/core'
import { runProgram } from '../audio/run-program.ts'
import type { Clause } from './clauses.ts'

/** Writes clauses in the signs of the International Phonetic Alphabet, as eSpeak NG does. `undefined` when nobody waits any more. */
export type Phonemizer = (clauses: readonly Clause[], cancelled: () => boolean) => Promise<string | undefined>

/** How one text becomes phonemes. */
type Speak = (text: string, cancelled: () => boolean) => Promise<string | undefined>

/**
 * What turns text into phonemes for a voice of eSpeak NG (`en-us`, `de`): the package `phonemizer` where it is installed and has the voice (English only), else the program espeak-ng.
 * Both hold eSpeak NG, whose licence is GPL 3.0, so neither comes along. Throws `config` that says what to install.
 */
export async function openPhonemizer(voice: string): Promise<Phonemizer> {
  if (!/^[a-z]{2,3}(?:-[a-z0-9]+)*$/i.test(voice))
    throw new AnyModelError(
      'config',
      `The voice's config names the eSpeak voice "${voice.slice(0, 40)}", which is none.`,
    )
  const speak = (await fromPackage(voice)) ?? (await fromProgram(voice))
  return async (clauses, cancelled) => {
    let phonemes = ''
    for (const { text, mark } of clauses) {
      const spoken = await speak(text, cancelled)
      if (spoken === undefined) return undefined
      phonemes += `${phonemes === '' ? '' : ' '}${spoken}${mark}`
    }
    return phonemes
  }
}

/** eSpeak marks a change of language in parentheses: `(en)`. */
const clean = (phonemes: string): string =>
  phonemes
    .replaceAll(/\([a-z-]+\)/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()

/** What we use of the package; its own types say that there is one voice. */
interface EspeakPackage {
  list_voices(): Promise<readonly { readonly languages: readonly { readonly name: string }[] }[]>
  phonemize(text: string, voice: string): Promise<string[]>
}

async function fromPackage(voice: string): Promise<Speak | undefined> {
  try {
    const { list_voices, phonemize } = (await import('phonemizer')) as unknown as EspeakPackage
    const voices = await list_voices()
    const known = voices.some(({ languages }) => languages.some(({ name }) => name === voice.toLowerCase()))
    return known ? async (text) => clean((await phonemize(text, voice.toLowerCase())).join(' ')) : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}

const program = 'espeak-ng'
const limits = { time: 20_000, output: 1_000_000 }

async function fromProgram(voice: string): Promise<Speak> {
  const speak: Speak = async (text, cancelled) => {
    const ended = await runProgram(program, ['-q', '--ipa', '--stdin', '-v', voice], Buffer.from(text, 'utf8'), {
      ...limits,
      cancelled,
    })
    if (ended.type === 'cancelled') return undefined
    if (ended.type === 'absent') throw new AnyModelError('config', advice(voice))
    if (ended.type !== 'done' || ended.code !== 0)
      throw new AnyModelError(
        'server',
        `espeak-ng could not write "${text.slice(0, 40)}" as phonemes: ${ended.type === 'done' ? ended.message.trim() : 'it did not end'}.`,
      )
    return clean(ended.output.toString('utf8'))
  }
  await speak('a', () => false)
  return speak
}

const advice = (voice: string): string =>
  `This voice reads phonemes, and nothing here makes them. ${
    /^en/i.test(voice) ? 'Run: npm install phonemizer; or install' : 'Install'
  } the program espeak-ng (apt install espeak-ng, brew install espeak-ng). Both hold eSpeak NG, whose licence is GPL 3.0, so neither comes along.`
