import { expect, it } from 'vitest'
import type { FilePart, Part } from '../contract/part.ts'
import type { TextModel } from '../contract/text.ts'
import { generateText } from './generate-text.ts'
import { streamText } from './stream-text.ts'

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a)
const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)

/** A model whose answer has these files. */
const answering = (...files: Omit<FilePart, 'type'>[]): TextModel => ({
  provider: 'test',
  id: 'm',
  supports: {},
  async *stream(): AsyncGenerator<Part> {
    for (const file of files) yield { type: 'file', ...file }
    yield { type: 'finish', reason: 'stop', usage: {}, response: { provider: 'test', model: 'm' } }
  },
})

const pcm = { mediaType: 'audio/pcm', data: Uint8Array.of(0x49, 0x44, 0x33, 0) }
const table = { mediaType: 'text/csv', data: new TextEncoder().encode('a,b\n1,2\n') }

it('takes the type of a picture from its bytes, and that of other files from the service', async () => {
  const model = answering(
    { mediaType: 'image/png', data: jpeg },
    { mediaType: 'application/octet-stream', data: png },
    { mediaType: '', data: png },
    pcm,
    table,
  )
  const { files, messages } = await generateText({ model, prompt: 'Draw.' })
  const types = ['image/jpeg', 'image/png', 'image/png', 'audio/pcm', 'text/csv']
  expect(files.map(({ mediaType }) => mediaType)).toEqual(types)
  expect(messages.at(-1)?.content).toMatchObject(types.map((mediaType) => ({ type: 'file', mediaType })))
})

it('says the same in a stream', async () => {
  const stream = streamText({ model: answering({ mediaType: 'image/png', data: jpeg }), prompt: 'Draw.' })
  const types: string[] = []
  for await (const part of stream) if (part.type === 'file') types.push(part.mediaType)
  expect(types).toEqual(['image/jpeg'])
})

it('leaves an empty file out, and says so', async () => {
  const model = answering({ mediaType: 'image/png', data: new Uint8Array() }, { mediaType: 'image/png', data: png })
  const { files, warnings } = await generateText({ model, prompt: 'Draw.' })
  expect(files).toHaveLength(1)
  expect(warnings).toMatchObject([{ option: 'files', message: expect.stringContaining('image/png') }])
})
