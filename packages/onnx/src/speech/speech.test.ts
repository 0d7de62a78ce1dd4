import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateSpeech, type SpeechEvent, type SpeechModel } from '@anymodel/core'
import { afterAll, describe, expect, it } from 'vitest'
import { readWav } from '../audio/wav.ts'
import { onnx } from '../onnx.ts'
import { scratchFolder } from '../testing/toy-model.ts'
import { toyKokoro, toyPiper, toySigns } from '../testing/toy-voice.ts'

const local = onnx()
afterAll(() => local.close())
const piper = local.speech(`dir:${toyPiper()}`)

const samplesOf = (data: Uint8Array) => readWav(data)?.samples ?? new Float32Array()

const fromPcm = (data: Uint8Array) =>
  Array.from({ length: data.length / 2 }, (_, i) => Buffer.from(data).readInt16LE(i * 2) / 32_767)

/** What the toy Piper was shown: the loudest sample is that of the sign with the highest id. */
function shown(samples: Float32Array, expected: string): string {
  const top = Math.max(...[...expected].map((sign) => toySigns.indexOf(sign)))
  return [...samples].map((sample) => toySigns[Math.round(sample * top)]).join('')
}

async function read(model: SpeechModel, text: string): Promise<SpeechEvent[]> {
  const events: SpeechEvent[] = []
  for await (const event of model.speak({ text })) events.push(event)
  return events
}

describe('a Piper voice', () => {
  it('is shown phonemes with padding between, and gives one file with its true length', async () => {
    const { audio, sampleRate, seconds, warnings } = await generateSpeech({
      model: piper,
      text: 'Hello, this is a test.',
    })
    const phonemes = 'həlˈoʊ, ðɪs ɪz ɐ tˈɛst.'
    const samples = samplesOf(audio.data)
    expect(shown(samples, phonemes)).toBe(`^_${[...phonemes].map((sign) => `${sign}_`).join('')}$`)
    expect({ mediaType: audio.mediaType, sampleRate, warnings }).toEqual({
      mediaType: 'audio/wav',
      sampleRate: 8_000,
      warnings: [],
    })
    expect(seconds).toBeCloseTo(samples.length / 8_000, 6)
    expect(Buffer.from(audio.data).readUInt32LE(40)).toBe(samples.length * 2)
  })

  it('hands over sentence after sentence, with a breath between', async () => {
    const events = await read(piper, 'A b. C d.\n\nE f.')
    const sizes = events.flatMap((event) => (event.type === 'audio' ? [event.data.length / 2] : []))
    const fractions = events.flatMap((event) => (event.type === 'progress' ? [event.fraction] : []))
    expect(sizes).toHaveLength(4)
    expect(sizes[0]).toBe(22)
    expect(sizes[1]).toBeGreaterThan(8_000 * 0.2)
    expect(sizes[2]).toBeGreaterThan(8_000 * 0.6)
    expect(sizes[3]).toBeLessThan(100)
    expect(fractions).toEqual([1 / 3, 2 / 3, 1])
  })

  it('speaks by the name of a speaker, and as bare samples', async () => {
    const many = local.speech(`dir:${toyPiper({ speakers: ['ann', 'bob'] })}`)
    const say = async (options: object) =>
      (await generateSpeech({ model: many, text: 'See.', format: 'pcm', ...options })).audio
    const [plain, bob] = [await say({}), await say({ voice: 'bob' })]
    expect(plain.mediaType).toBe('audio/pcm;rate=8000;channels=1')
    expect(Buffer.from(plain.data).equals(Buffer.from(bob.data))).toBe(false)
    expect(Buffer.from(plain.data).equals(Buffer.from((await say({ voice: 'ann' })).data))).toBe(true)
    await expect(say({ voice: 'eve' })).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/ann, bob/),
    })
  })

  it('what it lacks is a warning, or an error where that is wanted', async () => {
    const call = {
      model: piper,
      text: 'x',
      language: 'de',
      format: 'mp3',
      voice: 'ann',
      seed: 1,
      instructions: 'Sing.',
    } as const
    const { warnings, audio } = await generateSpeech(call)
    expect(warnings.map(({ option }) => option).sort()).toEqual(['format', 'instructions', 'language', 'seed', 'voice'])
    expect(audio.mediaType).toBe('audio/wav')
    const { seed: _seed, instructions: _instructions, ...known } = call
    await expect(generateSpeech({ ...known, onUnsupported: 'error' })).rejects.toMatchObject({ code: 'unsupported' })
  })

  it('phonemes that it never learned are left out, and told', async () => {
    const signs = Object.fromEntries([...'_^$abc'].map((sign, id) => [sign, [id]]))
    const few = local.speech(`dir:${toyPiper({ config: { phoneme_id_map: signs } })}`)
    const { warnings } = await generateSpeech({ model: few, text: 'a zoo' })
    expect(warnings).toMatchObject([{ option: 'text', message: expect.stringMatching(/ z .*left out/) }])
  })

  it('a pace that nobody could follow is refused', async () => {
    for (const speed of [0.01, 100])
      await expect(generateSpeech({ model: piper, text: 'x', speed })).rejects.toMatchObject({ code: 'bad-request' })
  })

  it('a text without anything to say is an invalid argument', async () => {
    await expect(generateSpeech({ model: piper, text: '...' })).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  it('an abort on the way ends it', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const speaking = generateSpeech({ model: piper, text: 'One. '.repeat(2_000), signal: controller.signal })
    setTimeout(() => controller.abort(reason), 50)
    await expect(speaking).rejects.toBe(reason)
    expect((await generateSpeech({ model: piper, text: 'Still here.' })).audio.data.length).toBeGreaterThan(44)
  })
})

