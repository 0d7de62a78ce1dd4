/** True for a file (PNG, JPEG, GIF, WebP, WAV, MP4) of which the end is missing. What has another format, or sound whose length is not known yet, does not break off. */
export function breaksOff(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.byteLength < 12) return false
  const start = view.getUint32(0)
  if (start === 0x89504e47) return pngBreaksOff(view)
  if (start >>> 8 === 0xffd8ff) return !hasEndOfJpeg(bytes)
  if (start === 0x47494638) return bytes.lastIndexOf(0x3b) < 0
  if (start === 0x52494646) return riffBreaksOff(view)
  return view.getUint32(4) === 0x66747970 && boxBreaksOff(view)
}

/** Chunk after chunk to the one that is called IEND. */
function pngBreaksOff(view: DataView): boolean {
  for (let at = 8; at + 12 <= view.byteLength; at += 12 + view.getUint32(at))
    if (view.getUint32(at + 4) === 0x49454e44) return false
  return true
}

/** The end marker; small pictures within the header have one as well, but not near the end. */
function hasEndOfJpeg(bytes: Uint8Array): boolean {
  const tail = bytes.subarray(bytes.length >> 1)
  for (let at = tail.lastIndexOf(0xd9); at > 0; at = tail.lastIndexOf(0xd9, at - 1))
    if (tail[at - 1] === 0xff) return true
  return false
}

/** Sizes that say: not known yet. */
const openEnd = 0xffff_0000

function riffBreaksOff(view: DataView): boolean {
  const size = view.getUint32(4, true)
  return size < openEnd && size > 0 && size + 8 > view.byteLength
}

const known = /^(?:ftyp|moov|mdat|moof|mfra|free|skip|uuid|meta|sidx|wide)$/

/** Box after box of an ISO media file; what follows the last one that is known does not count. */
function boxBreaksOff(view: DataView): boolean {
  for (let at = 0; at + 8 <= view.byteLength; ) {
    const name = String.fromCharCode(...[4, 5, 6, 7].map((offset) => view.getUint8(at + offset)))
    if (!known.test(name)) return false
    const short = view.getUint32(at)
    // 0 reaches to the end of the file.
    if (short === 0) return false
    const isLong = short === 1
    if (isLong && at + 16 > view.byteLength) return true
    const size = isLong ? Number(view.getBigUint64(at + 8)) : short
    if (size < 8) return false
    if (at + size > view.byteLength) return true
    at += size
  }
  return false
}
