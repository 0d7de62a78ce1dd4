/** What a WAV file says about its sound; nothing for bytes that are none. */
interface WavFacts {
  readonly sampleRate?: number
  readonly seconds?: number
}

/**
 * A WAV file that was made piece by piece begins with lengths that nobody knew: now that it is whole they are written over with the true ones, in place. Other bytes stay as they are.
 * https://learn.microsoft.com/windows/win32/xaudio2/resource-interchange-file-format--riff-
 */
export function settleWav(bytes: Uint8Array): WavFacts {
  const { openAt, ...facts } = wavFacts(bytes)
  if (openAt !== undefined) {
    const view = viewOf(bytes)
    view.setUint32(openAt, bytes.length - openAt - 4, true)
    view.setUint32(4, bytes.length - 8, true)
  }
  return facts
}

/** Reads the header of a WAV file. `openAt`: where a length is to be written that was not known. */
export function wavFacts(bytes: Uint8Array): WavFacts & { readonly openAt?: number } {
  const view = viewOf(bytes)
  const tag = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4))
  if (bytes.length < 44 || tag(0) !== 'RIFF' || tag(8) !== 'WAVE') return {}
  let sampleRate = 0
  let bytesPerSecond = 0
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = tag(at)
    const size = view.getUint32(at + 4, true)
    const rest = bytes.length - at - 8
    if (name === 'fmt ' && size >= 16 && rest >= 16) {
      sampleRate = view.getUint32(at + 12, true)
      bytesPerSecond = view.getUint32(at + 16, true)
    }
    if (name === 'data') {
      const open = size === 0 || size > rest ? { openAt: at + 4 } : {}
      const length = Math.min(size || rest, rest)
      return { ...(bytesPerSecond > 0 ? { sampleRate, seconds: length / bytesPerSecond } : {}), ...open }
    }
    at += 8 + size + (size % 2)
  }
  return {}
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength)
