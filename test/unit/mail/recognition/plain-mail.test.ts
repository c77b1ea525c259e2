import fc from 'fast-check'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { composeMail } from '../../../../sandbox/mails/compose-mail.ts'
import { encodeText } from '../../../../sandbox/mails/mime.ts'
import { readHead } from '../../../../src/mail/listener/folder.ts'
import { parseAnyMail } from '../../../../src/mail/recognition/parse-mail.ts'
import { parsePlainMail } from '../../../../src/mail/recognition/plain-mail.ts'
import { MALFORMED_MAILS } from '../../../support/mail/malformed-mails.ts'
import { anyEvent, anyLook } from '../../../support/malls/sandbox-orders.ts'

/**
 * What parsePlainMail() reads by itself must be what mailparser makes of the same mail. What it leaves alone
 * is mailparser's anyway, so each property says besides how often it did not.
 */

/**
 * What mails are made of, with what only strangers write among it: once in so many pieces that most mails
 * have none.
 */
const mostly = <T>(usual: readonly T[], odd: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  )

const encode = (text: string, charset: string): Buffer => {
  if (charset === 'iso-2022-jp' || charset === 'shift_jis') return encodeText(text, charset)
  return charset === 'euc-jp' ? iconv.encode(text, 'euc-jp') : Buffer.from(text)
}

const anyText = fc
  .array(
    mostly(
      [
        '注文番号: 250-1234567-1234567',
        '受注番号',
        'ｶﾅ',
        '①髙﨑㈱',
        ' ',
        '\r\n',
        '\r\n\r\n',
        'Café',
        '=',
        '=3D',
        '<p>x</p>',
        '> ',
      ],
      [
        '\n',
        '=?',
        '--b',
        '\r\n--b\r\n',
        '--b--',
        'a'.repeat(1_200),
        '\t\r\n',
        '.',
        '\x1b$B',
        '\uFEFF',
        '€',
        '\0',
        '\r',
      ],
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))

const hex = (byte: number): string => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
const quotedPrintable = (bytes: Buffer): string =>
  bytes
    .toString('latin1')
    .replace(/[^ -<>-~\r\n]|[ \t](?=\r?\n|$)/g, (byte) => hex(byte.charCodeAt(0)))
    .replace(/(?:=[0-9A-F]{2}|[^=\r\n]){60}/g, (line) => `${line}=\r\n`)
const bare = (bytes: Buffer): string => bytes.toString('latin1')
const TRANSFERS: Readonly<Record<string, (bytes: Buffer) => string>> = {
  none: bare,
  '8bit': bare,
  base64: (bytes) => (bytes.toString('base64').match(/.{1,76}/g) ?? []).join('\r\n'),
  'quoted-printable': quotedPrintable,
  BASE64: (bytes) => bytes.toString('base64').slice(0, -1),
  'x-uuencode': bare,
  'quoted-printable ': bare,
}

const anyWord = fc.record({
  text: anyText.map((text) => text.replace(/[\r\n\0]/g, '')),
  charset: mostly(['utf-8', 'UTF-8', 'iso-2022-jp', 'shift_jis', 'euc-jp'], ['iso-8859-1', 'us-ascii']),
  encoding: mostly(['B', 'Q', 'b', 'bare', 'plain'], ['cut', 'x']),
})
const toWord = ({ text, charset, encoding }: { text: string; charset: string; encoding: string }): string => {
  const bytes = encode(text, charset.toLowerCase())
  if (encoding === 'plain') return text.replace(/[^ -~]/g, '')
  if (encoding === 'bare') return bare(bytes)
  if (encoding === 'cut') return `=?${charset}?B?${bytes.toString('base64').replace(/.{8}/g, '$&\r\n ')}?=`
  return `=?${charset}?${encoding}?${encoding === 'Q' ? [...bytes].map(hex).join('') : bytes.toString('base64')}?=`
}
const anyHeaderText = fc
  .tuple(fc.array(anyWord, { maxLength: 3 }), fc.constantFrom(' ', '\r\n ', '', '\r\n\t', ', '))
  .map(([words, joint]) => words.map(toWord).join(joint))

