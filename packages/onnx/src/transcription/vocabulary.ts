import type { Tokenizer } from '@huggingface/tokenizers'
import { broken } from '../folder.ts'
import type { WhisperFolder } from './folder.ts'

/** The tokens by which whisper is told what to do, and tells when. Text tokens are those below `end`. */
export interface Vocabulary {
  readonly start: number
  readonly end: number
  readonly noTimestamps: number
  /** The token of time 0; each further one is `timeStep` seconds later, up to `lastTime`. */
  readonly firstTime: number
  readonly lastTime: number
  readonly timeStep: number
  readonly previous: number | undefined
  readonly noSpeech: number | undefined
  readonly tasks: { readonly transcribe: number | undefined; readonly translate: number | undefined }
  /** The token of each language, by its BCP 47 tag; empty for models of one language. */
  readonly languages: ReadonlyMap<string, number>
  /** Tokens that are never said, and tokens that don't come first. */
  readonly never: readonly number[]
  readonly notFirst: readonly number[]
}

/** Whisper's first multilingual vocabulary has this many tokens, the English one is smaller by one. */
const multilingualSize = 51_865

/** Finds the tokens by their names. Throws `config` for a tokenizer that is not whisper's. */
export function vocabularyOf(folder: WhisperFolder, tokenizer: Tokenizer): Vocabulary {
  const { config, generation, sound } = folder
  const idOf = (name: string) => tokenizer.token_to_id(`<|${name}|>`)
  const [start, end, noTimestamps] = [idOf('startoftranscript'), idOf('endoftext'), idOf('notimestamps')]
  if (start === undefined || end === undefined || noTimestamps === undefined)
    throw broken(`tokenizer.json in ${folder.folder} is not that of a whisper model: it has no <|startoftranscript|>.`)
  const positions = config.max_source_positions ?? 1_500
  const firstTime = noTimestamps + 1
  const multilingual = generation.is_multilingual ?? (config.vocab_size ?? 0) >= multilingualSize
  return {
    start,
    end,
    noTimestamps,
    firstTime,
    lastTime: firstTime + positions,
    timeStep: (sound.chunk_length ?? 30) / positions,
    previous: idOf('startofprev'),
    noSpeech: idOf('nospeech') ?? idOf('nocaptions'),
    tasks: { transcribe: idOf('transcribe'), translate: idOf('translate') },
    languages: new Map(multilingual ? languageTokens(generation.lang_to_id, start, tokenizer, idOf('translate')) : []),
    never: generation.suppress_tokens ?? config.suppress_tokens ?? [],
    notFirst: generation.begin_suppress_tokens ?? config.begin_suppress_tokens ?? [],
  }
}

/** From the config where it lists them, else those that stand between the start and the tasks: `<|en|>`. */
function* languageTokens(
  listed: Readonly<Record<string, number>> | undefined,
  start: number,
  tokenizer: Tokenizer,
  until = start + 101,
): Generator<[tag: string, token: number]> {
  const names = listed ? Object.entries(listed) : [...tokenizer.get_added_tokens_decoder()].map(toEntry)
  for (const [name, token] of names) {
    const tag = /^<\|([a-z]{2,3})\|>$/.exec(name)?.[1]
    if (tag && (listed || (token > start && token < until))) yield [tag, token]
  }
}

const toEntry = ([id, { content }]: [number, { content: string }]): [string, number] => [content, id]
