import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { composeMail } from '../../../../sandbox/mails/compose-mail.ts'
import { encodeText } from '../../../../sandbox/mails/mime.ts'
import { MAIL_BYTES } from '../../../../src/mail/mail-bytes.ts'
import { parseMail } from '../../../../src/mail/recognition/parse-mail.ts'
import { rakutenOrder } from '../../../support/malls/sandbox-orders.ts'

const mail = (...lines: string[]) => Buffer.from(lines.join('\r\n'))
const NUMBER = rakutenOrder.orderNumber

describe('parseMail', () => {
  it('reads addresses and subject, in lower case and decoded', async () => {
    const parsed = await parseMail(
      mail(
        'From: "=?UTF-8?B?5qW95aSp?=" <Order@Rakuten.CO.JP>',
        'To: a@x.example, "B" <b@x.example>',
        'Subject: =?utf-8?Q?=E6=B3=A8?=',
        '',
        'x',
      ),
    )
    expect(parsed).toMatchObject({
      from: ['order@rakuten.co.jp'],
      to: ['a@x.example', 'b@x.example'],
      subject: '注',
    })
  })

  it.each(['iso-2022-jp', 'shift_jis', 'utf-8'] as const)('reads a subject in bare %s', async (charset) => {
    const source = Buffer.concat([
      Buffer.from('Subject: '),
      encodeText('【楽天市場】注文内容ご確認', charset),
      mail('', '', 'x'),
    ])
    expect((await parseMail(source)).subject).toBe('【楽天市場】注文内容ご確認')
  })

  it('prefers plain text and falls back to HTML when no number can be in it', async () => {
    const alternative = (plain: string) =>
      mail(
        'Content-Type: multipart/alternative; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain',
        '',
        plain,
        '--b',
        'Content-Type: text/html',
        '',
        `<p>HTML ${NUMBER}</p>`,
        '--b--',
      )
    expect((await parseMail(alternative(`plain ${NUMBER}`))).text.trim()).toBe(`plain ${NUMBER}`)
    expect((await parseMail(alternative('See the HTML part. 03-1234-5678'))).text).toContain(`HTML ${NUMBER}`)
  })

  it('finds text deep inside nested multiparts', async () => {
    const depth = 30
    const open = Array.from({ length: depth }, (_, at) => [
      `Content-Type: multipart/mixed; boundary=b${at}`,
      '',
      `--b${at}`,
    ])
    const parsed = await parseMail(mail(...open.flat(), 'Content-Type: text/plain', '', `deep ${NUMBER}`))
    expect(parsed.text).toContain(`deep ${NUMBER}`)
  })

  it('joins format=flowed lines and undoes quoted-printable breaks', async () => {
    const flowed = mail(
      'Content-Type: text/plain; format=flowed; delsp=yes',
      '',
      `123456-20260519- `,
      '0123456789',
    )
    expect((await parseMail(flowed)).text.trim()).toBe(NUMBER)
    const broken = mail('Content-Transfer-Encoding: quoted-printable', '', '123456-20260519-012=', '3456789')
    expect((await parseMail(broken)).text.trim()).toBe(NUMBER)
  })

  it('hands out attached mails as mails, also base64 ones, three deep and no deeper', async () => {
    const attach = (inner: Buffer, encoding: 'base64' | '7bit', boundary: string) =>
      mail(
        `Subject: level ${boundary}`,
        `Content-Type: multipart/mixed; boundary=${boundary}`,
        '',
        `--${boundary}`,
        'Content-Type: message/rfc822',
        `Content-Transfer-Encoding: ${encoding}`,
        '',
        encoding === 'base64' ? inner.toString('base64') : inner.toString('latin1'),
        `--${boundary}--`,
      )
    const innermost = mail('Subject: innermost', '', NUMBER)
    const parsed = await parseMail(attach(attach(innermost, 'base64', 'two'), '7bit', 'one'))
    expect(parsed.forwarded[0]?.forwarded[0]).toMatchObject({
      subject: 'innermost',
      text: NUMBER,
      forwarded: [],
    })

    const levels = ['a', 'b', 'c', 'd', 'e', 'f'].reduce(
      (inner, name) => attach(inner, '7bit', name),
      innermost,
    )
    expect((await parseMail(levels)).forwarded[0]?.forwarded[0]?.forwarded[0]?.forwarded).toEqual([])
  })

  it('reads what is there of a mail cut at the download limit', async () => {
    const whole = composeMail(
      { type: 'placed', order: { ...rakutenOrder, note: '見本'.repeat(100_000) } },
      { to: 's@x.example', charset: 'utf-8', shape: 'multipart' },
    )
    expect(whole.length).toBeGreaterThan(MAIL_BYTES)
    for (const source of [whole, whole.subarray(0, MAIL_BYTES - 1), whole.subarray(0, 2_000)]) {
      expect((await parseMail(source)).text).toContain(NUMBER)
    }
  })

  it.each([
    ['5,000 parts', 'Content-Type: multipart/mixed; boundary=b\r\n\r\n', '--b\r\n\r\nx\r\n'],
    ['1,000 nested parts', '', 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n'],
    ['endless headers', 'From: order@rakuten.co.jp\r\n', 'X-Header: value\r\n'],
  ])('keeps the sender and some text of %s', async (_name, head, repeated) => {
    const source = mail(
      'From: order@rakuten.co.jp',
      'Subject: bomb',
      head + repeated.repeat(20_000),
      '',
      NUMBER,
    )
    const parsed = await parseMail(source)
    expect(parsed).toMatchObject({ from: ['order@rakuten.co.jp'], subject: 'bomb' })
    expect(parsed.text.length).toBeGreaterThan(0)
  })

  it('never rejects and always ends, whatever is done to a mail', async () => {
    const looks = (['plain', 'multipart', 'html', 'forwarded-attached'] as const).map((shape) =>
      composeMail(
        { type: 'placed', order: rakutenOrder },
        { to: 's@x.example', charset: 'iso-2022-jp', shape },
      ),
    )
    const damage = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
        fc
          .constantFrom(
            '\r\n\r\n',
            '--',
            'Content-Type: message/rfc822\r\n\r\n',
            '\x1b$B',
            'charset=utf-16\r\n',
          )
          .map((text) => Buffer.from(text)),
      ),
      removed: fc.nat(300),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...looks),
        fc.array(damage, { maxLength: 5 }),
        async (source, damages) => {
          const damaged = damages.reduce((bytes, { at, bytes: put, removed }) => {
            const from = Math.floor(at * bytes.length)
            return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + removed)])
          }, source)
          expect(typeof (await parseMail(damaged)).text).toBe('string')
        },
      ),
      { numRuns: 300 },
    )
  })

  it('never rejects noise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => {
        expect(Array.isArray((await parseMail(Buffer.from(bytes))).forwarded)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
