import { isAnyModelError } from '@anymodel/core'
import { mockModel } from '@anymodel/testing'
import { expect, test } from 'vitest'
import { editCode, streamEdit } from './edit-code.ts'
import type { EditEvent } from './edit-options.ts'
import { editFormatOf } from './formats.ts'
import { applyPatch, reversePatch, toDiff } from './patch.ts'

const files = [
  { path: 'src/a.ts', text: 'const a = 1\nconst b = 2\n' },
  { path: 'src/b.ts', text: '\ufeffexport {}\r\n' },
]
const block = (path: string, search: string, replace: string) =>
  `${path}\n\`\`\`ts\n<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n\`\`\`\n`
const instruction = 'Rename.'
const code = (error: string) => expect.toSatisfy((thrown) => isAnyModelError(thrown) && thrown.code === error)

test('files come back changed, with a patch that can be shown, applied and taken back', async () => {
  const model = mockModel(
    `Done:\n${block('src/a.ts', 'const a = 1', 'const x = 1')}${block('src/b.ts', 'export {}', 'export { x }')}`,
  )
  const { files: changed, patch, edits } = await editCode({ model, files, instruction })
  expect(changed).toEqual([
    { path: 'src/a.ts', text: 'const x = 1\nconst b = 2\n' },
    { path: 'src/b.ts', text: '\ufeffexport { x }\r\n' },
  ])
  expect(edits).toMatchObject([
    { path: 'src/a.ts', fuzz: 0 },
    { path: 'src/b.ts', fuzz: 0 },
  ])
  expect(toDiff(patch)).toContain(
    '--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1,2 +1,2 @@\n-const a = 1\n+const x = 1\n const b = 2\n',
  )
  expect(applyPatch(reversePatch(patch), changed)).toEqual(files)
  expect(() => applyPatch(patch, changed)).toThrow(code('invalid-argument'))
  expect(JSON.parse(JSON.stringify(patch))).toEqual(patch)
})

test('only what failed is asked for again, and is told why', async () => {
  const model = mockModel([
    block('src/a.ts', 'const a = 1', 'const x = 1') + block('src/a.ts', 'const bb = 2', 'const y = 2'),
    block('src/a.ts', 'const b = 2', 'const y = 2'),
  ])
  const result = await editCode({ model, files, instruction })
  expect(result).toMatchObject({ repairs: 1, files: [{ text: 'const x = 1\nconst y = 2\n' }] })
  const [, again] = model.calls
  const asked = JSON.stringify(again?.messages.at(-1))
  expect(asked).toContain('const bb = 2')
  expect(asked).toContain('Did you mean')
  expect(asked).toContain('One other edit was applied')
  expect(asked).not.toContain('const a = 1')
  expect(again?.messages).toHaveLength(4)
})

test('a model that gives up on what failed, or sends again what is done, is not taken for done', async () => {
  const half = block('src/a.ts', 'const a = 1', 'const x = 1') + block('src/a.ts', 'const bb = 2', 'const y = 2')
  const sorry = editCode({ model: mockModel([half, 'Sorry.']), files, instruction })
  await expect(sorry).rejects.toEqual(code('invalid-output'))
  const again = block('src/a.ts', 'const a = 1', 'const x = 1') + block('src/a.ts', 'const b = 2', 'const y = 2')
  const { files: changed, edits } = await editCode({ model: mockModel([half, again]), files, instruction })
  expect([changed[0]?.text, edits.length]).toEqual(['const x = 1\nconst y = 2\n', 2])
})

test('edits that stay wrong are an error that names them, and nothing has changed', async () => {
  const model = mockModel(block('src/a.ts', 'const c = 3', 'x'))
  const failing = editCode({ model, files, instruction, repairs: 1 })
  await expect(failing).rejects.toMatchObject({ code: 'invalid-output', issues: [{ path: 'src/a.ts' }] })
  expect(model.calls).toHaveLength(2)
})

test('an answer without edits is asked again, one that says that nothing has to change is not', async () => {
  const model = mockModel(['I would rename it.', block('src/a.ts', 'const a = 1', 'const x = 1')])
  expect(await editCode({ model, files, instruction })).toMatchObject({ repairs: 1 })
  expect(await editCode({ model: mockModel('NO CHANGES'), files, instruction })).toMatchObject({
    repairs: 0,
    files: [],
  })
})

test('an answer that was cut off at its limit goes on', async () => {
  const model = mockModel([
    [
      { type: 'text', text: block('src/a.ts', 'const a = 1', 'const x = 1') },
      { type: 'finish', reason: 'length' },
    ],
    block('src/a.ts', 'const b = 2', 'const y = 2'),
  ])
  expect(await editCode({ model, files, instruction })).toMatchObject({
    files: [{ text: 'const x = 1\nconst y = 2\n' }],
  })
})