const anyAddresses = fc
  .array(
    mostly(
      [
        'order@rakuten.co.jp',
        '"楽天" <a@x.example>',
        '=?UTF-8?B?5qW95aSp?= <Order@Rakuten.CO.JP>',
        'a b <c@d.example>',
        '<a@x.example>',
      ],
      [
        ...[
          '"a@evil.example" <b@good.example>',
          'g: a@x.example;',
          'a@xn--fsq.example',
          '(c) a@x.example',
          'a@x.example (c)',
        ],
        ...[
          '"a\\"b" <c@d.example>',
          'a@localhost',
          '',
          "'q' <a@x.example>",
          '<<a@x.example>>',
          'a@b@c.example',
          '"" <a@x.example>',
        ],
        ...[
          '"x" y <a@x.example>',
          'a@[127.0.0.1]',
          'Foo, Bar <a@x.example>',
          'a@x.example b@y.example',
          '<a@x.example> z',
        ],
      ],
    ),
    { maxLength: 3 },
  )
  .map((all) =>
    Buffer.from(all.join(', '))
      .toString('latin1')
      .replace(/[\x80-\xff]/g, ''),
  )

interface Part {
  type: string
  charset: string
  transfer: string
  text: string
  extra: string
}
const anyPart = (usual: readonly string[], odd: readonly string[]): fc.Arbitrary<Part> =>
  fc.record({
    type: mostly(usual, odd),
    charset: mostly(
      ['utf-8', 'UTF8', 'iso-2022-jp', 'shift_jis', 'euc-jp', 'iso-8859-1', ''],
      ['us-ascii', 'x-none', '=?'],
    ),
    transfer: mostly(
      ['none', '8bit', 'base64', 'quoted-printable'],
      ['BASE64', 'x-uuencode', 'quoted-printable '],
    ),
    text: anyText,
    extra: mostly(
      ['', 'Content-Disposition: inline', 'X-A: b\r\n c'],
      [
        'Content-Disposition: attachment; filename=a.txt',
        'Content-Type: text/html',
        'Content-Disposition:',
        'Mime Version: 1',
        'From x',
      ],
    ),
  })
const ODD = [
  'text/plain; format=flowed',
  'text/plain; name=a',
  'text/calendar',
  'message/rfc822',
  'text/plain; boundary=b',
  'text',
  '',
]

const entityOf = ({ type, charset, transfer, text, extra }: Part): string => {
  const head = [
    ...(type === '' ? [] : [`Content-Type: ${type}${charset === '' ? '' : `; charset="${charset}"`}`]),
    ...(transfer === 'none' ? [] : [`Content-Transfer-Encoding: ${transfer}`]),
    ...(extra === '' ? [] : [extra]),
  ]
  return [...head, '', TRANSFERS[transfer]?.(encode(text, charset)) ?? ''].join('\r\n')
}

const anyEntity = fc.oneof(
  anyPart(['text/plain', 'text/html', 'TEXT/PLAIN', 'text/plain; format=fixed'], ODD).map(entityOf),
  fc
    .record({
      subtype: mostly(['alternative'], ['mixed', 'related', 'report']),
      boundary: mostly(['b', '"b"', '----=_Part_1', "'()+_,-./:=?"], ['"b c"', 'b ', '']),
      parts: fc.oneof(
        fc.tuple(anyPart(['text/plain'], ODD), anyPart(['text/html'], ODD)),
        fc.array(anyPart(['text/plain', 'text/html'], ODD), { minLength: 1, maxLength: 3 }),
      ),
      preamble: mostly(['', 'preamble\r\n'], ['--b--\r\n', '\r\n']),
      close: mostly(['--\r\n', '--', '--\r\nepilogue\r\n'], ['', '-- \r\n', '--\r\n--b\r\nafter', 'c\r\n']),
      nested: mostly([false], [true]),
    })
    .map(({ subtype, boundary, parts, preamble, close, nested }) => {
      const mark = `--${boundary.replaceAll('"', '').trimEnd()}`
      const inner = parts.map((part) => `${mark}\r\n${entityOf(part)}\r\n`).join('')
      const whole = [
        `Content-Type: multipart/${subtype}; boundary=${boundary}`,
        '',
        `${preamble}${inner}${mark}${close}`,
      ]
      const all = nested ? ['Content-Type: multipart/mixed; boundary=n', '', '--n', ...whole, '--n--'] : whole
      return all.join('\r\n')
    }),
)

