import { AUTHSERV_ID } from '../../../sandbox/mails/compose-mail.ts'

export const FILE_SENDER = 'report@cart.example'

const inBase64 = (text: string) => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`

/** A mail of a cart that sends its orders as a file, as the host that took it vouches for it. */
export function mailWithFile(
  name: string,
  bytes: Buffer,
  { id, to, at }: { id: string; to: string; at: number },
): Buffer {
  return Buffer.from(
    [
      `Authentication-Results: ${AUTHSERV_ID}; dkim=pass header.d=${FILE_SENDER.split('@')[1]}`,
      `From: ${FILE_SENDER}`,
      `To: ${to}`,
      `Subject: ${inBase64('受注データ')}`,
      `Date: ${new Date(at).toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: <${id}@cart.example>`,
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="cut"',
      '',
      '--cut',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'orders',
      '--cut',
      `Content-Type: text/csv; name="${name}"`,
      'Content-Transfer-Encoding: base64',
      `Content-Disposition: attachment; filename="${name}"`,
      '',
      bytes.toString('base64').replace(/.{76}/g, '$&\r\n'),
      '--cut--',
      '',
    ].join('\r\n'),
  )
}
