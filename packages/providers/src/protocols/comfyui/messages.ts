import type { ImageCall, ImageEvent } from '@anymodel/core'

interface Message {
  readonly type?: string
  readonly data?: { readonly value?: unknown; readonly max?: unknown } | null
}

/** Texts tell how far a node is; bytes are a picture on the way behind two numbers, 1 and its type. */
export function readMessage(message: string | Uint8Array, { previews }: ImageCall): readonly ImageEvent[] {
  if (typeof message === 'string') return readText(message)
  if (!previews || message.length <= 8) return []
  const view = new DataView(message.buffer, message.byteOffset)
  if (view.getUint32(0) !== 1) return []
  const mediaType = view.getUint32(4) === 2 ? 'image/png' : 'image/jpeg'
  return [{ type: 'preview', index: 0, mediaType, data: message.subarray(8) }]
}

function readText(text: string): readonly ImageEvent[] {
  const { type, data } = parsed(text)
  const step = Number(data?.value)
  const steps = Number(data?.max)
  if (type !== 'progress' || !(steps > 0 && step >= 0)) return []
  return [{ type: 'progress', fraction: Math.min(1, step / steps), step, steps }]
}

function parsed(text: string): Message {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}
