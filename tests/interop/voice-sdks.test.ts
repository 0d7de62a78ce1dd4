import { generateSpeech, type SpeechModel, type TranscriptionModel, transcribe } from '@anymodel/core'
import { assemblyai } from '@anymodel/providers/assemblyai'
import { deepgram } from '@anymodel/providers/deepgram'
import { elevenlabs } from '@anymodel/providers/elevenlabs'
import { google } from '@anymodel/providers/google'
import { openai } from '@anymodel/providers/openai'
import { DeepgramClient } from '@deepgram/sdk'
import { ElevenLabsClient } from '@elevenlabs/elevenlabs-js'
import { GoogleGenAI } from '@google/genai'
import { AssemblyAI } from 'assemblyai'
import OpenAI from 'openai'
import { afterAll, describe, expect, test } from 'vitest'
import { voiceServices } from '../conformance/voice-services.ts'

const services = await voiceServices()
afterAll(() => services.close())

const apiKey = 'secret-key-12345678'
const at = (service: string) => ({ apiKey, baseURL: services.url(service) })
const text = 'Hello there.'
const wav = Buffer.concat([Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1'), Buffer.alloc(400)])
const file = () => new File([wav], 'file.wav', { type: 'audio/wav' })

const openaiSdk = () => new OpenAI({ ...at('openai'), maxRetries: 0 })
const elevenlabsSdk = () => new ElevenLabsClient({ apiKey, baseUrl: services.url('elevenlabs') })
const deepgramSdk = () => {
  const url = services.url('deepgram')
  return new DeepgramClient({
    apiKey,
    environment: { base: url, production: url, agent: url, agentRest: url } as never,
  })
}

/** The sound that an official SDK makes of a service's answer, and the model here that is asked the same. */
const speech: Readonly<Record<string, { sdk: () => Promise<Uint8Array>; model: () => SpeechModel }>> = {
  openai: {
    sdk: async () =>
      new Uint8Array(
        await (await openaiSdk().audio.speech.create({ model: 'tts-1', voice: 'alloy', input: text })).arrayBuffer(),
      ),
    model: () => openai(at('openai')).speech('tts-1'),
  },
  elevenlabs: {
    sdk: async () => bytesOf(await elevenlabsSdk().textToSpeech.stream('alloy', { text, modelId: 'eleven_v3' })),
    model: () => elevenlabs(at('elevenlabs')).speech('eleven_v3'),
  },
  deepgram: {
    sdk: async () => {
      const reply = await deepgramSdk().speak.v1.audio.generate({ text, model: 'aura-2-thalia-en' as never })
      return new Uint8Array(await reply.arrayBuffer())
    },
    model: () => deepgram(at('deepgram')).speech('aura-2-thalia-en'),
  },
  google: {
    sdk: async () => {
      const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: services.url('google'), apiVersion: '' } })
      const parts: Buffer[] = []
      const answer = await client.models.generateContentStream({
        model: 'gemini-3.8-flash-tts',
        contents: text,
        config: { responseModalities: ['AUDIO'] },
      })
      for await (const { candidates } of answer)
        for (const { inlineData } of candidates?.[0]?.content?.parts ?? [])
          parts.push(Buffer.from(inlineData?.data ?? '', 'base64'))
      return Buffer.concat(parts)
    },
    model: () => google(at('google')).speech('gemini-3.8-flash-tts'),
  },
}

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

describe('speech is the same here and in the official SDK', () => {
  test.each(Object.entries(speech))('%s', async (_, { sdk, model }) => {
    const { audio } = await generateSpeech({
      model: model(),
      text,
      voice: 'alloy',
      ...(model().supports.knobs?.includes('format') && { format: model().provider === 'google' ? 'pcm' : 'mp3' }),
    })
    const official = Buffer.from(await sdk())
    expect(official.length).toBeGreaterThan(0)
    expect(Buffer.from(audio.data).equals(official)).toBe(true)
  })
})

/** What both sides must have understood. */
interface Understood {
  readonly text: string | null | undefined
  readonly words?: readonly (string | undefined)[]
  readonly speakers?: readonly unknown[]
}

const transcripts: Readonly<Record<string, { sdk: () => Promise<Understood>; model: () => TranscriptionModel }>> = {
  'openai, whisper': {
    sdk: async () => {
      const answer = await openaiSdk().audio.transcriptions.create({
        model: 'whisper-1',
        file: file(),
        response_format: 'verbose_json',
        timestamp_granularities: ['word', 'segment'],
      })
      return { text: answer.text, words: (answer.words ?? []).map(({ word }) => word) }
    },
    model: () => openai(at('openai')).transcription('whisper-1'),
  },
  'openai, streamed': {
    sdk: async () => {
      let said = ''
      for await (const event of await openaiSdk().audio.transcriptions.create({
        model: 'gpt-4o-transcribe',
        file: file(),
        stream: true,
      }))
        if (event.type === 'transcript.text.delta') said += event.delta
      return { text: said }
    },
    model: () => openai(at('openai')).transcription('gpt-4o-transcribe'),
  },
  elevenlabs: {
    sdk: async () => {
      const answer = (await elevenlabsSdk().speechToText.convert({
        modelId: 'scribe_v2',
        file: file(),
        diarize: true,
      })) as { text: string; words: { text: string; type: string; speakerId?: string }[] }
      const words = answer.words.filter(({ type }) => type === 'word')
      return {
        text: answer.text,
        words: words.map((word) => word.text),
        speakers: words.map(({ speakerId }) => speakerId),
      }
    },
    model: () => elevenlabs(at('elevenlabs')).transcription('scribe_v2'),
  },
  deepgram: {
    sdk: async () => {
      const answer = (await deepgramSdk().listen.v1.media.transcribeFile(wav, {
        model: 'nova-3' as never,
        diarize: true,
        utterances: true,
      })) as unknown as {
        results: {
          channels: { alternatives: { transcript: string; words: { punctuated_word: string; speaker: number }[] }[] }[]
        }
      }
      const best = answer.results.channels[0]?.alternatives[0]
      return {
        text: best?.transcript,
        words: best?.words.map((word) => word.punctuated_word) ?? [],
        speakers: best?.words.map(({ speaker }) => String(speaker)) ?? [],
      }
    },
    model: () => deepgram(at('deepgram')).transcription('nova-3'),
  },
  assemblyai: {
    sdk: async () => {
      const client = new AssemblyAI({ apiKey, baseUrl: services.url('assemblyai') })
      const answer = await client.transcripts.transcribe({ audio: wav, speaker_labels: true }, { pollingInterval: 1 })
      return {
        text: answer.text,
        words: (answer.words ?? []).map((word) => word.text),
        speakers: (answer.words ?? []).map(({ speaker }) => speaker),
      }
    },
    model: () => assemblyai({ ...at('assemblyai'), jobs: { first: 1, most: 2 } }).transcription('universal-3-pro'),
  },
}

describe('a transcript is the same here and in the official SDK', () => {
  test.each(Object.entries(transcripts))('%s', async (_, { sdk, model }) => {
    const result = await transcribe({
      model: model(),
      audio: { data: wav, mediaType: 'audio/wav' },
      words: true,
      speakers: true,
    })
    const official = await sdk()
    expect(result.text).toBe(official.text)
    if (official.words) expect(result.words.map((word) => word.text)).toEqual(official.words)
    if (official.speakers) expect(result.words.map(({ speaker }) => speaker)).toEqual(official.speakers)
  })
})