test('lines of another file are found there, and the result says so', async () => {
  const model = mockModel(block('src/a.ts', 'export {}', 'export { x }'))
  const { edits } = await editCode({ model, files, instruction })
  expect(edits).toMatchObject([{ path: 'src/b.ts', meant: 'src/a.ts' }])
})

test.each(['../x.ts', '/etc/x', '.git/hooks/pre-commit', 'src/.GIT/config', 'a/../../x', 'C:/x', 'a\\b.ts'])(
  'a new file %s is refused',
  async (path) => {
    const answer = `*** Begin Patch\n*** Add File: ${path}\n+x\n*** End Patch`
    const failing = editCode({ model: mockModel(answer), format: 'v4a', files, instruction, repairs: 0 })
    await expect(failing).rejects.toEqual(code('invalid-output'))
  },
)

test('a model that calls tools edits by tools, and is told what went wrong', async () => {
  const call = (id: string, name: string, input: object) =>
    ({ type: 'tool-call', id, name, input: JSON.stringify(input) }) as const
  const model = mockModel([
    [call('1', 'replace_text', { path: 'src/a.ts', old_str: 'const', new_str: 'let' })],
    [
      call('2', 'replace_text', { path: 'src/a.ts', old_str: 'const a', new_str: 'let a' }),
      call('3', 'create_file', { path: 'src/c.ts', text: 'new\n' }),
    ],
    'Done.',
  ])
  const events: EditEvent[] = []
  const stream = streamEdit({ model, format: 'tool', files, instruction })
  for await (const event of stream) events.push(event)
  expect((await stream.result).files).toEqual([
    { path: 'src/a.ts', text: 'let a = 1\nconst b = 2\n' },
    { path: 'src/c.ts', text: 'new\n' },
  ])
  expect(JSON.stringify(model.calls[1]?.messages)).toContain('more than once')
  expect(events.map(({ type }) => type).filter((type) => type === 'edit-end')).toHaveLength(3)
})

test('an edit is shown while it is written', async () => {
  const stream = streamEdit({
    model: mockModel(block('src/a.ts', 'const a = 1', 'const x = 1\nlet y')),
    files,
    instruction,
  })
  const events: EditEvent[] = []
  for await (const event of stream) events.push(event)
  expect(events).toMatchObject([
    { type: 'edit-start', index: 0, path: 'src/a.ts' },
    { type: 'edit-delta', index: 0, text: 'const x = 1\n' },
    { type: 'edit-delta', index: 0, text: 'let y\n' },
    { type: 'edit-end', index: 0, path: 'src/a.ts', text: 'const x = 1\nlet y\nconst b = 2\n' },
    { type: 'finish' },
  ])
})

test.each([
  ['claude-sonnet-5', 'search-replace'],
  ['gemini-3-flash', 'diff-fenced'],
  ['gpt-6-luna', 'v4a'],
  ['openai/o3', 'v4a'],
  ['gpt-4-turbo', 'udiff'],
  ['smollm2-135m-instruct', 'whole'],
  ['qwen2.5-coder-1.5b-instruct', 'whole'],
  ['qwen3-coder-30b', 'search-replace'],
])('%s writes edits as %s', (id, format) => {
  expect(editFormatOf(id)).toBe(format)
})

test.each([
  [{ model: 'gpt' }],
  [{ instruction: ' ' }],
  [{ files: [{ path: '../a', text: '' }] }],
  [{ files: [...files, ...files] }],
  [{ format: 'patch' }],
  [{ repairs: -1 }],
])('%j is refused before anything is sent', async (more) => {
  const model = mockModel('x')
  await expect(editCode({ model, files, instruction, ...more } as never)).rejects.toEqual(code('invalid-argument'))
  expect(model.calls).toEqual([])
})

test('an abort is its reason', async () => {
  const reason = new Error('enough')
  const model = mockModel('x')
  await expect(editCode({ model, files, instruction, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})

test('texts that share next to nothing are shown as one that goes and one that comes', () => {
  const text = (word: string) => Array.from({ length: 6_000 }, (_, index) => `${word} ${index}\n`).join('')
  const diff = toDiff({ changes: [{ path: 'a', before: text('old'), after: `${text('new')}end` }] })
  expect(diff.split('\n', 4)).toEqual(['--- a/a', '+++ b/a', '@@ -1,6000 +1,6001 @@', '-old 0'])
  const fresh = toDiff({ changes: [{ path: 'a', before: null, after: text('new') }] })
  expect(fresh.split('\n', 4)).toEqual(['--- /dev/null', '+++ b/a', '@@ -0,0 +1,6000 @@', '+new 0'])
  expect(diff.endsWith('+end\n\\ No newline at end of file\n')).toBe(true)
})
