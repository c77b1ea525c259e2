import type { MessageEnvelopeObject } from 'imapflow'

/** More headers than any mail needs, and few enough to be read in passing. */
export const HEAD_BYTES = 32 * 1024

export type MailHead = Pick<MessageEnvelopeObject, 'subject' | 'from' | 'to' | 'messageId' | 'date'>

/** What a mail's headers say of it; of endless ones the first 32 KiB. */
export async function readHead(headers: Buffer): Promise<MailHead> {
  // Late: a listener reads heads only where its server's own envelopes fail, and would hold the parser for it.
  const { parseMail } = await import('./parse-mail.ts')
  const head = headers.subarray(0, HEAD_BYTES)
  const { from, to, subject } = await parseMail(Buffer.concat([head, Buffer.from('\r\n\r\n')]))
  const text = head.toString('latin1')
  const messageId = /^message-id:[ \t]*(?:\r?\n[ \t]+)?([^\s]{1,998})/im.exec(text)?.[1]
  const date = /^date:[ \t]*([^\r\n]{1,100})/im.exec(text)?.[1]
  const addresses = (list: readonly string[]) => list.map((address) => ({ address }))
  return {
    ...{ subject, from: addresses(from), to: addresses(to) },
    ...(messageId === undefined ? {} : { messageId }),
    ...(date === undefined ? {} : { date: new Date(date) }),
  }
}
