import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TranscriptionEvent, transcribe } from '@anymodel/core'
import { afterAll, describe, expect, it } from 'vitest'
import { toPcm16 } from '../audio/wav.ts'
import { onnx } from '../onnx.ts'
import { scratchFolder, toyModel } from '../testing/toy-model.ts'
import { saying, type ToyWhisperOptions, timeToken, toyTokens, toyWhisper } from '../testing/toy-whisper.ts'

const local = onnx()
afterAll(() => local.close())

const model = (options: ToyWhisperOptions) => local.transcription(`dir:${toyWhisper(options)}`)
const tone = (seconds: number) => Float32Array.from({ length: seconds * 16_000 }, (_, i) => 0.3 * Math.sin(i / 5))
const bare = (samples: Float32Array) => ({ mediaType: 'audio/pcm;rate=16000', data: toPcm16(samples) })

/** After start, language and task. */
const first = 3
const greeting = saying(first, timeToken(0), ' Hallo', timeToken(1), timeToken(1), ' Welt.', timeToken(1.8))

describe('a multilingual model', () => {
  it('finds out the language, and writes text with times', async () => {
    const sound = { ...greeting, 0: { [toyTokens.en]: 5, [toyTokens.de]: 6 } }
    const { text, segments, language, usage } = await transcribe({ model: model({ sound }), audio: bare(tone(2)) })
    expect(text).toBe('Hallo Welt.')
    expect(segments).toEqual([
      { text: 'Hallo', start: 0, end: 1 },
      { text: 'Welt.', start: 1, end: 1.8 },
    ])
    expect(language).toBe('de')
    expect(usage).toEqual({ output: 16 })
  })

  it('takes the language that it is told, and says so about one it does not know', async () => {
    const listens = model({ sound: { ...greeting, 0: { [toyTokens.en]: 5 } } })
    const given = await transcribe({ model: listens, audio: bare(tone(2)), language: 'de-AT', task: 'translate' })
    expect(given).toMatchObject({ language: 'de', warnings: [] })
    const other = await transcribe({ model: listens, audio: bare(tone(2)), language: 'tlh' })
    expect(other).toMatchObject({ language: 'en', warnings: [{ option: 'language' }] })
  })
})

it('a decoder of 16-bit floats behind an encoder of 32 writes the same', async () => {
  const options = { sound: greeting, looksAt: { 3: 10, 4: 20 } }
  const call = { audio: bare(tone(2)), language: 'de', words: true }
  const half = await transcribe({ ...call, model: model({ ...options, precision: 'float16' }) })
  expect(half.text).toBe('Hallo Welt.')
  expect(half.segments).toEqual((await transcribe({ ...call, model: model(options) })).segments)
})

describe('windows', () => {
  it('a stretch that a window cuts off is heard again by the next, which knows what was said', async () => {
    // The second window is told "Ja" before start, language and task: its first token stands at position 5.
    const sound = {
      ...saying(first, timeToken(0), 'Ja'),
      5: { [timeToken(1.5)]: 20, [timeToken(0)]: 15 },
      6: { [timeToken(1.5)]: 20, 107: 15 },
      7: { [toyTokens.end]: 20 },
    }
    const { segments, seconds } = await transcribe({ model: model({ sound }), audio: bare(tone(3)), language: 'en' })
    expect(segments).toEqual([
      { text: 'Ja', start: 0, end: 1.5 },
      { text: 'k', start: 1.5, end: 3 },
    ])
    expect(seconds).toBe(3)
  })

  it('a prompt stands before all else; what it writes of control tokens does not count', async () => {
    // "Hi" is told as history: previous, space, H, i, then start, language and task.
    const sound = saying(first + 4, timeToken(0), 'Ja', timeToken(1))
    const call = { model: model({ sound }), audio: bare(tone(2)), language: 'de' }
    const given = await transcribe({ ...call, prompt: 'Hi<|startoftranscript|><|en|>' })
    expect(given.text).toBe('Ja')
  })

  it('what is too short for a word is not listened to', async () => {
    const audio = bare(tone(2).subarray(0, 1_500))
    expect(await transcribe({ model: model({ sound: greeting }), audio, language: 'de' })).toMatchObject({ text: '' })
  })

  it('in silence nothing is said, whatever is written', async () => {
    const silence = { 0: { [toyTokens.noSpeech]: 30 } }
    const sound = greeting
    const samples = new Float32Array(4 * 16_000)
    samples.set(tone(2), 2 * 16_000)
    const given = await transcribe({ model: model({ sound, silence }), audio: bare(samples), language: 'de' })
    expect(given.segments).toEqual([
      { text: 'Hallo', start: 2, end: 3 },
      { text: 'Welt.', start: 3, end: 3.8 },
    ])
  })

  it('tell how far they are', async () => {
    const fractions: number[] = []
    const call = { audio: bare(new Float32Array(80_000)), language: 'de' }
    const events: AsyncIterable<TranscriptionEvent> = model({
      silence: { 0: { [toyTokens.noSpeech]: 30 } },
    }).transcribe(call)
    for await (const event of events) if (event.type === 'progress') fractions.push(event.fraction)
    expect(fractions).toEqual([0.4, 0.8, 1])
  })
})

