import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateText } from '@anymodel/core'
import { describe, expect, it } from 'vitest'
import { onnx } from '../onnx.ts'
import { scratchFolder, toyModel } from '../testing/toy-model.ts'
import { availableMemory, requireMemory, wholeMemory } from './memory.ts'
import { toSize } from './size.ts'

const megabyte = 1_000_000

/** A folder with graphs of some sizes, which take no room on the disk. */
function folderWith(files: Record<string, number>): string {
  const folder = scratchFolder()
  mkdirSync(join(folder, 'onnx'))
  for (const [name, size] of Object.entries(files)) {
    writeFileSync(join(folder, 'onnx', name), '')
    truncateSync(join(folder, 'onnx', name), size)
  }
  return folder
}

describe('a model that is too large for memory', () => {
  const folder = folderWith({
    'model.onnx': megabyte,
    'model.onnx_data': 39 * megabyte,
    'model_fp16.onnx': 20 * megabyte,
    'model_q4.onnx': 6 * megabyte,
  })

  it('is refused with its size, what there is, and the precisions that fit', () => {
    expect(() => requireMemory({ folder }, 10 * megabyte)).toThrow(
      /need 40\.0 MB of memory, and 10\.0 MB are available\. Choose a smaller precision, which is there: q4 \(6\.0 MB\)\.$/,
    )
    expect(() => requireMemory({ folder, dtype: 'fp16' }, 19 * megabyte)).toThrow(/need 20\.0 MB.*q4/)
    expect(() => requireMemory({ folder, dtype: 'q4' }, megabyte)).toThrow(/such as q4, or a smaller model/)
    expect(() => requireMemory({ folder }, megabyte)).toThrow(expect.objectContaining({ code: 'config' }))
  })

  it('is not, when it fits or nobody knows', () => {
    expect(requireMemory({ folder }, 40 * megabyte)).toBeUndefined()
    expect(requireMemory({ folder, dtype: 'q4' }, 10 * megabyte)).toBeUndefined()
    expect(requireMemory({ folder }, undefined)).toBeUndefined()
    rmSync(join(folder, 'onnx/model.onnx'))
    expect(requireMemory({ folder }, 20 * megabyte)).toBeUndefined()
  })

  it('fails the requests that it was to be loaded for', async () => {
    const folder = toyModel({ says: 'x' })
    const rest = join(folder, 'onnx/model.onnx_data')
    writeFileSync(rest, '')
    truncateSync(rest, 10 ** 12)
    const local = onnx()
    await expect(generateText({ model: local.text(`dir:${folder}`), prompt: 'hi' })).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(/need 1\.0 TB of memory/),
    })
    await local.close()
  })

  it('this machine tells what it has, and a model of more is refused', () => {
    const available = availableMemory() ?? 0
    expect(available).toBeGreaterThan(megabyte)
    expect(wholeMemory()).toBeGreaterThanOrEqual(available)
    expect(() => requireMemory({ folder: folderWith({ 'model.onnx': available * 2 }) })).toThrow(/are available/)
  })
})

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1.0 kB'],
  [96_734_857, '96.7 MB'],
  [123_400_000, '123 MB'],
  [4_100_000_000, '4.1 GB'],
  [1e15, '1000 TB'],
])('%d bytes are written as %s', (bytes, text) => expect(toSize(bytes)).toBe(text))
