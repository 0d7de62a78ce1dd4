import { generateSpeech, isAnyModelError, transcribe } from '@anymodel/core'
import { openai } from '@anymodel/providers/openai'
import { expect, test } from 'vitest'
import { bytesOf, fetchOf, type Interaction, interactions, jsonOf, missing } from './read.ts'

const reason = missing('openai')
const note = reason ? ` (${reason})` : ''

const replaying = (interaction: Interaction) =>
  openai({ apiKey: 'key-for-replay', baseURL: 'http://recorded.invalid', fetch: fetchOf(interaction, 7_919) })

async function* at(path: RegExp): AsyncGenerator<Interaction> {
  for await (const interaction of interactions('openai')) if (path.test(interaction.path)) yield interaction
}

interface Transcript {
  readonly text?: string
  readonly segments?: readonly { readonly text: string; readonly speaker?: string }[]
  readonly words?: readonly unknown[]
  readonly error?: { readonly message?: string }
}

const hear = (interaction: Interaction, id: string) =>
  transcribe({
    model: replaying(interaction).transcription(id),
    audio: { data: new Uint8Array(8), mediaType: 'audio/wav' },
    words: true,
    onUnsupported: 'warn',
  })

/** The events of a recorded stream. */
const eventsOf = (interaction: Interaction): Record<string, unknown>[] =>
  Buffer.from(bytesOf(interaction.response))
    .toString()
    .split(/\r?\n/)
    .flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6)) as Record<string, unknown>] : []))

test.skipIf(reason)(
  `recorded transcripts of OpenAI say the same here${note}`,
  async () => {
    const seen = { json: 0, sse: 0, refused: 0, segments: 0, words: 0 }
    for await (const interaction of at(/audio\/(?:transcriptions|translations)$/)) {
      const { framing, id, status } = interaction
      if (framing === 'json') {
        const wire = jsonOf(interaction.response) as Transcript
        if (status !== 200) {
          const error: unknown = await hear(interaction, 'whisper-1').catch((thrown: unknown) => thrown)
          expect(isAnyModelError(error) && error.code, id).toBe('bad-request')
          seen.refused++
          continue
        }
        const result = await hear(interaction, 'whisper-1')
        expect(result.text, id).toBe(wire.text?.trim())
        expect(
          result.segments.map(({ text, speaker }) => [text, speaker]),
          id,
        ).toEqual((wire.segments ?? []).map(({ text, speaker }) => [text.trim(), speaker]))
        if (wire.segments?.length && wire.words?.length) {
          expect(result.words.length, id).toBe(wire.words.length)
          seen.words++
        }
        seen.json++
        seen.segments += result.segments.length
      } else if (framing === 'sse') {
        const done = eventsOf(interaction).find(({ type }) => type === 'transcript.text.done')
        const result = await hear(interaction, 'gpt-4o-transcribe')
        const plain = (text: unknown) => String(text).replace(/\s+/g, ' ').trim()
        expect(plain(result.text), id).toBe(plain(done?.text))
        seen.sse++
      }
    }
    expect(Math.min(seen.json, seen.sse, seen.refused, seen.segments)).toBeGreaterThan(0)
  },
  60_000,
)

test.skipIf(reason)(
  `recorded speech of OpenAI sounds the same here${note}`,
  async () => {
    const seen = { binary: 0, sse: 0 }
    for await (const interaction of at(/audio\/speech$/)) {
      const { framing, id, truncated_base64: cut } = interaction
      if (framing !== 'binary' && framing !== 'sse') continue
      const { audio, usage } = await generateSpeech({
        model: replaying(interaction).speech(interaction.model ?? 'tts-1'),
        text: 'Hello.',
      })
      const deltas = eventsOf(interaction).flatMap(({ type, audio: data }) =>
        type === 'speech.audio.delta' ? [Buffer.from(String(data), 'base64')] : [],
      )
      const expected = framing === 'sse' ? Buffer.concat(deltas) : Buffer.from(bytesOf(interaction.response))
      // The lengths in the header of a WAV file are set right here.
      const from = expected.subarray(0, 4).toString() === 'RIFF' ? 44 : 0
      if (!cut) expect(Buffer.from(audio.data).subarray(from).equals(expected.subarray(from)), id).toBe(true)
      if (framing === 'sse') expect(usage.total, id).toBeGreaterThan(0)
      seen[framing]++
    }
    expect(Math.min(seen.binary, seen.sse)).toBeGreaterThan(0)
  },
  60_000,
)
