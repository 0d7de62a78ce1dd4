/** Width and height in pixels. */
export interface Pixels {
  readonly width: number
  readonly height: number
}

/** The size that a picture's header tells (PNG, JPEG, GIF, WebP); `undefined` when it tells none. */
export function imageSizeOf(bytes: Uint8Array): Pixels | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const size = readers.map((read) => read(view)).find((found) => found !== undefined)
    return size && size.width > 0 && size.height > 0 ? size : undefined
  } catch {
    // The header is cut short.
    return undefined
  }
}

const readers: readonly ((view: DataView) => Pixels | undefined)[] = [png, gif, webp, jpeg]

function png(view: DataView): Pixels | undefined {
  if (view.getUint32(0) !== 0x89504e47) return undefined
  return { width: view.getUint32(16), height: view.getUint32(20) }
}

function gif(view: DataView): Pixels | undefined {
  if (view.getUint32(0) !== 0x47494638) return undefined
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) }
}

const riff = 0x52494646
const chunks = { lossy: 0x56503820, lossless: 0x5650384c, extended: 0x56503858 }

/** https://developers.google.com/speed/webp/docs/riff_container */
function webp(view: DataView): Pixels | undefined {
  if (view.getUint32(0) !== riff || view.getUint32(8) !== 0x57454250) return undefined
  switch (view.getUint32(12)) {
    case chunks.lossy:
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
    case chunks.lossless: {
      const bits = view.getUint32(21, true)
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    case chunks.extended:
      return { width: (view.getUint32(23, true) >>> 8) + 1, height: (view.getUint32(26, true) >>> 8) + 1 }
    default:
      return undefined
  }
}

/** The size stands in the frame header, behind any number of other segments. */
function jpeg(view: DataView): Pixels | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined
  for (let at = 2; ; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at)
    if (marker < 0xff01) return undefined
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
  }
}
