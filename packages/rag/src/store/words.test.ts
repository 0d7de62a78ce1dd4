import { describe, expect, it } from 'vitest'
import { words } from './words.ts'

describe('words', () => {
  it.each([
    ['The Wing’s flow, at M=1.5', ['the', 'wing', 's', 'flow', 'at', 'm', '1', '5']],
    ['Résumé ﬁne ＡＢＣ', ['resume', 'fine', 'abc']],
    ['Ça coûte 10€ – naïve Ελλάδα й', ['ca', 'coute', '10', 'naive', 'ελλάδα', 'й']],
    ['東京都に住む', ['東京', '京都', '都に', 'に住', '住む']],
    ['Node.jsで書く', ['node', 'js', 'で書', '書く']],
    ['हिन्दी العربية', ['हिन्दी', 'العربية']],
    ['', []],
    ['"\' OR 1=1; -- \u0000 😀', ['or', '1', '1']],
  ])('%s', (text, expected) => {
    expect(words(text)).toEqual(expected)
  })

  it('cuts what is no word that somebody looks for', () => {
    expect(words('a'.repeat(100_000))).toEqual(['a'.repeat(128)])
  })
})