describe('a Kokoro model', () => {
  const kokoro = local.speech(`dir:${toyKokoro(['af_one', 'bm_two'])}`)

  it('is shown phonemes between two zeros, with the style for their number and the speed', async () => {
    const { audio, sampleRate } = await generateSpeech({ model: kokoro, text: 'See.', speed: 2, format: 'pcm' })
    const phonemes = [...'sˈiː.']
    const style = phonemes.length / 1_000
    expect(fromPcm(audio.data).map((sample) => Math.round((sample - style) * 100 * 2))).toEqual([
      0,
      ...phonemes.map((sign) => toySigns.indexOf(sign)),
      0,
    ])
    expect(sampleRate).toBe(24_000)
  })

  it('reads no more than 510 phonemes at once, and all of them', async () => {
    const { audio } = await generateSpeech({ model: kokoro, text: '7 '.repeat(190), format: 'pcm' })
    const samples = fromPcm(audio.data)
    // Each piece begins and ends with a zero, whose sample is the style alone: as many thousandths as there are phonemes.
    const lengths: number[] = []
    for (let at = 0; at < samples.length; ) {
      const length = Math.round((samples[at] as number) * 1_000)
      expect(samples[at + length + 1]).toBeCloseTo(length / 1_000, 3)
      lengths.push(length)
      at += length + 2
    }
    expect(Math.max(...lengths)).toBeLessThanOrEqual(510)
    expect(lengths.reduce((sum, length) => sum + length)).toBe(190 * 'sˈɛvən '.length - 1)
  })

  it('speaks the language of the voice, and lists the voices there are', async () => {
    const call = { model: kokoro, text: 'See.', onUnsupported: 'error' } as const
    await generateSpeech({ ...call, voice: 'bm_two', language: 'en-GB' })
    await expect(generateSpeech({ ...call, voice: 'bm_two', language: 'fr' })).rejects.toThrow(/en-GB/)
    await expect(generateSpeech({ ...call, voice: '../../x' })).rejects.toThrow(/af_one, bm_two/)
  })
})

describe('a folder that can not be used says why', () => {
  const broken = (name: string, text: string | Uint8Array, folder = toyPiper()) => {
    writeFileSync(join(folder, name), text)
    return folder
  }

  it.each<[string, () => string, RegExp]>([
    ['nothing in it', scratchFolder, /neither a Piper voice/],
    ['a config that is no JSON', () => broken('voice.onnx.json', '{"a":'), /voice\.onnx\.json is damaged/],
    ['no rate', () => toyPiper({ config: { audio: {} } }), /sample_rate/],
    ['no phonemes', () => toyPiper({ config: { phoneme_id_map: {} } }), /phoneme_id_map/],
    ['phonemes of another kind', () => toyPiper({ config: { phoneme_type: 'pinyin' } }), /pinyin/],
    ['an eSpeak voice that is none', () => toyPiper({ config: { espeak: { voice: '--path=/etc' } } }), /--path/],
    ['a graph that is none', () => broken('voice.onnx', 'nonsense'), /damaged/],
    [
      'styles cut short',
      () => broken('voices/af_one.bin', new Uint8Array(100), toyKokoro(['af_one'])),
      /no whole number/,
    ],
  ])('%s', async (_name, folder, message) => {
    const error: unknown = await generateSpeech({ model: local.speech(`dir:${folder()}`), text: 'x' }).catch((e) => e)
    expect(error).toMatchObject({ code: 'config', provider: 'onnx', message: expect.stringMatching(message) })
  })
})
