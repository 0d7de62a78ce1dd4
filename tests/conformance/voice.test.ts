import type { SpeechModel, TranscriptionModel } from '@anymodel/core'
import { assemblyai } from '@anymodel/providers/assemblyai'
import { azure } from '@anymodel/providers/azure'
import { azureSpeech } from '@anymodel/providers/azure-speech'
import { deepgram } from '@anymodel/providers/deepgram'
import { elevenlabs } from '@anymodel/providers/elevenlabs'
import { google } from '@anymodel/providers/google'
import { groq } from '@anymodel/providers/groq'
import { mistral } from '@anymodel/providers/mistral'
import { openai } from '@anymodel/providers/openai'
import { openrouter } from '@anymodel/providers/openrouter'
import { testSpeechModel, testTranscriptionModel } from '@anymodel/testing'
import { afterAll, describe, test } from 'vitest'
import { voiceServices } from './voice-services.ts'

const services = await voiceServices()
afterAll(() => services.close())

const at = (service: string) => ({ apiKey: 'secret-key-12345678', baseURL: services.url(service) })

const speakers: Readonly<Record<string, () => SpeechModel>> = {
  'openai, tts-1': () => openai(at('openai')).speech('tts-1'),
  'openai, gpt-4o-mini-tts': () => openai(at('openai')).speech('gpt-4o-mini-tts'),
  azure: () => azure(at('openai')).speech('tts-1'),
  openrouter: () => openrouter(at('openai')).speech('openai/tts-1'),
  mistral: () => mistral(at('mistral')).speech('voxtral-tts'),
  elevenlabs: () => elevenlabs(at('elevenlabs')).speech('eleven_v3'),
  deepgram: () => deepgram(at('deepgram')).speech('aura-2-thalia-en'),
  google: () => google(at('google')).speech('gemini-3.8-flash-tts'),
  'azure-speech': () => azureSpeech(at('azure')).speech('en-US-AvaMultilingualNeural'),
}

for (const [name, make] of Object.entries(speakers))
  testSpeechModel({ describe, test, name: `speech: ${name}`, make, voice: 'nova' })

/** A second of silence. */
const wav = Buffer.concat([
  Buffer.from(
    'RIFF\x24\x3e\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\x3e\0\0',
    'latin1',
  ),
  Buffer.alloc(15_872),
])

const listeners: Readonly<Record<string, () => TranscriptionModel>> = {
  'openai, whisper-1': () => openai(at('openai')).transcription('whisper-1'),
  'openai, gpt-4o-transcribe': () => openai(at('openai')).transcription('gpt-4o-transcribe'),
  'openai, gpt-4o-transcribe-diarize': () => openai(at('openai')).transcription('gpt-4o-transcribe-diarize'),
  azure: () => azure(at('openai')).transcription('whisper-1'),
  openrouter: () => openrouter(at('openai')).transcription('whisper-large-v3'),
  groq: () => groq(at('openai')).transcription('whisper-large-v3-turbo'),
  mistral: () => mistral(at('mistral')).transcription('voxtral-mini-latest'),
  elevenlabs: () => elevenlabs(at('elevenlabs')).transcription('scribe_v2'),
  deepgram: () => deepgram(at('deepgram')).transcription('nova-3'),
  assemblyai: () => assemblyai({ ...at('assemblyai'), jobs: { first: 1, most: 2 } }).transcription('universal-3-pro'),
  google: () => google(at('google')).transcription('gemini-3.5-transcribe'),
}

for (const [name, make] of Object.entries(listeners))
  testTranscriptionModel({
    describe,
    test,
    name: `transcription: ${name}`,
    make,
    audio: { data: wav, mediaType: 'audio/wav' },
  })
