import type { SandboxEvent, SandboxOrder } from '../kit/types.ts'
import { connectorContent } from '../malls/connector/mail.ts'
import { MAIL_CONTENT } from '../malls/index.ts'
import type { MailContent } from './mail-content.ts'
import {
  attachedMail,
  encodeHeader,
  joinMessage,
  type MailCharset,
  type MimePart,
  multipart,
  type TransferEncoding,
  textPart,
} from './mime.ts'

type MailShape = 'plain' | 'multipart' | 'html' | 'forwarded-inline' | 'forwarded-attached'

export interface MailOptions {
  /** Where the mail is sent; the forwarding shop's address too. */
  to: string
  charset: MailCharset
  shape: MailShape
  /** With or without angle brackets. By default made of the order number, the event and the shape. */
  messageId?: string
  /** By default base64 for UTF-8, 7bit for ISO-2022-JP, 8bit for Shift_JIS. */
  transfer?: TransferEncoding
}

const CONTENTS: Record<SandboxOrder['marketplace'], (event: SandboxEvent) => MailContent> = {
  ...MAIL_CONTENT,
  connector: connectorContent,
}

/** The start of the simulated mail server's results: mailboxes that know this name believe what it says. */
export const AUTHSERV_ID = 'mail.sandbox.example'

/** The simulated mall's mail about an event, as bytes. The same event and options give the same bytes. */
export function composeMail(event: SandboxEvent, options: MailOptions): Buffer {
  const content = CONTENTS[event.order.marketplace](event)
  const id =
    options.messageId ?? `<${event.order.orderNumber}.${event.type}.${options.shape}@mail.sandbox.example>`
  const headers = (from: string, subject: string, messageId: string): string[] => [
    `Authentication-Results: ${AUTHSERV_ID}; dkim=pass header.d=${content.from.split('@')[1]}`,
    `Return-Path: <bounce@${content.from.split('@')[1]}>`,
    `From: ${from}`,
    `To: <${options.to}>`,
    `Subject: ${encodeHeader(subject, options.charset)}`,
    `Date: ${event.order.orderedAt.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${messageId.startsWith('<') ? messageId : `<${messageId}>`}`,
  ]
  const mall = `${encodeHeader(content.fromName, options.charset)} <${content.from}>`
  if (!options.shape.startsWith('forwarded')) {
    return joinMessage(headers(mall, content.subject, id), bodyOf(content, options, options.shape))
  }
  const shop = `${encodeHeader('受注担当', options.charset)} <${options.to}>`
  return joinMessage(headers(shop, `Fw: ${content.subject}`, id), forwarded())

  function forwarded(): MimePart {
    if (options.shape === 'forwarded-inline') {
      return textPart(
        'plain',
        quoted(content, options.to, event.order.orderedAt),
        options.charset,
        options.transfer,
      )
    }
    const original = joinMessage(
      headers(
        mall,
        content.subject,
        `<original.${event.order.orderNumber}.${event.type}@mail.sandbox.example>`,
      ),
      bodyOf(content, options, 'plain'),
    )
    const note = textPart('plain', '転送します。\n', options.charset, options.transfer)
    return multipart('mixed', boundaryOf(event), [note, attachedMail(original)])
  }

  function bodyOf(mail: MailContent, how: MailOptions, shape: MailShape): MimePart {
    const plain = () => textPart('plain', mail.text, how.charset, how.transfer)
    const html = () => textPart('html', htmlOf(mail), how.charset, how.transfer)
    if (shape === 'html') return html()
    return shape === 'multipart' ? multipart('alternative', boundaryOf(event), [plain(), html()]) : plain()
  }
}

const boundaryOf = (event: SandboxEvent): string => `----=_Part_${event.order.orderNumber}_${event.type}`

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ESCAPED[character] as string)

function htmlOf(content: MailContent): string {
  const lines = escapeHtml(content.text).replaceAll('\n', '<br>\n')
  return `<html><head><title>${escapeHtml(content.subject)}</title><style>body { color: #333 }</style></head>
<body><table><tr><td><div>
${lines}
</div><a href="${escapeHtml(content.link)}">注文の詳細を見る</a></td></tr></table></body></html>
`
}

/** A forward as a person's mail program makes it: the original's headers and its text, each line quoted. */
function quoted(content: MailContent, to: string, sentAt: Date): string {
  const original = `----- 元のメッセージ -----
差出人: ${content.fromName} <${content.from}>
宛先: ${to}
日時: ${sentAt.toISOString()}
件名: ${content.subject}

${content.text}`
  return `お疲れさまです。転送します。\n\n${original.trimEnd().replace(/^/gm, '> ')}\n`
}
