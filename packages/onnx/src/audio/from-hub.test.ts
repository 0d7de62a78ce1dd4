import { generateSpeech, transcribe } from '@anymodel/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { onnx } from '../onnx.ts'
import { filesIn, type HubServer, hubServer } from '../testing/hub-server.ts'
import { scratchFolder } from '../testing/toy-model.ts'
import { toyKokoro, toyPiper } from '../testing/toy-voice.ts'
import { saying, timeToken, toyWhisper } from '../testing/toy-whisper.ts'
import { toPcm16 } from './wav.ts'

let server: HubServer
beforeAll(async () => {
  server = await hubServer()
})
afterAll(() => server.close())

it('whisper, Kokoro with its voices, and a Piper voice in a folder of many come from the hub', async () => {
  const sound = saying(3, timeToken(0), ' Ja', timeToken(1))
  server.repos['org/whisper'] = { files: filesIn(toyWhisper({ sound })) }
  server.repos['org/kokoro'] = { files: filesIn(toyKokoro(['af_one'])) }
  server.repos['org/voices'] = { files: { ...filesIn(toyPiper(), 'en/joe/'), ...filesIn(toyPiper(), 'en/ann/') } }
  const local = onnx({ hub: { cache: scratchFolder(), endpoint: server.url } })
  const samples = Float32Array.from({ length: 32_000 }, (_, i) => 0.3 * Math.sin(i / 5))
  const audio = { mediaType: 'audio/pcm;rate=16000', data: toPcm16(samples) }
  expect((await transcribe({ model: local.transcription('hf:org/whisper'), audio, language: 'de' })).text).toBe('Ja')
  for (const name of ['hf:org/kokoro', 'hf:org/voices/en/joe'])
    expect((await generateSpeech({ model: local.speech(name), text: 'Hi.' })).audio.data.length).toBeGreaterThan(44)
  await local.close()
})
