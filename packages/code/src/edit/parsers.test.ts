import { expect, test } from 'vitest'
import type { Edit, ParserEvent } from './edit.ts'
import { textFormats } from './formats.ts'

/** What a parser tells of an answer. */
function parsed(format: keyof typeof textFormats, answer: string, paths: readonly string[] = []): ParserEvent[] {
  const events: ParserEvent[] = []
  const parser = textFormats[format].parser(paths, (event) => events.push(event))
  for (const line of answer.split('\n')) parser.line(line)
  parser.end()
  return events
}

const edits = (events: readonly ParserEvent[]): Omit<Edit, 'source'>[] =>
  events.flatMap((event) => {
    if (event.type !== 'edit') return []
    const { source, ...edit } = event.edit
    expect(source).not.toBe('')
    return [edit]
  })

const problems = (events: readonly ParserEvent[]) =>
  events.flatMap((event) => (event.type === 'problem' ? [event.message] : []))

const block = '<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE'

test.each([
  ['on the line before the fence', `Some words.\n\nsrc/a.ts\n\`\`\`ts\n${block}\n\`\`\``],
  ['as the first line in the fence', `\`\`\`ts\nsrc/a.ts\n${block}\n\`\`\``],
  ['as a heading', `### src/a.ts\n\`\`\`ts\n${block}\n\`\`\``],
  ['in bold with a colon', `**src/a.ts:**\n${block}`],
  ['in backticks', `\`src/a.ts\`:\n\`\`\`\n${block}\n\`\`\``],
  ['without its folder', `a.ts\n\`\`\`\n${block}\n\`\`\``],
  ['nowhere, with one file shown', `\`\`\`\n${block}\n\`\`\``],
])('a block finds its path %s', (_, answer) => {
  for (const format of ['search-replace', 'diff-fenced'] as const)
    expect(edits(parsed(format, answer, ['src/a.ts']))).toEqual([
      { kind: 'replace', path: 'src/a.ts', search: ['old'], replace: ['new'] },
    ])
})

test('a block without a path takes that of the block before', () => {
  const events = parsed('search-replace', `b.ts\n${block}\n\n${block}`, ['a.ts', 'b.ts'])
  expect(edits(events).map(({ path }) => path)).toEqual(['b.ts', 'b.ts'])
  expect(problems(parsed('search-replace', block, ['a.ts', 'b.ts']))).toHaveLength(1)
})

test('a text may have marks of another length than its block', () => {
  const answer = 'a.md\n<<<<<<<<< SEARCH\nTitle\n=======\n=========\nName\n=======\n>>>>>>>>> REPLACE'
  expect(edits(parsed('search-replace', answer))).toMatchObject([
    { search: ['Title', '======='], replace: ['Name', '======='] },
  ])
})

test.each([
  ['is not closed', 'a.ts\n<<<<<<< SEARCH\nold\n=======\nnew'],
  ['has no divider', 'a.ts\n<<<<<<< SEARCH\nold\n>>>>>>> REPLACE'],
  ['has two dividers', 'a.ts\n<<<<<<< SEARCH\na\n=======\nb\n=======\nc\n>>>>>>> REPLACE'],
])('a block that %s is a problem, not an edit', (_, answer) => {
  const events = parsed('search-replace', answer)
  expect([edits(events), problems(events).length]).toEqual([[], 1])
})

test('what a block writes is told line by line', () => {
  const events = parsed('search-replace', `a.ts\n${block}`)
  expect(events.slice(0, 2)).toEqual([
    { type: 'start', path: 'a.ts' },
    { type: 'delta', text: 'new' },
  ])
})

test('a unified diff is hunks, new files and files that go', () => {
  const answer = [
    'Here it is:',
    '```diff',
    '--- a/src/a.ts',
    '+++ b/src/a.ts',
    '@@ -1,3 +1,3 @@',
    ' keep',
    '-old',
    '+new',
    '',
    '@@ ... @@',
    '--- x',
    '+++ y',
    '--- /dev/null',
    '+++ b/new.ts',
    '@@ -0,0 +1 @@',
    '+fresh',
    '--- a/gone.ts',
    '+++ /dev/null',
    '@@ -1 +0,0 @@',
    '-gone',
    '```',
    'That is all.',
  ].join('\n')
  expect(edits(parsed('udiff', answer, ['src/a.ts']))).toMatchObject([
    { kind: 'hunk', path: 'src/a.ts', lines: [{ op: ' ' }, { op: '-', text: 'old' }, { op: '+', text: 'new' }] },
    {
      kind: 'hunk',
      path: 'src/a.ts',
      lines: [
        { op: '-', text: '-- x' },
        { op: '+', text: '++ y' },
      ],
    },
    { kind: 'create', path: 'new.ts', lines: ['fresh'] },
    { kind: 'delete', path: 'gone.ts' },
  ])
})

test('a diff whose fence is not closed leaves its last hunk out; without a fence nobody can tell', () => {
  const hunks = '--- a.ts\n+++ a.ts\n@@ @@\n-one\n+1\n@@ @@\n-two'
  const cut = parsed('udiff', `\`\`\`diff\n${hunks}`, ['a.ts'])
  expect(edits(cut)).toMatchObject([{ lines: [{ text: 'one' }, { text: '1' }] }])
  expect(problems(cut)).toEqual(['The diff is not closed: its fence has no end.'])
  expect(edits(parsed('udiff', hunks, ['a.ts']))).toHaveLength(2)
})

test('a patch updates, adds, deletes and moves', () => {
  const answer = [
    '*** Begin Patch',
    '*** Update File: a.ts',
    '*** Move to: b.ts',
    '@@ class A',
    '@@ method()',
    ' keep',
    '-old',
    '+new',
    '@@',
    '-last',
    '*** End of File',
    '*** Add File: c.ts',
    '+fresh',
    '*** Delete File: d.ts',
    '*** End Patch',
  ].join('\n')
  expect(edits(parsed('v4a', answer))).toMatchObject([
    {
      kind: 'patch',
      path: 'a.ts',
      to: 'b.ts',
      chunks: [
        { scope: ['class A', 'method()'], atEnd: false },
        { scope: [], atEnd: true },
      ],
    },
    { kind: 'create', path: 'c.ts', lines: ['fresh'] },
    { kind: 'delete', path: 'd.ts' },
  ])
  expect(problems(parsed('v4a', answer.replace('*** End Patch', '')))).toEqual([
    'The patch is not closed: *** End Patch is missing.',
  ])
  expect(problems(parsed('v4a', '*** Begin Patch\n*** Update File: a\n@@\nx\n*** End Patch'))).toHaveLength(1)
})

test('whole files stand in fences with their paths; other fences are samples', () => {
  const answer = 'src/a.ts\n````ts\none\n```\ntwo\n````\n\nRun it:\n```sh\nnpm test\n```\n```js src/b.js\nb\n```'
  expect(edits(parsed('whole', answer, ['src/a.ts']))).toEqual([
    { kind: 'whole', path: 'src/a.ts', lines: ['one', '```', 'two'] },
    { kind: 'whole', path: 'src/b.js', lines: ['b'] },
  ])
  expect(edits(parsed('whole', '```\nall\n```', ['a.ts']))).toEqual([{ kind: 'whole', path: 'a.ts', lines: ['all'] }])
  expect(edits(parsed('whole', '```\nall\n```\n```sh\nls\n```', ['a.ts']))).toEqual([])
  expect(problems(parsed('whole', 'a.ts\n```\nhalf'))).toHaveLength(1)
})
