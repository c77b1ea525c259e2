import type { MessageEnvelopeObject } from 'imapflow'
import type { ReadableMail } from '../../marketplaces/port/mail-rules.ts'
import { HEAD_BYTES } from '../mail-bytes.ts'
import { parsePlainHead } from './plain-head.ts'

export type MailHead = Pick<MessageEnvelopeObject, 'subject' | 'from' | 'to' | 'messageId' | 'date'>

/** Parses the headers that count, at most 32 KiB. A promise only for unusual ones, which take longer. */
export function readHead(headers: Buffer): MailHead | Promise<MailHead> {
  const head = headers.subarray(0, HEAD_BYTES)
  const text = head.toString('latin1')
  const plain = parsePlainHead(withoutLineEnds(text))
  return plain === null ? readUnusualHead(head, text) : toMailHead(plain, text)
}

async function readUnusualHead(head: Buffer, text: string): Promise<MailHead> {
  // Late: few heads need the parser, and a listener would hold it for them.
  const { parseAnyMail } = await import('./parse-mail.ts')
  return toMailHead(await parseAnyMail(Buffer.concat([head, Buffer.from('\r\n\r\n')])), text)
}

function toMailHead(mail: Pick<ReadableMail, 'from' | 'to' | 'subject'>, text: string): MailHead {
  const messageId = /^message-id:[ \t]*(?:\r?\n[ \t]+)?([^\s]{1,998})/im.exec(text)?.[1]
  const date = /^date:[ \t]*([^\r\n]{1,100})/im.exec(text)?.[1]
  const addresses = (list: readonly string[]) => list.map((address) => ({ address }))
  return {
    subject: mail.subject,
    from: addresses(mail.from),
    to: addresses(mail.to),
    ...(messageId === undefined ? {} : { messageId }),
    ...(date === undefined ? {} : { date: new Date(date) }),
  }
}

function withoutLineEnds(text: string): string {
  let end = text.length
  while (end > 0 && (text[end - 1] === '\r' || text[end - 1] === '\n')) end -= 1
  return text.slice(0, end)
}
