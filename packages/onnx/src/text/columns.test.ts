import { expect, it } from 'vitest'
import { readModelFolder } from '../model-folder.ts'
import { toyWriter } from '../testing/toy-writer.ts'
import { ColumnBatch } from './columns.ts'
import { loadEngine } from './engine.ts'

const { graph } = await loadEngine(readModelFolder({ folder: toyWriter() }))
const batches = ColumnBatch.maker(graph, graph.fresh ?? [])
const text = (length: number) => Array.from({ length }, (_, i) => 97 + (i % 7))

async function read(length: number): Promise<ColumnBatch> {
  const batch = batches.of()
  await batch.feed([text(length)])
  return batch
}

it('what is kept of the last text of many does not hold the memory of all', async () => {
  const length = 100_000
  const places = await Promise.all(Array.from({ length: 8 }, async () => ({ batch: await read(length), row: 0 })))
  const together = batches.join(places, true)
  const last = batches.join([{ batch: together, row: 7 }], true)
  const [block] = last.take(0).memory.blocks
  expect(block?.buffer.byteLength).toBeLessThan(2 * 4 * length)
})

/** What the graph says to one more token after a text. */
const after = async (batch: ColumnBatch): Promise<readonly number[]> => [...(await batch.feed([[120]])).of(0, 0)]

it('what is kept of a text stays as it was while the text goes on and others begin with it', async () => {
  const batch = await read(10)
  const kept = batch.take(0)
  const other = batches.of({ cache: kept, length: 6 })
  const expected = [await after(await read(10)), await after(await read(6))]
  const again = async () => [
    await after(batches.of({ cache: kept })),
    await after(batches.of({ cache: kept, length: 6 })),
  ]
  for (let i = 0; i < 150; i++) {
    await batch.feed([[100 + (i % 5)]])
    if (i % 3 === 0) await other.feed([[110 + (i % 5)]])
    if (i % 20 === 0) expect(await again()).toEqual(expected)
  }
  expect([batch.length(0), other.length(0)]).toEqual([160, 56])
})

it('a text that is kept goes on in its memory, unless somebody reads there', async () => {
  const batch = batches.of({ expected: 2_000 })
  await batch.feed([text(10)])
  const { memory } = batch.take(0)
  const room = memory.columns
  for (let i = 0; i < 100; i++) await batch.feed([[100]])
  const grown = batch.take(0)
  expect(grown.memory).toBe(memory)
  expect(memory.columns).toBeGreaterThan(room)
  batches.of({ cache: grown, length: 5 })
  for (let i = 0; i < 100; i++) await batch.feed([[100]])
  expect(batch.take(0).memory).not.toBe(memory)
})
