/**
 * Mails that a stranger could make to hold up whoever reads them: each breaks another part of a mail's form.
 */

const PART = 'Content-Type: text/plain; charset=utf-8\r\n\r\n注文番号: 250-1234567-1234567\r\n'
const MB = 1024 * 1024

const FROM = 'From: "Amazon.co.jp" <seller-notification@amazon.co.jp>'
const SUBJECT = `Subject: =?UTF-8?B?${Buffer.from('注文確定').toString('base64')}?=`

interface Form {
  from?: string
  to?: string
  subject?: string
  headers?: readonly string[]
  body?: string
}

const mail = ({
  from = FROM,
  to = 'To: orders@shop.example',
  subject = SUBJECT,
  headers = [],
  body = '',
}: Form) => Buffer.from([from, to, subject, 'MIME-Version: 1.0', ...headers, '', body].join('\r\n'))

const multipart = (boundary: string): string => `Content-Type: multipart/mixed; boundary="${boundary}"`

function nestedParts(depth: number): string {
  const opened = Array.from({ length: depth }, (_, n) => `--b${n}\r\n${multipart(`b${n + 1}`)}\r\n\r\n`)
  return `${opened.join('')}--b${depth}\r\n${PART}`
}

const nestedMails = (depth: number): string =>
  `${'Content-Type: message/rfc822\r\n\r\nFrom: a@amazon.co.jp\r\n'.repeat(depth)}${PART}`

const attachment = (type: string, name: string, bytes: number): string =>
  `--b\r\n${PART}--b\r\nContent-Type: ${type}; name="${name}"\r\nContent-Transfer-Encoding: base64\r\n` +
  `Content-Disposition: attachment; filename="${name}"\r\n\r\n${`${'UEsDBBQA'.repeat(9)}AAAA\r\n`.repeat(bytes / 78)}--b--\r\n`

const words = (count: number): string =>
  Array.from(
    { length: count },
    (_, n) => `=?${n % 2 ? 'iso-2022-jp' : 'utf-8'}?${n % 3 ? 'Q?=E6' : 'B?5rM='}?=`,
  ).join('\r\n ')

export const MALFORMED_MAILS: Readonly<Record<string, () => Buffer>> = {
  'parts nested 1,000 deep': () => mail({ headers: [multipart('b0')], body: nestedParts(1_000) }),
  'mails nested 1,000 deep': () =>
    mail({ headers: ['Content-Type: message/rfc822'], body: nestedMails(1_000) }),
  '10,000 parts': () => mail({ headers: [multipart('b')], body: `--b\r\n${PART}`.repeat(10_000) }),
  '10,000 empty parts': () => mail({ headers: [multipart('b')], body: '--b\r\n\r\n'.repeat(10_000) }),
  'a header of 1 MB': () => mail({ headers: [`X-Padding: ${'x'.repeat(MB)}`], body: PART }),
  'a subject of 1 MB': () => mail({ subject: `Subject: ${'注文 '.repeat(MB / 7)}` }),
  'a subject of 1 MB in one encoded word': () =>
    mail({ subject: `Subject: =?UTF-8?B?${Buffer.from('注文'.repeat(MB / 8)).toString('base64')}?=` }),
  '20,000 encoded words in the subject': () => mail({ subject: `Subject: ${words(20_000)}` }),
  '20,000 encoded words in the sender': () =>
    mail({ from: `From: ${words(20_000)} <seller-notification@amazon.co.jp>` }),
  '20,000 headers': () =>
    mail({
      headers: Array.from({ length: 20_000 }, (_, n) => `Received: from a${n}.example by b.example`),
      body: PART,
    }),
  '100,000 addressees': () =>
    mail({ to: `To: ${Array.from({ length: 100_000 }, (_, n) => `a${n}@shop.example`).join(',\r\n ')}` }),
  '50,000 senders': () =>
    mail({ from: `From: ${Array.from({ length: 50_000 }, (_, n) => `a${n}@amazon.co.jp`).join(',\r\n ')}` }),
  'addresses of open comments': () => mail({ to: `To: ${'('.repeat(100_000)}a@shop.example` }),
  'addresses of open quotes': () => mail({ to: `To: ${'"a\\'.repeat(50_000)} <a@shop.example>` }),
  'groups in groups': () => mail({ to: `To: ${'g:'.repeat(50_000)}a@shop.example;` }),
  'a charset that nobody knows': () =>
    mail({
      headers: ['Content-Type: text/plain; charset=x-klingon-8'],
      body: '注文番号: 250-1234567-1234567\r\n'.repeat(6_000),
    }),
  'a charset with a name of 50 KB': () =>
    mail({ headers: [`Content-Type: text/plain; charset="${'utf-'.repeat(12_500)}"`], body: PART }),
  '10,000 pieces of one parameter': () =>
    mail({
      headers: [
        `Content-Type: text/plain;${Array.from({ length: 10_000 }, (_, n) => `\r\n name*${n}*=utf-8''%E6`).join(';')}`,
      ],
      body: PART,
    }),
  'a base64 line that never ends': () =>
    mail({
      headers: ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64'],
      body: Buffer.from('注文番号: 250-1234567-1234567 '.repeat(200_000)).toString('base64'),
    }),
  'base64 of padding': () =>
    mail({
      headers: ['Content-Type: text/plain', 'Content-Transfer-Encoding: base64'],
      body: '='.repeat(250_000),
    }),
  'quoted-printable without an end': () =>
    mail({
      headers: ['Content-Type: text/plain', 'Content-Transfer-Encoding: quoted-printable'],
      body: '='.repeat(250_000),
    }),
  'quoted-printable of soft line breaks': () =>
    mail({
      headers: ['Content-Type: text/plain', 'Content-Transfer-Encoding: quoted-printable'],
      body: '=\r\n'.repeat(80_000),
    }),
  'format=flowed lines without an end': () =>
    mail({ headers: ['Content-Type: text/plain; format=flowed; delsp=yes'], body: '> \r\n'.repeat(60_000) }),
  'a boundary that is in every line': () =>
    mail({ headers: [multipart('-')], body: `${'-'.repeat(70)}\r\n`.repeat(3_500) }),
  'a boundary of 100 KB': () =>
    mail({ headers: [multipart('b'.repeat(100_000))], body: `--${'b'.repeat(99_999)}\r\n`.repeat(2) }),
  'the same boundary inside itself': () =>
    mail({ headers: [multipart('b')], body: `--b\r\n${multipart('b')}\r\n\r\n`.repeat(4_000) }),
  'escapes of ISO-2022-JP': () =>
    mail({ headers: ['Content-Type: text/plain; charset=iso-2022-jp'], body: '\x1b$B\x1b(B'.repeat(40_000) }),
  'tags that never close': () =>
    mail({ headers: ['Content-Type: text/html; charset=utf-8'], body: '<a '.repeat(80_000) }),
  'comments that never close': () =>
    mail({
      headers: ['Content-Type: text/html; charset=utf-8'],
      body: '<!--<style><![CDATA['.repeat(12_000),
    }),
  'entities without an end': () =>
    mail({ headers: ['Content-Type: text/html; charset=utf-8'], body: '&#x'.repeat(80_000) }),
  'a list of a list of a list': () =>
    mail({
      headers: ['Content-Type: text/html; charset=utf-8'],
      body: '<ul><li><blockquote>'.repeat(12_000),
    }),
  '12,000 results of authentication': () =>
    mail({
      headers: Array.from({ length: 12_000 }, () => 'Authentication-Results: mx.example; dkim=pass ((('),
    }),
  'a calendar of 50 MB': () =>
    mail({ headers: [multipart('b')], body: attachment('text/calendar', 'invite.ics', 50 * MB) }),
  'a winmail.dat of 50 MB': () =>
    mail({ headers: [multipart('b')], body: attachment('application/ms-tnef', 'winmail.dat', 50 * MB) }),
  'a zip of 50 MB': () =>
    mail({ headers: [multipart('b')], body: attachment('application/zip', 'orders.zip', 50 * MB) }),
}

