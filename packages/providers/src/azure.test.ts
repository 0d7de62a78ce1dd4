import { embed, generateImage, generateSpeech, generateText, generateVideo, transcribe } from '@anymodel/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type AzureOptions, azure } from './azure.ts'
import { png, type Reply, type Seen, serve } from './testing/service.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const key = 'key-of-a-resource'

async function resource(answer: (seen: Seen) => Reply, options: AzureOptions = {}) {
  const { seen, origin } = await serve(answer)
  return { seen, origin, at: azure({ apiKey: key, endpoint: origin, ...options }) }
}

const sound = Buffer.from('ID3 some sound')

const safe = { hate: { filtered: false, severity: 'safe' }, violence: { filtered: false, severity: 'safe' } }

const said = {
  id: 'chatcmpl-1',
  model: 'gpt-4.1-2025-04-14',
  choices: [{ index: 0, finish_reason: 'stop', message: { content: 'Paris' }, content_filter_results: safe }],
  prompt_filter_results: [{ prompt_index: 0, content_filter_results: safe }],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
}

const response = {
  id: 'resp_1',
  object: 'response',
  model: 'gpt-5.4',
  status: 'completed',
  output: [{ type: 'message', id: 'msg_1', content: [{ type: 'output_text', text: 'Paris' }] }],
  content_filters: [
    { source_type: 'prompt', blocked: false, content_filter_results: safe },
    { source_type: 'completion', blocked: false, content_filter_results: { violence: safe.violence } },
  ],
}

const recognized = { text: 'Hello.' }
const drawn = { data: [{ b64_json: png.toString('base64') }] }

describe('where things are at Azure', () => {
  const ways = async (options: AzureOptions) => {
    const { seen, at } = await resource(({ path }) => {
      if (path.includes('/responses')) return { json: response }
      if (path.includes('/embeddings')) return { json: { data: [{ index: 0, embedding: [1, 2] }] } }
      if (path.includes('/images')) return { json: drawn }
      if (path.includes('/speech')) return { bytes: Buffer.from('ID3 sound'), type: 'audio/mpeg' }
      return { json: path.includes('/transcriptions') ? recognized : said }
    }, options)
    await generateText({ model: at.text('gpt-5.4'), prompt: 'Hi' })
    await generateText({ model: at.chat('gpt-4.1'), prompt: 'Hi' })
    await embed({ model: at.embedding('text-embedding-3-small'), value: 'Hi' })
    await generateImage({ model: at.image('gpt-image-1'), prompt: 'Hi' })
    await generateImage({ model: at.image('gpt-image-1'), prompt: 'Hi', images: [png] })
    await generateSpeech({ model: at.speech('tts-1'), text: 'Hi' })
    await transcribe({ model: at.transcription('whisper-1'), audio: sound })
    expect(seen.map(({ headers }) => [headers['api-key'], headers.authorization])).toEqual(
      seen.map(() => [key, undefined]),
    )
    return seen.map(({ path }) => path)
  }

  it('is the API of version 1, with the preview of pictures and sound', async () => {
    expect(await ways({})).toEqual([
      '/openai/v1/responses',
      '/openai/v1/chat/completions',
      '/openai/v1/embeddings',
      '/openai/v1/images/generations?api-version=preview',
      '/openai/v1/images/edits?api-version=preview',
      '/openai/v1/audio/speech?api-version=preview',
      '/openai/v1/audio/transcriptions?api-version=preview',
    ])
  })

  it('is below the deployment with a dated version', async () => {
    expect(await ways({ apiVersion: '2024-10-21' })).toEqual([
      '/openai/responses?api-version=2024-10-21',
      '/openai/deployments/gpt-4.1/chat/completions?api-version=2024-10-21',
      '/openai/deployments/text-embedding-3-small/embeddings?api-version=2024-10-21',
      '/openai/deployments/gpt-image-1/images/generations?api-version=2024-10-21',
      '/openai/deployments/gpt-image-1/images/edits?api-version=2024-10-21',
      '/openai/deployments/tts-1/audio/speech?api-version=2024-10-21',
      '/openai/deployments/whisper-1/audio/transcriptions?api-version=2024-10-21',
    ])
  })

  it('is the same for every way to say where the resource is', async () => {
    const { seen, origin } = await resource(() => ({ json: said }))
    vi.stubEnv('AZURE_OPENAI_ENDPOINT', `${origin}/`)
    vi.stubEnv('AZURE_OPENAI_API_KEY', key)
    const ways: AzureOptions[] = [
      {},
      { endpoint: `${origin}/openai/deployments/gpt-4.1/chat/completions?api-version=2025-01-01-preview` },
      { baseURL: `${origin}/openai/v1/` },
    ]
    for (const options of ways) await generateText({ model: azure(options).chat('gpt-4.1'), prompt: 'Hi' })
    vi.stubEnv('AZURE_BASE_URL', 'http://127.0.0.1:1/elsewhere')
    await generateText({ model: azure({ endpoint: origin }).chat('gpt-4.1'), prompt: 'Hi' })
    expect(seen.map(({ path }) => path)).toEqual(seen.map(() => '/openai/v1/chat/completions'))
  })

  it('says what to set when no address is known, or no key', async () => {
    for (const name of ['AZURE_OPENAI_ENDPOINT', 'AZURE_RESOURCE_NAME', 'AZURE_OPENAI_API_KEY']) vi.stubEnv(name, '')
    const nowhere = generateText({ model: azure({ apiKey: key }).chat('m'), prompt: 'Hi' })
    await expect(nowhere).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(/AZURE_OPENAI_ENDPOINT/),
    })
    const drawnNowhere = generateImage({ model: azure({ apiKey: key }).image('m'), prompt: 'Hi' })
    await expect(drawnNowhere).rejects.toMatchObject({ code: 'invalid-argument' })
    const keyless = generateText({ model: azure({ resource: 'mine' }).chat('m'), prompt: 'Hi' })
    await expect(keyless).rejects.toMatchObject({
      code: 'auth',
      message: expect.stringMatching(/AZURE_OPENAI_API_KEY/),
    })
  })

  it('takes a token of Entra ID, fetched for every request', async () => {
    let made = 0
    const { seen, at } = await resource(() => ({ json: said }), { token: async () => `token-${++made}` })
    await generateText({ model: at.chat('gpt-4.1'), prompt: 'Hi' })
    await generateText({ model: at.chat('gpt-4.1'), prompt: 'Hi' })
    expect(seen.map(({ headers }) => [headers.authorization, headers['api-key']])).toEqual([
      ['Bearer token-1', undefined],
      ['Bearer token-2', undefined],
    ])
  })
})

