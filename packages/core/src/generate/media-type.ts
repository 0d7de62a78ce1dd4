const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to))

const startsWith = (bytes: Uint8Array, ...signature: number[]): boolean =>
  signature.every((byte, at) => bytes[at] === byte)

/** ISO base media files say what they are at byte 8. */
const brands: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  avis: 'image/avif',
  heic: 'image/heic',
  heix: 'image/heic',
  mif1: 'image/heif',
  'M4A ': 'audio/mp4',
  'qt  ': 'video/quicktime',
}

const riff: Readonly<Record<string, string>> = { WEBP: 'image/webp', WAVE: 'audio/wav', 'AVI ': 'video/x-msvideo' }

/** The media type that a file's first bytes show; `undefined` when they show none. */
export function mediaTypeOf(bytes: Uint8Array): string | undefined {
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47)) return 'image/png'
  if (startsWith(bytes, 0xff, 0xd8, 0xff)) return 'image/jpeg'
  if (startsWith(bytes, 0x47, 0x49, 0x46, 0x38)) return 'image/gif'
  if (startsWith(bytes, 0x25, 0x50, 0x44, 0x46)) return 'application/pdf'
  if (startsWith(bytes, 0x42, 0x4d) && bytes.length > 26) return 'image/bmp'
  if (startsWith(bytes, 0x49, 0x49, 0x2a, 0x00) || startsWith(bytes, 0x4d, 0x4d, 0x00, 0x2a)) return 'image/tiff'
  if (ascii(bytes, 0, 4) === 'RIFF') return riff[ascii(bytes, 8, 12)]
  if (ascii(bytes, 4, 8) === 'ftyp') return brands[ascii(bytes, 8, 12)] ?? 'video/mp4'
  if (ascii(bytes, 0, 4) === 'OggS') return 'audio/ogg'
  if (ascii(bytes, 0, 4) === 'fLaC') return 'audio/flac'
  if (ascii(bytes, 0, 3) === 'ID3' || (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe6) === 0xe2)) return 'audio/mpeg'
  if (startsWith(bytes, 0x1a, 0x45, 0xdf, 0xa3)) return 'video/webm'
  if (/^\s*(?:(?:<\?xml[^>]*>|<!doctype[^>]*>|<!--.*?-->)\s*)*<svg[\s>]/is.test(ascii(bytes, 0, 256)))
    return 'image/svg+xml'
  return isText(bytes) ? 'text/plain' : undefined
}

function isText(bytes: Uint8Array): boolean {
  if (bytes.length === 0) return false
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, 4_096), { stream: true })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary data from text
    return !/[\u0000-\u0008\u000e-\u001a]/.test(text)
  } catch {
    return false
  }
}

const byExtension: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  svg: 'image/svg+xml',
  pdf: 'application/pdf',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
  m4a: 'audio/mp4',
  aac: 'audio/aac',
  opus: 'audio/ogg',
  mp4: 'video/mp4',
  webm: 'video/webm',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
}

/** The media type that a file name or a URL path suggests. */
export const mediaTypeOfName = (path: string): string | undefined =>
  byExtension[/\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '']
