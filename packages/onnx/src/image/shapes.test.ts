import { generateImage } from '@anymodel/core'
import { decodePng } from '@anymodel/core/png'
import { afterAll, describe, expect, it } from 'vitest'
import { onnx } from '../onnx.ts'
import { colours, look } from '../testing/named-colours.ts'

const shapes = ['circle', 'square', 'triangle', 'star', 'heart', 'diamond', 'ring', 'cross']
const inks = Object.keys(colours).filter((name) => name !== 'white')
const grounds = Object.keys(colours)

/** Every colour three times, every shape and every ground again and again. */
const prompts = Array.from({ length: 30 }, (_, i) => {
  const colour = inks[i % inks.length] as string
  const other = grounds.filter((name) => name !== colour)
  return {
    colour,
    shape: shapes[i % shapes.length] as string,
    ground: other[(i * 7 + 3) % other.length] as string,
    seed: i,
  }
})

const local = onnx()
const model = local.image('shapes-diffusion')
afterAll(() => local.close())

describe('the built-in image model', () => {
  it('draws what thirty prompts ask for: 28 with the right colour and 29 on the right ground', async () => {
    const found = await Promise.all(
      prompts.map(async ({ colour, shape, ground, seed }) => {
        const prompt = `a ${colour} ${shape} on a ${ground} background`
        const { images } = await generateImage({ model, prompt, seed })
        const seen = look(decodePng(images[0]?.data ?? new Uint8Array(), 0))
        return { prompt, seen, colour: seen.shape === colour, ground: seen.ground === ground }
      }),
    )
    expect(found.filter((one) => one.ground).length).toBeGreaterThanOrEqual(29)
    expect(found.filter((one) => one.colour).length).toBeGreaterThanOrEqual(28)
  }, 120_000)
})