describe('videos at Azure', () => {
  it('are begun, looked at and fetched with the same version and key', async () => {
    const film = Buffer.from('\0\0\0\x10ftypisom\0\0\0\0')
    const { seen, at } = await resource(
      ({ method, path }) => {
        if (path.includes('/content')) return { bytes: film, type: 'video/mp4' }
        return { json: { id: 'video_1', status: method === 'GET' ? 'completed' : 'queued' } }
      },
      { jobs: { first: 1, most: 2 } },
    )
    const { videos } = await generateVideo({ model: at.video('sora-2'), prompt: 'Waves.' })
    expect(videos.map(({ data }) => Buffer.from(data))).toEqual([film])
    expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /openai/v1/videos?api-version=preview',
      'GET /openai/v1/videos/video_1?api-version=preview',
      'GET /openai/v1/videos/video_1/content?api-version=preview',
    ])
    expect(seen.every(({ headers }) => headers['api-key'] === key)).toBe(true)
  })
})

describe('deployments of Azure', () => {
  it('have the abilities of the model behind them', async () => {
    const { seen, at } = await resource(() => ({ json: said }), { models: { prod: 'gpt-5.4', art: 'dall-e-3' } })
    expect(at.image('art').supports).toMatchObject({ maxCount: 1 })
    expect(at.image('gpt-image-1').supports).toMatchObject({ maxCount: 10 })
    const ask = { prompt: 'Hi', temperature: 0.5, reasoning: { effort: 'high' } } as const
    const { warnings } = await generateText({ model: at.chat('prod'), ...ask })
    expect(warnings.map(({ option }) => option)).toEqual(['temperature'])
    await generateText({ model: at.chat('unknown'), ...ask })
    expect(seen.map(({ body }) => [body.model, body.temperature])).toEqual([
      ['prod', undefined],
      ['unknown', 0.5],
    ])
  })
})
