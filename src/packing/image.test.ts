import { expect, test } from 'vitest'
import { pictureOf } from './image.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAQCAIAAABV7cRbAAAAFElEQVR4nGP4z8CAFTGMSgxKCQCX7IABx7NCpQAAAABJRU5ErkJggg==',
  'base64',
)
/** Head, a comment, fill bytes, a frame of 320 × 200, its end. */
const JPEG = Buffer.from(
  'ffd8 fffe 0006 41424344 ff ffc2 0011 08 00c8 0140 03 012200021101031101 ffd9'.replaceAll(' ', ''),
  'hex',
)

test('PNG and JPEG are known by their bytes, with their size', () => {
  expect(pictureOf(PNG)).toEqual({ type: 'image/png', width: 8, height: 16 })
  expect(pictureOf(JPEG)).toEqual({ type: 'image/jpeg', width: 320, height: 200 })
})

test.each([
  ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
  ['GIF', Buffer.from('GIF89a'.padEnd(80, '\0'))],
  ['nothing', Buffer.alloc(0)],
  ['the head of a PNG alone', PNG.subarray(0, 40)],
  ['a PNG with something behind it', Buffer.concat([PNG, Buffer.from('<script>')])],
  ['a JPEG cut off', JPEG.subarray(0, -2)],
  ['a JPEG without a frame', Buffer.from(`ffd8ffda0008${'00'.repeat(20)}ffd9`, 'hex')],
  ['a JPEG whose piece has no length', Buffer.from(`ffd8ffe00000${'00'.repeat(20)}ffd9`, 'hex')],
  ['a JPEG of fill bytes', Buffer.from(`ffd8${'ff'.repeat(5_000)}ffd9`, 'hex')],
])('%s is none', (_, bytes) => {
  expect(pictureOf(bytes)).toBeNull()
})

test('every cut of a picture is read to its end without a fault', () => {
  for (const whole of [PNG, JPEG])
    for (let length = 0; length < whole.length; length++)
      expect(pictureOf(whole.subarray(0, length))).toBeNull()
})
