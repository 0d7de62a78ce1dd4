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
  const length = 40_000
  const places = await Promise.all(Array.from({ length: 8 }, async () => ({ batch: await read(length), row: 0 })))
  const together = batches.join(places, true)
  const last = batches.join([{ batch: together, row: 7 }], true)
  const [block] = last.take(0).blocks
  expect(block?.buffer.byteLength).toBeLessThan(2 * 4 * length)
})

it('what is kept of a text stays as it was while the text goes on and others begin with it', async () => {
  const batch = await read(10)
  const kept = batch.take(0)
  const before = kept.blocks.map((block) => block.slice(0, 10))
  const other = batches.of({ cache: kept, length: 6 })
  for (let i = 0; i < 50; i++) {
    await batch.feed([[100 + (i % 5)]])
    await other.feed([[110 + (i % 5)]])
  }
  expect(kept.blocks.map((block) => block.slice(0, 10))).toEqual(before)
  expect([batch.length(0), other.length(0)]).toEqual([60, 56])
})
