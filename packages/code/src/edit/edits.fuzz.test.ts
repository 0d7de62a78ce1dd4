import { isAnyModelError } from '@anymodel/core'
import { mockModel } from '@anymodel/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editCode } from './edit-code.ts'
import { textFormats } from './formats.ts'
import { joinLines, replaceLines, splitLines } from './lines.ts'
import { applyPatch, reversePatch, toDiff } from './patch.ts'

type TextFormatName = keyof typeof textFormats

/** A line of code, with what makes formats stumble: indentation, marks of the formats, words that come again. */
const line = fc.oneof(
  fc.constantFrom(
    '',
    '  ',
    '}',
    '  return x',
    '\treturn x',
    '======',
    '--- a',
    '+++ b',
    '@@ x',
    '```',
    '...',
    '-x',
    '+x',
  ),
  fc.string({
    unit: fc.constantFrom('a', 'b', ' ', '(', ')', '-', '+', '=', '\\', '`', 'é', '😀', '\t'),
    maxLength: 12,
  }),
)

/** A file of distinct lines in between, so that every place can be told; and its changes, each from one line to others. */
const file = fc
  .record({
    lines: fc.array(line, { minLength: 1, maxLength: 12 }),
    end: fc.constantFrom('\n', '\r\n'),
    open: fc.boolean(),
    changes: fc.array(fc.tuple(fc.nat(11), fc.array(line, { maxLength: 3 })), { maxLength: 3 }),
  })
  .map(({ lines, end, open, changes }) => {
    const marked = lines.flatMap((text, index) => [`// place ${index}`, text])
    // A file that ends in a blank line without a break ends in the break before it.
    const before = marked.join(end) + (open && marked.at(-1) !== '' ? '' : end)
    const edits = new Map(changes.map(([at, put]) => [at % lines.length, put] as const))
    return { before, edits: [...edits].sort(([a], [b]) => a - b) }
  })

/** What the file should be: each place and the line behind it replaced by the place and new lines. */
const expected = (before: string, edits: readonly (readonly [number, readonly string[]])[]): string =>
  edits.reduce((text, [at, put]) => {
    const lines = splitLines(text)
    const place = lines.findIndex((line) => line.text === `// place ${at}`)
    return joinLines(replaceLines(lines, place, 2, [`// place ${at}`, ...put]))
  }, before)

/** The edits as a model would write them. */
function written(
  format: TextFormatName,
  before: string,
  edits: readonly (readonly [number, readonly string[]])[],
): string {
  const old = (at: number) => splitLines(before)[2 * at + 1]?.text ?? ''
  const ops = ([at, put]: readonly [number, readonly string[]]) => [
    ` // place ${at}`,
    `-${old(at)}`,
    ...put.map((text) => `+${text}`),
  ]
  if (format === 'whole') {
    const lines = splitLines(expected(before, edits)).map(({ text }) => text)
    return ['a.ts', '`````', ...lines, '`````'].join('\n')
  }
  if (format === 'udiff')
    return ['```diff', '--- a.ts', '+++ a.ts', ...edits.flatMap((edit) => ['@@ @@', ...ops(edit)]), '```'].join('\n')
  if (format === 'v4a')
    return [
      '*** Begin Patch',
      '*** Update File: a.ts',
      ...edits.flatMap((edit) => ['@@', ...ops(edit)]),
      '*** End Patch',
    ].join('\n')
  return edits
    .flatMap(([at, put]) => [
      'a.ts',
      '<<<<<<<<< SEARCH',
      `// place ${at}`,
      old(at),
      '=========',
      `// place ${at}`,
      ...put,
      '>>>>>>>>> REPLACE',
      '',
    ])
    .join('\n')
}

const formats = Object.keys(textFormats) as TextFormatName[]

test.each(formats)('random edits written as %s are applied, and taken back give the file again', async (format) => {
  await fc.assert(
    fc.asyncProperty(file, async ({ before, edits }) => {
      const wanted = expected(before, edits)
      // A blank last line without a break is no line: then the file ends otherwise than it did.
      fc.pre(wanted.endsWith('\n') === before.endsWith('\n'))
      const answer =
        edits.length === 0 || (format === 'v4a' && wanted === before) ? 'NO CHANGES' : written(format, before, edits)
      const files = [{ path: 'a.ts', text: before }]
      const { patch } = await editCode({
        model: mockModel(answer),
        format,
        files,
        instruction: 'Change it.',
        repairs: 0,
      })
      const after = applyPatch(patch, files)
      expect(after).toEqual([{ path: 'a.ts', text: wanted }])
      expect(applyPatch(reversePatch(patch), after)).toEqual(files)
      expect(toDiff(patch) === '').toBe(before === wanted)
    }),
    { numRuns: 150 },
  )
})

test.each(formats)(
  'an answer as %s that is cut anywhere gives some of its edits, whole, or an error',
  async (format) => {
    await fc.assert(
      fc.asyncProperty(file, fc.integer({ min: 0, max: 1_000 }), async ({ before, edits }, permille) => {
        const answer = written(format, before, edits)
        const cut = answer.slice(0, Math.floor((answer.length * permille) / 1_000))
        const allowed = new Set(edits.map((_, count) => expected(before, edits.slice(0, count + 1))).concat(before))
        const files = [{ path: 'a.ts', text: before }]
        try {
          const result = await editCode({ model: mockModel(cut), format, files, instruction: 'Change it.', repairs: 0 })
          expect([...allowed]).toContain(applyPatch(result.patch, files)[0]?.text)
        } catch (error) {
          if (!isAnyModelError(error)) throw error
          expect(error.code).toBe('invalid-output')
        }
        expect(files).toEqual([{ path: 'a.ts', text: before }])
      }),
      { numRuns: 150 },
    )
  },
)

test.each(formats)(
  'whatever is written as %s, no parser throws and no file but the given one changes',
  async (format) => {
    const piece = fc.oneof(
      line,
      fc.constantFrom(
        'a.ts',
        '<<<<<<< SEARCH',
        '=======',
        '>>>>>>> REPLACE',
        '```',
        '````',
        '--- a.ts',
        '+++ a.ts',
        '@@',
        '*** Begin Patch',
      ),
      fc.constantFrom(
        '*** Update File: a.ts',
        '*** Add File: ../x',
        '*** Delete File: b',
        '*** Move to: /etc/x',
        '*** End Patch',
        ' one',
        '-one',
        '+two',
      ),
      fc.constantFrom('--- /dev/null', '+++ /dev/null', '../../etc/passwd', '.git/config', 'one'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
        const files = [{ path: 'a.ts', text: 'one\ntwo\nthree' }]
        const asked = { model: mockModel(pieces.join('\n')), format, files, instruction: 'Change it.', repairs: 0 }
        const outcome = await editCode(asked).catch((error: unknown) => error)
        if (isAnyModelError(outcome)) {
          expect(outcome.code).toBe('invalid-output')
          return
        }
        const { patch } = outcome as Awaited<ReturnType<typeof editCode>>
        const wrong = patch.changes.filter(({ path }) => /(?:^|\/)\.\.?(?:\/|$)|^\/|\.git(?:\/|$)/.test(path))
        expect(wrong).toEqual([])
        expect(applyPatch(reversePatch(patch), applyPatch(patch, files))).toEqual(files)
      }),
      { numRuns: 300 },
    )
  },
)
