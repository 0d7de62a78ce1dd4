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
import { openaiCompatible } from '@anymodel/providers/openai-compatible'
import { openrouter } from '@anymodel/providers/openrouter'

const jobs = { first: 1, most: 3, total: 10_000 }

type At = (service: string) => { readonly apiKey: string; readonly baseURL: string }

/** Those whose sound comes in events, and those who send it as it is. */
export const speakers: Readonly<Record<string, { events?: true; model: (at: At, more?: object) => SpeechModel }>> = {
  'OpenAI, a stream': {
    events: true,
    model: (at, more) => openai({ ...at('openai'), ...more }).speech('gpt-4o-mini-tts'),
  },
  OpenAI: { model: (at, more) => openai({ ...at('openai'), ...more }).speech('tts-1') },
  'Azure OpenAI': { model: (at, more) => azure({ ...at('openai'), ...more }).speech('tts-1') },
  OpenRouter: { model: (at, more) => openrouter({ ...at('openai'), ...more }).speech('openai/tts-1') },
  Groq: { model: (at, more) => groq({ ...at('openai'), ...more }).speech('playai-tts') },
  'a compatible server': {
    model: (at, more) => openaiCompatible({ name: 'house', ...at('openai'), ...more }).speech('kokoro'),
  },
  Mistral: { events: true, model: (at, more) => mistral({ ...at('mistral'), ...more }).speech('voxtral-tts') },
  ElevenLabs: { model: (at, more) => elevenlabs({ ...at('elevenlabs'), ...more }).speech('eleven_v3') },
  Deepgram: { model: (at, more) => deepgram({ ...at('deepgram'), ...more }).speech('aura-2-thalia-en') },
  Google: { events: true, model: (at, more) => google({ ...at('google'), ...more }).speech('gemini-3.8-flash-tts') },
  'Azure Speech': {
    model: (at, more) => azureSpeech({ ...at('azure'), ...more }).speech('en-US-AvaMultilingualNeural'),
  },
}

/** Those that stream, those that are a job (`look`: the requests that look at it), and those that answer at once. */
export const listeners: Readonly<
  Record<string, { events?: true; look?: RegExp; model: (at: At, more?: object) => TranscriptionModel }>
> = {
  'OpenAI, Whisper': { model: (at, more) => openai({ ...at('openai'), ...more }).transcription('whisper-1') },
  'OpenAI, a stream': {
    events: true,
    model: (at, more) => openai({ ...at('openai'), ...more }).transcription('gpt-4o-transcribe'),
  },
  'OpenAI, speakers': {
    events: true,
    model: (at, more) => openai({ ...at('openai'), ...more }).transcription('gpt-4o-transcribe-diarize'),
  },
  'Azure OpenAI': { model: (at, more) => azure({ ...at('openai'), ...more }).transcription('whisper-1') },
  OpenRouter: { model: (at, more) => openrouter({ ...at('openai'), ...more }).transcription('whisper-large-v3') },
  'a compatible server': {
    model: (at, more) => openaiCompatible({ name: 'house', ...at('openai'), ...more }).transcription('whisper'),
  },
  Groq: { model: (at, more) => groq({ ...at('openai'), ...more }).transcription('whisper-large-v3-turbo') },
  Mistral: {
    events: true,
    model: (at, more) => mistral({ ...at('mistral'), ...more }).transcription('voxtral-mini-latest'),
  },
  ElevenLabs: { model: (at, more) => elevenlabs({ ...at('elevenlabs'), ...more }).transcription('scribe_v2') },
  Deepgram: { model: (at, more) => deepgram({ ...at('deepgram'), ...more }).transcription('nova-3') },
  AssemblyAI: {
    look: /^GET /,
    model: (at, more) => assemblyai({ ...at('assemblyai'), jobs, ...more }).transcription('universal-3-pro'),
  },
  Google: {
    events: true,
    model: (at, more) => google({ ...at('google'), ...more }).transcription('gemini-3.5-transcribe'),
  },
}

/** A second of silence. */
export const wav = Buffer.concat([
  Buffer.from(
    'RIFF\x24\x3e\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\x3e\0\0',
    'latin1',
  ),
  Buffer.alloc(15_872),
])
