/** Mails that a stranger could write, put among the real ones. Their numbers are nobody's. */

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
