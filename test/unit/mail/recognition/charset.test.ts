import fc from 'fast-check'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { encodeText } from '../../../../sandbox/mails/mime.ts'
import { decodeIso2022Jp, decodeText } from '../../../../src/mail/recognition/charset.ts'

const TEXT = '受注番号 髙﨑①㈱Ⅲ ｶﾞｱ 表示ソフト 見本商店のご注文です。'

describe('decodeIso2022Jp', () => {
  const latin1 = (text: string) => Buffer.from(text, 'latin1')
  it.each([
    ['JIS X 0208 of 1978 and 1983', '\x1b$@F|K\\\x1b(J \x1b$BF|K\\\x1b(B', '日本 日本'],
    ['NEC row 13 and the NEC-selected IBM characters', '\x1b$B-!|b\x1b(B', '①髙'],
    ['half-width kana by escape', '\x1b(I1\x1b(B', 'ｱ'],
    ['half-width kana by shift-out', 'a\x0e1\x0fb', 'aｱb'],
    ['half-width kana as bare bytes', '\xb1\xb2', 'ｱｲ'],
    ['JIS X 0212', '\x1b$(D0!\x1b$BF|\x1b(B', '丂日'],
    ['a missing return to ASCII before a line end', '\x1b$BF|K\\\nabc', '日本\nabc'],
    ['a character set of another country', '\x1b$A0!\x1b(Bx', '\uFFFDx'],
    ['half a character', '\x1b$BF|K', '日\uFFFD'],
  ])('reads %s', (_name, bytes, text) => {
    expect(decodeIso2022Jp(latin1(bytes))).toBe(text)
  })
})

describe('decodeText', () => {
  const bytesOf = {
    'utf-8': Buffer.from(TEXT),
    'iso-2022-jp': encodeText(TEXT, 'iso-2022-jp'),
    shift_jis: encodeText(TEXT, 'shift_jis'),
  }

  it.each([
    ['utf-8', 'utf-8'],
    ['UTF8', 'utf-8'],
    ['iso-2022-jp', 'iso-2022-jp'],
    ['ISO-2022-JP-MS', 'iso-2022-jp'],
    ['CP50221', 'iso-2022-jp'],
    ['csISO2022JP', 'iso-2022-jp'],
    ['Shift_JIS', 'shift_jis'],
    ['x-sjis', 'shift_jis'],
    ['Windows-31J', 'shift_jis'],
  ] as const)('reads %s as declared', (declared, charset) => {
    expect(decodeText(bytesOf[charset], declared)).toBe(TEXT)
  })

  it.each(
    Object.keys(bytesOf).flatMap((charset) =>
      ['', 'us-ascii', 'utf-8', 'iso-2022-jp', 'x-unheard-of', 'utf-7', 'base64', '__proto__'].map(
        (declared) => [charset as keyof typeof bytesOf, declared] as const,
      ),
    ),
  )('finds out that a text is %s when it claims to be "%s"', (charset, declared) => {
    expect(decodeText(bytesOf[charset], declared)).toBe(TEXT)
  })

  it.each(['iso-8859-1', 'ISO_8859-1', 'latin1', 'windows-1252', 'iso-8859-15'])(
    'does not believe %s of a Japanese text',
    (declared) => {
      for (const bytes of Object.values(bytesOf)) expect(decodeText(bytes, declared)).toBe(TEXT)
      const western = 'Café Müller à Paris, 100 €'
      const charset = /1252|15/.test(declared) ? western : western.replace('€', 'F')
      expect(decodeText(iconv.encode(charset, declared), declared)).toBe(charset)
    },
  )

  it('tells EUC-JP from Shift_JIS', () => {
    const text = '受注番号のお知らせ。見本商店をご利用いただきありがとうございます。'
    expect(decodeText(iconv.encode(text, 'euc-jp'), '')).toBe(text)
    expect(decodeText(iconv.encode(text, 'euc-jp'), 'euc-jp')).toBe(text)
  })

  it('keeps a UTF-8 text that is cut inside a character', () => {
    const bytes = Buffer.from('受注番号')
    expect(decodeText(bytes.subarray(0, bytes.length - 1), 'utf-8')).toBe('受注番')
  })

  it('keeps a long UTF-8 text with one broken byte', () => {
    const bytes = Buffer.concat([Buffer.from(TEXT), Buffer.from([0xff]), Buffer.from(TEXT)])
    expect(decodeText(bytes, 'utf-8')).toBe(`${TEXT}\uFFFD${TEXT}`)
  })

  it('never throws, whatever the bytes and the declaration', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (bytes, declared) => {
        expect(typeof decodeText(Buffer.from(bytes), declared)).toBe('string')
      }),
    )
  })
})