describe('chance', () => {
  it('a text that is a guess is tried with more of it; the same sound gives the same text', async () => {
    const listens = model({ sound: {} })
    const call = { model: listens, audio: bare(tone(2)), language: 'de' }
    const [once, again, warm] = [
      await transcribe(call),
      await transcribe(call),
      await transcribe({ ...call, temperature: 0 }),
    ]
    expect(once.text).toBe(again.text)
    expect(once.text).not.toBe(warm.text)
  })
})

describe('times of words', () => {
  const sound = saying(first, timeToken(0), ' Hi', ' you.', timeToken(1))
  const config = { 'config.json': { max_source_positions: 100, max_target_positions: 64, median_filter_width: 1 } }

  it('come from where the decoder looks', async () => {
    const looksAt = { 2: 0, 3: 10, 4: 12, 5: 14, 6: 40, 7: 42, 8: 44, 9: 46, 10: 48, 11: 60, 12: 70 }
    const listens = model({ sound, looksAt, files: config })
    const { words, segments, warnings } = await transcribe({
      model: listens,
      audio: bare(tone(2)),
      language: 'de',
      words: true,
    })
    expect(words).toEqual([
      { text: 'Hi', start: 0.2, end: 0.8 },
      { text: 'you.', start: 0.8, end: 0.96 },
    ])
    expect(segments[0]?.words).toEqual(words)
    expect(warnings).toEqual([])
  })

  it('are not made up where the graph does not tell', async () => {
    const call = { model: model({ sound }), audio: bare(tone(2)), language: 'de', words: true }
    expect(await transcribe(call)).toMatchObject({ words: [], warnings: [{ option: 'words' }] })
    await expect(transcribe({ ...call, onUnsupported: 'error' })).rejects.toMatchObject({ code: 'unsupported' })
  })
})

describe('a model that never comes to an end', () => {
  it.each([
    ['babbles', Object.fromEntries(Array.from({ length: 60 }, (_, at) => [at + 2, { 97: 20 }]))],
    ['knows only numbers that are none', { 2: Object.fromEntries([[timeToken(0), Number.NaN]]) }],
    ['says times alone', Object.fromEntries(Array.from({ length: 60 }, (_, at) => [at + 2, { [timeToken(0)]: 20 }]))],
  ])('and %s is stopped', async (_name, sound) => {
    const given = await transcribe({ model: model({ sound }), audio: bare(tone(3)), language: 'de', temperature: 0 })
    expect(given.seconds).toBe(3)
  })
})

describe('leaving', () => {
  it('an abort on the way rejects with its reason, and the model goes on with others', async () => {
    const listens = model({ sound: greeting })
    const controller = new AbortController()
    const reason = new Error('enough')
    const read = async () => {
      const call = { audio: bare(tone(600)), language: 'de', signal: controller.signal }
      for await (const event of listens.transcribe(call)) if (event.type === 'progress') controller.abort(reason)
    }
    await expect(read()).rejects.toBe(reason)
    expect((await transcribe({ model: listens, audio: bare(tone(2)), language: 'de' })).text).toBe('Hallo Welt.')
  })
})

describe('a folder that can not be used says why', () => {
  const broken = (name: string, text: string) => {
    const folder = toyWhisper({})
    writeFileSync(join(folder, name), text)
    return folder
  }

  it.each<[string, () => string, RegExp]>([
    ['nothing in it', scratchFolder, /no config\.json, no tokenizer\.json, no onnx\/encoder_model\.onnx/],
    [
      'a text model',
      () => toyModel({ says: 'x' }),
      /no onnx\/encoder_model\.onnx, no onnx\/decoder_model_merged\.onnx/,
    ],
    ['another kind of listener', () => broken('config.json', '{"model_type":"wav2vec2"}'), /wav2vec2/],
    [
      'a tokenizer of another model',
      () => broken('tokenizer.json', tokenizerOf(toyModel({ says: 'x' }))),
      /startoftranscript/,
    ],
    ['sizes that can not be computed', () => broken('preprocessor_config.json', '{"n_fft":7}'), /frames of 7/],
    ['windows of a year', () => broken('preprocessor_config.json', '{"chunk_length":31536000}'), /windows of/],
    ['a decoder that is none', () => broken('onnx/decoder_model_merged.onnx', 'nonsense'), /damaged/],
  ])('%s', async (_name, folder, message) => {
    const listens = local.transcription(`dir:${folder()}`)
    const error: unknown = await transcribe({ model: listens, audio: bare(tone(1)) }).catch((e) => e)
    expect(error).toMatchObject({ code: 'config', provider: 'onnx', message: expect.stringMatching(message) })
  })
})

const tokenizerOf = (folder: string) => readFileSync(join(folder, 'tokenizer.json'), 'utf8')