const anyMail = fc
  .record({
    from: anyAddresses,
    to: anyAddresses,
    subject: anyHeaderText,
    more: fc.array(
      mostly(
        [
          'Authentication-Results: mx.example; dkim=pass header.d=x.example',
          'Authentication-Results: mx;\r\n spf=pass',
          'Received: by x.example\r\n\tfor y',
        ],
        ['X-Nul: \0', 'Subject: second', 'From: b@second.example', 'To: c@second.example', 'no colon'],
      ),
      { maxLength: 3 },
    ),
    entity: anyEntity,
    lineEnd: fc.constantFrom('\r\n', '\r\n', '\n'),
  })
  .map(({ from, to, subject, more, entity, lineEnd }) => {
    const source = [`From: ${from}`, `To: ${to}`, `Subject: ${subject}`, ...more, entity].join('\r\n')
    return Buffer.from(lineEnd === '\n' ? source.replaceAll('\r\n', '\n') : source, 'latin1')
  })

const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.nat(40),
  put: fc.constantFrom(
    '',
    '\0',
    '\r',
    '\n',
    '\r\n\r\n',
    '--b\r\n',
    '=',
    '=?',
    '?=',
    '\xe6',
    '\x1b$B',
    ' \r\n',
    '"',
    '(',
  ),
})
const damaged = fc
  .tuple(anyMail, fc.oneof(fc.constant([]), fc.array(damage, { maxLength: 2 })))
  .map(([mail, damages]) =>
    damages.reduce((bytes, { at, removed, put }) => {
      const from = Math.floor(at * bytes.length)
      return Buffer.concat([
        bytes.subarray(0, from),
        Buffer.from(put, 'latin1'),
        bytes.subarray(from + removed),
      ])
    }, mail),
  )

async function holdsAgainstMailparser(source: Buffer): Promise<boolean> {
  const plain = parsePlainMail(source)
  if (plain !== null) expect(plain).toEqual(await parseAnyMail(source))
  return plain !== null
}

describe('parsePlainMail', () => {
  it('reads every plain mail of the malls, and as mailparser does', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvent, anyLook, async (event, look) => {
        const read = await holdsAgainstMailparser(composeMail(event, { to: 'orders@shop.example', ...look }))
        expect(read).toBe(look.shape !== 'forwarded-attached')
      }),
      { numRuns: 300 },
    )
  })

  it('reads as mailparser does what it reads of mails of any shape, damaged ones too', async () => {
    let read = 0
    const numRuns = 3_000
    await fc.assert(
      fc.asyncProperty(damaged, async (source) => {
        if (await holdsAgainstMailparser(source)) read += 1
      }),
      { numRuns },
    )
    expect(read).toBeGreaterThan(numRuns / 4)
  })

  it.each(Object.keys(MALFORMED_MAILS))('reads %s as mailparser does, or leaves it alone', async (name) => {
    await holdsAgainstMailparser(MALFORMED_MAILS[name]?.().subarray(0, 256 * 1024) ?? Buffer.alloc(0))
  })

  it('reads a text in UTF-8 that is labelled iso-8859-1', () => {
    const source = Buffer.from('Content-Type: text/plain; charset=iso-8859-1\r\n\r\n注文番号のお知らせ')
    expect(parsePlainMail(source)?.text).toBe('注文番号のお知らせ')
  })
})

describe('readHead', () => {
  it('reads as mailparser does what it reads without it', async () => {
    await fc.assert(
      fc.asyncProperty(anyAddresses, anyAddresses, anyHeaderText, async (from, to, subject) => {
        const head = Buffer.from(`From: ${from}\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\n`, 'latin1')
        const read = readHead(head)
        if (read instanceof Promise) return
        const mail = await parseAnyMail(head)
        const addresses = (list: readonly string[]) => list.map((address) => ({ address }))
        expect(read).toEqual({ subject: mail.subject, from: addresses(mail.from), to: addresses(mail.to) })
      }),
      { numRuns: 2_000 },
    )
  })
})
