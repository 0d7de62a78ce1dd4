import { expect, it } from 'vitest'
import { toWords } from './words.ts'

const words = (texts: readonly string[], language = 'en') =>
  toWords(
    texts.map((text, at) => ({ text, start: at, end: at + 1 })),
    language,
  ).map(({ text, start, end }) => `${text} ${start}-${end}`)

it.each<[string, string[], string, string[]]>([
  ['words begin with a space', [' An', 'na', ' is', ' here'], 'en', ['Anna 0-2', 'is 2-3', 'here 3-4']],
  ['punctuation goes with the word before it', [' Yes', ',', ' no', '.'], 'en', ['Yes, 0-1', 'no. 2-3']],
  [
    'quotes go with the word that they stand at',
    [' say', ' "', 'no', '"', ' now'],
    'en',
    ['say 0-1', '"no" 1-3', 'now 4-5'],
  ],
  ['languages without spaces have words of one character', ['你', '好', '。'], 'zh', ['你 0-1', '好。 1-2']],
  ['nothing', [], 'en', []],
])('%s', (_name, texts, language, expected) => expect(words(texts, language)).toEqual(expected))
