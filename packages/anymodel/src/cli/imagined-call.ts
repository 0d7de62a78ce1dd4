import { AnyModelError } from '@anymodel/core'
import type { ImaginedCall } from '../roles/explain.ts'
import { type Kind, kinds } from '../roles/kinds.ts'

/** What the command line says of a call. */
export interface CallOptions {
  readonly kind?: string
  readonly prompt?: string
  /** Tokens that go in. */
  readonly tokens?: number
  readonly images?: number
  readonly texts?: number
  readonly count?: number
  readonly seconds?: number
  readonly size?: string
  readonly tags?: string
}

/** A call of a kind with so much of everything. Nobody is sent it. */
export function imaginedCall(options: CallOptions): ImaginedCall {
  const { kind = 'text', images = 0, count = 1, seconds, tokens } = options
  if (!kinds.includes(kind as Kind)) throw wrong(`--kind must be one of ${kinds.join(', ')}, not "${kind}".`)
  check(options)
  const prompt = tokens === undefined ? (options.prompt ?? '') : 'x'.repeat(4 * tokens)
  const pictures = Array.from({ length: images }, () => ({ mediaType: 'image/png', data: new Uint8Array() }))
  const texts = Array.from({ length: options.texts ?? 1 }, () => prompt)
  const size = options.size === undefined ? {} : { size: toSize(options.size) }
  const length = seconds === undefined ? {} : { seconds }
  const calls: { readonly [K in Kind]: object } = {
    text: { messages: [{ role: 'user', content: [{ type: 'text', text: prompt }, ...pictures.map(toFile)] }] },
    code: { prefix: prompt, suffix: '' },
    embedding: { values: texts },
    rerank: { query: '', documents: texts },
    image: { prompt, count, images: pictures, ...size },
    speech: { text: prompt },
    // Sound of which a second has two bytes.
    transcription: { audio: { mediaType: 'audio/pcm;rate=1', data: new Uint8Array(Math.round(2 * (seconds ?? 0))) } },
    video: { prompt, count, references: pictures, ...size, ...length },
  }
  return { kind: kind as Kind, call: { ...calls[kind as Kind], tags: toTags(options.tags) } }
}

/** More of anything tells nothing more. */
const most = 10_000_000

function check({ tokens, images, texts, count, seconds = 0 }: CallOptions): void {
  for (const [name, amount] of Object.entries({ tokens, images, texts, count }))
    if (amount !== undefined && !(Number.isInteger(amount) && amount >= 0 && amount <= most))
      throw wrong(`--${name} must be a whole number from 0 to ${most}, not ${amount}.`)
  if (!(seconds >= 0 && seconds <= most)) throw wrong(`--seconds must be a number from 0 to ${most}, not ${seconds}.`)
}

const toFile = (file: object) => ({ type: 'file', ...file })

function toSize(text: string): { readonly width: number; readonly height: number } {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? []
  if (width === undefined) throw wrong(`--size must be pixels such as 1024x768, not "${text}".`)
  return { width: Number(width), height: Number(height) }
}

function toTags(text = ''): Readonly<Record<string, string>> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '')
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1) throw wrong(`--tags must be names with values such as plan=gold,tenant=acme, not "${pair}".`)
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
    }),
  )
}

const wrong = (message: string): AnyModelError => new AnyModelError('invalid-argument', message)
