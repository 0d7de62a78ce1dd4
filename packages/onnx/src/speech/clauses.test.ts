import { describe, expect, it } from 'vitest'
import { toSentences } from './clauses.ts'

const spoken = (text: string, language = 'en') =>
  toSentences(text, language).map(({ clauses }) => clauses.map(({ text, mark }) => `${text}${mark}`).join(' | '))

describe('a text is cut where one takes breath', () => {
  it.each<[string, string, string[]]>([
    ['sentences', 'One. Two! Three? Four', ['One.', 'Two!', 'Three?', 'Four']],
    ['clauses', 'First, second; third: fourth.', ['First, | second; | third: | fourth.']],
    ['numbers stay whole', 'It costs $3.50 for 1,000 at 10:30.', ['It costs $3.50 for 1,000 at 10:30.']],
    ['shortenings end nothing', 'Dr. Smith met J. Doe, e.g. Today.', ['Dr. Smith met J. Doe, | e.g. Today.']],
    ['quotes and brackets', '"Stop," he said (twice). "Now!"', ['"Stop, | he said (twice).', '"Now!']],
    ['several marks', 'What?! No... Yes', ['What?', 'No.', 'Yes']],
    ['a dash is a breath', 'Wait — what is this', ['Wait, | what is this']],
    ['other scripts', '你好，世界。再见', ['你好, | 世界.', '再见']],
    ['nothing to say', ' ... !? — ', []],
    ['lines within a paragraph', 'One\ntwo.', ['One two.']],
  ])('%s', (_name, text, expected) => expect(spoken(text)).toEqual(expected))

  it('the end of a paragraph is known', () => {
    expect(toSentences('One. Two.\n\nThree.', 'en').map(({ last }) => last)).toEqual([false, true, true])
  })

  it('a language that is none does no harm', () => {
    expect(spoken('One. Two.', 'not a tag')).toEqual(['One.', 'Two.'])
  })
})

describe('a sentence without end', () => {
  it.each([
    ['words', 'word '.repeat(20_000)],
    ['one word', 'a'.repeat(100_000)],
    ['clauses', 'so it goes, '.repeat(8_000)],
  ])('of %s is said in pieces, and all of it', (_name, text) => {
    const sentences = toSentences(text, 'en')
    const pieces = sentences.map(({ clauses }) => clauses.map(({ text }) => text).join(''))
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(400)
    expect(pieces.join('').replaceAll(/[\s,]/g, '')).toBe(text.replaceAll(/[\s,]/g, ''))
  })
})
