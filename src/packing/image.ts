/** Pictures of a shop, judged by their bytes: a name or a media type is what a sender says. */

export interface Picture {
  type: 'image/png' | 'image/jpeg'
  width: number
  height: number
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const PNG_END = Buffer.from('0000000049454e44ae426082', 'hex')

/** Null for bytes that are neither a whole PNG nor a JPEG. */
export function pictureOf(bytes: Buffer): Picture | null {
  return pngOf(bytes) ?? jpegOf(bytes)
}

function pngOf(bytes: Buffer): Picture | null {
  if (bytes.length < 57 || !bytes.subarray(0, 8).equals(PNG)) return null
  if (bytes.readUInt32BE(8) !== 13 || bytes.toString('latin1', 12, 16) !== 'IHDR') return null
  if (!bytes.subarray(-PNG_END.length).equals(PNG_END)) return null
  return { type: 'image/png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}

/** A frame's head (SOF) has the size; C4, C8 and CC mark other things. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

function jpegOf(bytes: Buffer): Picture | null {
  if (
    bytes.length < 20 ||
    bytes.readUInt16BE(0) !== 0xffd8 ||
    bytes.readUInt16BE(bytes.length - 2) !== 0xffd9
  )
    return null
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1] ?? 0
    // Fill bytes may stand in front of a marker.
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (isFrame(marker))
      return { type: 'image/jpeg', height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) }
    const length = bytes.readUInt16BE(at + 2)
    // Behind the start of a scan (DA) no head follows.
    if (length < 2 || marker === 0xda) return null
    at += 2 + length
  }
  return null
}
