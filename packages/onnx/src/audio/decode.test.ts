import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratchFolder } from '../testing/toy-model.ts'
import { decodeSound } from './decode.ts'
import { toPcm16, wavHeader } from './wav.ts'

const tone = Float32Array.from({ length: 8_000 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / 8_000))
const pcm = toPcm16(tone)
const wav = Buffer.concat([wavHeader(8_000, pcm.length), pcm])

describe('sound that needs no help', () => {
  it.each<[string, string, Uint8Array]>([
    ['a WAV file', 'audio/wav', wav],
    ['a WAV file under another name', 'application/octet-stream', wav],
    ['bare samples', 'audio/pcm;rate=8000', pcm],
    ['bare samples of a telephone', 'audio/L16; rate=8000; channels=1', Buffer.from(pcm).swap16()],
  ])('%s', async (_name, mediaType, data) => {
    const sound = await decodeSound({ mediaType, data }, { rate: 16_000, ffmpeg: 'there-is-no-such-program' })
    expect(sound?.samples).toHaveLength(16_000)
    expect(sound?.samples[4_000 + 9]).toBeCloseTo(0.5 * Math.sin((2 * Math.PI * 440 * 4_009) / 16_000), 2)
  })

  it('bare samples without a rate say what is missing', async () => {
    await expect(decodeSound({ mediaType: 'audio/pcm', data: pcm }, { rate: 16_000 })).rejects.toThrow(/rate=16000/)
  })
})

/** A program that stands in for ffmpeg. */
function program(script: string): string {
  const path = join(scratchFolder(), 'program')
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

describe.skipIf(process.platform === 'win32')('sound that goes through a program (skipped on Windows)', () => {
  const mp3 = { mediaType: 'audio/mpeg', data: Uint8Array.of(1, 2, 3) }

  it('without it the error says how to convert', async () => {
    await expect(decodeSound(mp3, { rate: 16_000, ffmpeg: 'there-is-no-such-program' })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(/ffmpeg -i talk\.mp3 -ar 16000/),
    })
  })

  it('its complaint is told', async () => {
    const ffmpeg = program('cat > /dev/null; echo "no such codec" >&2; exit 1')
    await expect(decodeSound(mp3, { rate: 16_000, ffmpeg })).rejects.toThrow(/no such codec/)
  })

  it('a program that reads nothing and gives something is fine', async () => {
    const ffmpeg = program(`printf '\\0\\0\\0\\0'`)
    const data = new Uint8Array(1_000_000)
    expect((await decodeSound({ mediaType: 'audio/mpeg', data }, { rate: 16_000, ffmpeg }))?.samples).toHaveLength(2)
  })

  it('one that never ends is ended when nobody waits any more', async () => {
    const ffmpeg = program('exec sleep 60')
    const started = Date.now()
    const cancelled = () => Date.now() - started > 150
    expect(await decodeSound(mp3, { rate: 16_000, ffmpeg, cancelled })).toBeUndefined()
  })
})

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0

describe.skipIf(!hasFfmpeg)('with a real ffmpeg (skipped where none is installed)', () => {
  it.each(['flac', 'ogg', 'mp3', 'm4a'])('%s is read', async (extension) => {
    const path = join(scratchFolder(), `tone.${extension}`)
    execFileSync('ffmpeg', ['-loglevel', 'error', '-i', 'pipe:0', path], { input: wav })
    const { readFileSync } = await import('node:fs')
    const sound = await decodeSound({ mediaType: 'audio/x', data: readFileSync(path) }, { rate: 16_000 })
    expect((sound?.samples.length ?? 0) / 16_000).toBeCloseTo(1, 0)
  })

  it('a playlist does not lead to other files', async () => {
    const path = join(scratchFolder(), 'secret.wav')
    writeFileSync(path, wav)
    const lists = [
      `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://${path}\n#EXT-X-ENDLIST\n`,
      `ffconcat version 1.0\nfile '${path}'\n`,
    ]
    for (const list of lists)
      await expect(
        decodeSound({ mediaType: 'audio/x', data: Buffer.from(list) }, { rate: 16_000 }),
      ).rejects.toMatchObject({ code: 'invalid-argument' })
  })
})
