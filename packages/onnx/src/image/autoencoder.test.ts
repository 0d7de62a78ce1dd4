import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openGraph } from '../runtime/session.ts'
import { autoencoder } from './autoencoder.ts'
import type { Picture } from './picture.ts'

const folder = '../shared/models/taesd-onnx'

/** Soft waves of colour, as photos have them more than sharp edges. */
const waves: Picture = {
  width: 128,
  height: 64,
  data: Uint8Array.from({ length: 3 * 128 * 64 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % 128, Math.floor(i / 384)]
    return 128 + 90 * Math.sin(x / 17 + (i % 3)) * Math.cos(y / 11)
  }),
}

it.skipIf(!existsSync(folder))('a picture goes into latents and back (skipped without ../shared/models)', async () => {
  const [encoder, decoder] = await Promise.all(
    ['vae_encoder', 'vae_decoder'].map((name) => openGraph(`${folder}/${name}/model.onnx`)),
  )
  if (!encoder || !decoder) throw new Error('unreachable: both were opened')
  const vae = autoencoder(decoder, { _class_name: 'AutoencoderTiny', latent_channels: 4, scaling_factor: 1 })
  expect(vae.factor).toBe(8)
  const clock = { runMs: 0 }
  const latents = await vae.encode(encoder, waves, clock)
  expect(latents.length).toBe((4 * 128 * 64) / 64)
  const back = await vae.decode(latents, { width: 16, height: 8 }, clock)
  const error =
    back.data.reduce((sum, value, i) => sum + (value - (waves.data[i] as number)) ** 2, 0) / back.data.length
  // 25 dB: what its makers reach on photos.
  expect(10 * Math.log10(255 ** 2 / error)).toBeGreaterThan(25)
  await Promise.all([encoder.dispose(), decoder.dispose()])
})