// Mails that a stranger could write, put among the real ones. Their numbers are nobody's.

export const HOSTILE_MAILS = ['marks', 'subject', 'numbers', 'html', 'labels'] as const
export type HostileMail = (typeof HOSTILE_MAILS)[number]

/**
 * Normalising this is quadratic where nothing bounds it: marks of different classes that have to be put in
 * order.
 */
const MARKS = 'a\u0315\u0300\u05ae\u0300'.repeat(40_000)
const manyNumbers = (count: number): string =>
  Array.from(
    { length: count },
    (_, n) => `注文番号: 250-${String(1_000_000 + n)}-${String(9_000_000 - n)}`,
  ).join('\r\n')

const BODIES: Record<HostileMail, { subject: string; type: string; body: string }> = {
  marks: { subject: '注文確認', type: 'text/plain', body: MARKS.slice(0, 100_000) },
  subject: { subject: MARKS.slice(0, 40_000), type: 'text/plain', body: '注文' },
  numbers: { subject: '注文確定', type: 'text/plain', body: manyNumbers(12_000) },
  html: {
    subject: '注文確認',
    type: 'text/html',
    body: `${'<constructor>&valueOf;<div '.repeat(3_000)}${'<table><tr><td>'.repeat(3_000)}`,
  },
  labels: {
    subject: `${'Fwd: '.repeat(4_000)}注文`,
    type: 'text/plain',
    body: `${'> '.repeat(60_000)}注文番号`,
  },
}

/** Each as a mall's own mail would look to one who only reads the envelope. */
export function hostileMail(kind: HostileMail, to: string): Buffer {
  const { subject, type, body } = BODIES[kind]
  const encoded = `=?UTF-8?B?${Buffer.from(subject).toString('base64')}?=`
  return Buffer.from(
    [
      'From: "Amazon.co.jp" <seller-notification@amazon.co.jp>',
      `To: ${to}`,
      `Subject: ${encoded}`,
      `Date: ${new Date().toUTCString()}`,
      `Message-ID: <hostile-${kind}-${process.hrtime.bigint()}@example.invalid>`,
      'MIME-Version: 1.0',
      `Content-Type: ${type}; charset=UTF-8`,
      'Content-Transfer-Encoding: base64',
      '',
      (
        Buffer.from(body)
          .toString('base64')
          .match(/.{1,76}/g) ?? []
      ).join('\r\n'),
      '',
    ].join('\r\n'),
  )
}
