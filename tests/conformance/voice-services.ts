import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { closed, type Spoil, sendAnswer } from './loopback-services.ts'

/** A request to a service, taken apart. */
interface Asked {
  readonly path: string
  readonly query: URLSearchParams
  readonly json: Record<string, unknown>
  /** Fields of a form, and under `file` that there is one. */
  readonly form: Readonly<Record<string, readonly string[]>>
  readonly bytes: Buffer
}

type Answer = {
  readonly status?: number
  readonly type?: string
  readonly headers?: Record<string, string>
  readonly body: string | Buffer
}

const spoken = [
  { text: 'One,', start: 0.1, end: 0.4, speaker: 0 },
  { text: 'two.', start: 0.5, end: 0.9, speaker: 0 },
  { text: 'Three.', start: 1.2, end: 1.6, speaker: 1 },
]
const sentences = [
  { text: 'One, two.', start: 0.1, end: 0.9, speaker: 0, words: spoken.slice(0, 2) },
  { text: 'Three.', start: 1.2, end: 1.6, speaker: 1, words: spoken.slice(2) },
]
const text = 'One, two. Three.'

const json = (value: unknown, status = 200): Answer => ({ status, body: JSON.stringify(value) })
const events = (...values: unknown[]): Answer => ({
  type: 'text/event-stream',
  body: values.map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\r\n\r\n`).join(''),
})
const sound = (words: string): Buffer => Buffer.from(`sound of ${words}`.repeat(20))
const audio = (words: string, type = 'audio/mpeg', headers: Record<string, string> = {}): Answer => ({
  type,
  headers,
  body: sound(words),
})
const isSound = ({ bytes }: Asked): boolean => bytes.includes('WAVEfmt')
const refused = json({ error: { message: 'The file is no sound.', type: 'invalid_request_error' } }, 400)

/** https://github.com/openai/openai-openapi: what each model takes and answers. */
function openaiTranscript(asked: Asked): Answer {
  const { form, path } = asked
  const [model = '', format = 'json'] = [form.model?.[0], form.response_format?.[0]]
  if (!isSound(asked)) return refused
  if (path.endsWith('translations') && !model.startsWith('whisper'))
    return json({ error: { message: 'not a model for this' } }, 400)
  if (format === 'verbose_json') {
    if (!model.startsWith('whisper'))
      return json({ error: { message: `response_format is not supported by ${model}` } }, 400)
    const words = form['timestamp_granularities[]']?.includes('word')
      ? { words: spoken.map(({ text: word, start, end }) => ({ word, start, end })) }
      : {}
    return json({
      task: 'transcribe',
      language: 'english',
      duration: 2,
      text,
      segments: sentences.map(({ words: _, speaker: _speaker, ...rest }, id) => ({ id, ...rest })),
      ...words,
    })
  }
  const usage = { type: 'tokens', input_tokens: 10, output_tokens: 5, total_tokens: 15 }
  if (form.stream?.[0] !== 'true') return json({ text, usage })
  const done = { type: 'transcript.text.done', text, usage }
  if (format === 'diarized_json') {
    const segments = sentences.map(({ words: _, speaker, ...rest }) => ({
      type: 'transcript.text.segment',
      id: 'x',
      speaker: 'AB'[speaker],
      ...rest,
    }))
    return events(...segments, done, '[DONE]')
  }
  return events(
    { type: 'transcript.text.delta', delta: 'One, ' },
    { type: 'transcript.text.delta', delta: 'two. Three.' },
    done,
    '[DONE]',
  )
}

function openaiSpeech({ json: body }: Asked): Answer {
  const said = sound(String(body.input))
  if (body.stream_format !== 'sse') return audio(String(body.input))
  const delta = (data: Buffer) => ({ type: 'speech.audio.delta', audio: data.toString('base64') })
  return events(delta(said.subarray(0, 99)), delta(said.subarray(99)), {
    type: 'speech.audio.done',
    usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7 },
  })
}

function mistralTranscript(asked: Asked): Answer {
  const { form } = asked
  if (!isSound(asked)) return refused
  const speakers = form.diarize?.[0] === 'true'
  const granularity = form.timestamp_granularities?.[0]
  const pieces = granularity === 'word' ? spoken : granularity === 'segment' ? sentences : []
  const segments = pieces.map(({ text: said, start, end, speaker }) => ({
    text: said,
    start,
    end,
    ...(speakers && { speaker_id: `speaker_${speaker}` }),
  }))
  const whole = {
    model: 'voxtral',
    text,
    language: null,
    segments,
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, prompt_audio_seconds: 2 },
  }
  if (form.stream?.[0] !== 'true') return json(whole)
  return events(
    { type: 'transcription.text.delta', text },
    ...segments.map((segment) => ({ type: 'transcription.segment', ...segment })),
    { type: 'transcription.done', ...whole },
  )
}

function elevenlabsTranscript(asked: Asked): Answer {
  if (!isSound(asked)) return json({ detail: { status: 'invalid_content', message: 'The file is no sound.' } }, 400)
  const diarize = asked.form.diarize?.[0] === 'true'
  const words = spoken.flatMap(({ speaker, ...word }) => [
    { ...word, type: 'word', logprob: -0.1, ...(diarize && { speaker_id: `speaker_${speaker}` }) },
    { text: ' ', start: word.end, end: word.end, type: 'spacing', logprob: 0 },
  ])
  return json({ language_code: 'eng', language_probability: 1, text, words, transcription_id: 't1' })
}

function deepgramTranscript(asked: Asked): Answer {
  if (!isSound(asked))
    return json({ err_code: 'Bad Request', err_msg: 'corrupt or unsupported data', request_id: 'r' }, 400)
  const diarize = asked.query.get('diarize') === 'true'
  const word = ({ text: shown, start, end, speaker }: (typeof spoken)[number]) => ({
    word: shown.toLowerCase(),
    punctuated_word: shown,
    start,
    end,
    ...(diarize && { speaker }),
  })
  const utterances = sentences.map(({ text: transcript, start, end, speaker, words }) => ({
    transcript,
    start,
    end,
    words: words.map(word),
    ...(diarize && { speaker }),
  }))
  return json({
    metadata: { request_id: 'r', duration: 2 },
    results: {
      channels: [{ detected_language: 'en', alternatives: [{ transcript: text, words: spoken.map(word) }] }],
      utterances,
    },
  })
}

function assemblyTranscript(begun: Record<string, unknown>): Answer {
  const word = ({ text: said, start, end, speaker }: (typeof spoken)[number]) => ({
    text: said,
    start: start * 1_000,
    end: end * 1_000,
    speaker: begun.speaker_labels ? 'AB'[speaker] : null,
  })
  const utterances = begun.speaker_labels
    ? sentences.map((one) => ({ ...word(one), words: one.words.map(word) }))
    : null
  return json({
    id: 'job',
    status: 'completed',
    text,
    language_code: 'en_us',
    audio_duration: 2,
    words: spoken.map(word),
    utterances,
  })
}

function gemini(asked: Asked): Answer {
  const config = asked.json.generationConfig as { responseModalities?: string[] }
  const parts = (asked.json.contents as { parts: { text?: string; inlineData?: { data: string } }[] }[])[0]?.parts ?? []
  const part = (value: object, more: object = {}) => ({ candidates: [{ content: { parts: [value] }, ...more }] })
  const end = {
    candidates: [{ finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 7 },
  }
  if (config.responseModalities?.[0] === 'AUDIO') {
    const data = sound(parts[0]?.text ?? '').toString('base64')
    return events(part({ inlineData: { mimeType: 'audio/L16;codec=pcm;rate=24000', data } }), end)
  }
  if (!Buffer.from(parts[0]?.inlineData?.data ?? '', 'base64').includes('WAVEfmt'))
    return json({ error: { code: 400, status: 'INVALID_ARGUMENT', message: 'The file is no sound.' } }, 400)
  return events(part({ text: 'One, two.' }), part({ text: ' Three.' }), end)
}

/** Where each service's answers are made: by the first part of the path. */
const services: Readonly<Record<string, (asked: Asked, state: Map<string, Record<string, unknown>>) => Answer>> = {
  openai: (asked) => (asked.path.endsWith('/speech') ? openaiSpeech(asked) : openaiTranscript(asked)),
  mistral: (asked) => {
    if (!asked.path.endsWith('/speech')) return mistralTranscript(asked)
    return events(
      { type: 'speech.audio.delta', audio_data: sound(String(asked.json.input)).toString('base64') },
      { type: 'speech.audio.done', usage: {} },
    )
  },
  elevenlabs: (asked) =>
    asked.path.includes('speech-to-text')
      ? elevenlabsTranscript(asked)
      : audio(String(asked.json.text), 'audio/mpeg', { 'character-cost': '3' }),
  deepgram: (asked) => (asked.path.endsWith('/listen') ? deepgramTranscript(asked) : audio(String(asked.json.text))),
  assemblyai: (asked, state) => {
    if (asked.path.endsWith('/upload')) {
      state.set('sound', { known: isSound(asked) })
      return json({ upload_url: 'https://cdn.invalid/file' })
    }
    if (Object.keys(asked.json).length > 0) {
      state.set('job', asked.json)
      return json({ id: 'job', status: 'queued' })
    }
    if (!state.get('sound')?.known) return json({ id: 'job', status: 'error', error: 'The file is no sound.' })
    return assemblyTranscript(state.get('job') ?? {})
  },
  google: gemini,
  azure: ({ bytes }) => audio(bytes.toString()),
}

/** Services that speak and listen, on loopback, written after their documentation: each under a path of its name. */
export async function voiceServices(spoil: Spoil = (_asked, answer) => answer): Promise<{
  readonly url: (service: string) => string
  readonly close: () => Promise<void>
}> {
  const state = new Map<string, Record<string, unknown>>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const bytes = Buffer.concat(chunks)
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
    const [, service = '', ...rest] = pathname.split('/')
    const asked = { path: `/${rest.join('/')}`, query: searchParams, json: jsonOf(bytes), form: formOf(bytes), bytes }
    const {
      status = 200,
      type = 'application/json',
      headers = {},
      body,
    } = services[service]?.(asked, state) ?? json({}, 404)
    const right = { status, headers: { 'content-type': type, ...headers }, body: Buffer.from(body) }
    const { method = '' } = request
    sendAnswer(response, spoil({ method, path: asked.path, here: `http://${request.headers.host}/${service}` }, right))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: (service) => `http://127.0.0.1:${port}/${service}`, close: () => closed(server) }
}

function jsonOf(bytes: Buffer): Record<string, unknown> {
  return bytes[0] === 0x7b ? (JSON.parse(bytes.toString()) as Record<string, unknown>) : {}
}

function formOf(bytes: Buffer): Record<string, string[]> {
  const fields: Record<string, string[]> = {}
  for (const [, name = '', value = ''] of bytes
    .toString('latin1')
    .matchAll(/form-data; name="([^"]+)"\r\n\r\n([^\r]*)\r\n/g))
    (fields[name] ??= []).push(value)
  return fields
}
