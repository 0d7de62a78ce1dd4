import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testFolder } from '../testing/config-file.ts'
import { runCli } from '../testing/run-cli.ts'

const sound = Buffer.from(`ID3${'sound '.repeat(50)}`)
const spoken = [
  { text: 'Good morning.', start: 0, end: 1_200, speaker: 'A' },
  { text: 'Hello & welcome.', start: 1_500, end: 2_750, speaker: 'B' },
].map((one) => ({ ...one, words: [{ ...one, text: one.text.split(' ')[0] }] }))

/** Services like ElevenLabs and AssemblyAI on loopback. `hold`: the job of a transcript does not end. */
async function voices({ hold = false } = {}) {
  const seen: string[] = []
  let begun: Record<string, unknown> = {}
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', url = '' } = request
    seen.push(`${method} ${url}`)
    const json = (value: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (url.includes('/text-to-speech/gone'))
      return void json({ detail: { status: 'voice_not_found', message: 'There is no such voice.' } }, 404)
    if (url.includes('/text-to-speech/'))
      return void response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(sound)
    if (url.endsWith('/upload')) return void json({ upload_url: 'https://cdn.invalid/file' })
    if (method === 'POST') begun = JSON.parse(body)
    const isEarly = method === 'POST' || hold || seen.filter((one) => one.startsWith('GET')).length < 2
    if (isEarly) return void json({ id: 'job', status: 'processing' })
    const text = spoken.map((one) => one.text).join(' ')
    const words = spoken.flatMap((one) => one.words)
    const utterances = begun.speaker_labels ? spoken : null
    json({ id: 'job', status: 'completed', text, language_code: 'en', audio_duration: 3, words, utterances })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const cwd = testFolder()
  const providers = {
    elevenlabs: { apiKey: 'el-secret-key', baseURL },
    assemblyai: { apiKey: 'aa-secret-key', baseURL },
  }
  const models = { speech: 'elevenlabs/eleven_v3', transcription: 'assemblyai/universal-3-pro' }
  writeFileSync(join(cwd, 'anymodel.config.json'), JSON.stringify({ providers, models }))
  writeFileSync(join(cwd, 'talk.mp3'), sound)
  return { seen, cwd, run: (args: string[], more = {}) => runCli(args, { cwd, ...more }) }
}

test('a service speaks into a file or a pipe', async () => {
  const { cwd, run } = await voices()
  const told = await run(['speak', 'Good morning.', '-o', 'talk2.mp3', '--voice', 'nova', '--json'])
  expect(told).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(told.out)).toMatchObject({
    ...{ path: 'talk2.mp3', mediaType: 'audio/mpeg', bytes: sound.length },
    ...{ provider: 'elevenlabs', model: 'eleven_v3' },
  })
  expect(readFileSync(join(cwd, 'talk2.mp3')).equals(sound)).toBe(true)
  const piped = await run(['speak', '--voice', 'nova'], { input: 'Good morning.' })
  expect(piped).toMatchObject({ code: 0, out: sound.toString() })
}, 60_000)

test('what a service has against it is told, without the key', async () => {
  const { cwd, run } = await voices()
  const { code, err } = await run(['speak', 'Hi.', '-o', 'no.mp3', '--voice', 'gone'])
  expect({ code, isThere: existsSync(join(cwd, 'no.mp3')) }).toEqual({ code: 1, isThere: false })
  expect(err).toContain('There is no such voice.')
  expect(err).not.toContain('el-secret-key')
  expect((await run(['speak', 'Hi.', '--voice', 'nova', '--json'])).code).toBe(2)
}, 60_000)

test('a job of a service is waited for, and written as text, subtitles or JSON', async () => {
  const { cwd, run } = await voices()
  const shown = await run(['transcribe', 'talk.mp3'])
  expect(shown).toMatchObject({ code: 0, out: 'Good morning. Hello & welcome.\n' })
  const srt = await run(['transcribe', 'talk.mp3', '--speakers', '-o', 'talk.srt'])
  expect(srt).toMatchObject({ code: 0, out: '' })
  expect(srt.err).toContain('talk.srt (3.0 s of sound)')
  expect(readFileSync(join(cwd, 'talk.srt'), 'utf8')).toBe(
    '1\n00:00:00,000 --> 00:00:01,200\nGood morning.\n\n2\n00:00:01,500 --> 00:00:02,750\nHello & welcome.\n',
  )
  const vtt = await run(['transcribe', 'talk.mp3', '--speakers', '--vtt'])
  expect(vtt.out).toContain('<v B>Hello &amp; welcome.')
  const json = await run(['transcribe', 'talk.mp3', '--speakers', '--words', '--json'])
  expect(JSON.parse(json.out)).toMatchObject({
    language: 'en',
    segments: [{ speaker: 'A', words: [{ text: 'Good' }] }, { speaker: 'B' }],
    provider: 'assemblyai',
  })
}, 60_000)

test('an interrupt ends the wait for a transcript', async () => {
  const { cwd, run } = await voices({ hold: true })
  let sent = false
  const { code } = await run(['transcribe', 'talk.mp3', '-o', 'talk.txt'], {
    onError(err: string, child: { kill(signal: string): boolean }) {
      if (!sent && err.includes('Writing down')) sent = child.kill('SIGINT')
    },
  })
  expect({ code, isThere: existsSync(join(cwd, 'talk.txt')) }).toEqual({ code: 130, isThere: false })
}, 60_000)

test('what is no sound, and a place that can’t be written to, are wrong usage', async () => {
  const { seen, cwd, run } = await voices()
  writeFileSync(join(cwd, 'page.mp3'), '<html></html>')
  writeFileSync(join(cwd, 'empty.mp3'), '')
  writeFileSync(join(cwd, 'cat.mp3'), Buffer.from('\x89PNG\r\n\x1a\n and more of it', 'latin1'))
  for (const [file, message] of [
    ['empty.mp3', 'empty.mp3 is empty'],
    ['cat.mp3', 'its bytes are image/png'],
    ['none.mp3', "none.mp3 can't be read"],
  ] as const) {
    const { code, err } = await run(['transcribe', file])
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) })
  }
  expect(seen).toEqual([])
  const { code, err } = await run(['transcribe', 'talk.mp3', '-o', 'no/such/folder.txt'])
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("can't be written") })
}, 60_000)
