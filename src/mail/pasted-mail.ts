import { z } from 'zod'
import { AppError } from '../platform/errors.ts'
import { MAIL_BYTES } from './mail-bytes.ts'
import type { PastedMail } from './recognition/judge.ts'

/** The fields of a body in which a person pastes a mail. */
export const PASTED_MAIL = {
  source: z
    .string()
    .min(1)
    .max(MAIL_BYTES)
    .optional()
    .describe('The whole mail as the mail program shows its source, headers and all (メールのソース)'),
  from: z.string().max(320).optional().describe('Sender, when there is no source (差出人)'),
  subject: z.string().max(1000).optional().describe('Subject, when there is no source (件名)'),
  text: z.string().max(MAIL_BYTES).optional().describe('Text, when there is no source (本文)'),
}

/** @throws AppError VALIDATION_FAILED where there is neither a source nor a subject or text */
export function toPastedMail(body: {
  source?: string | undefined
  from?: string | undefined
  subject?: string | undefined
  text?: string | undefined
}): PastedMail {
  if (body.source !== undefined) return { source: Buffer.from(body.source) }
  if (body.subject === undefined && body.text === undefined) {
    throw new AppError('VALIDATION_FAILED', 'メールのソース、または件名と本文を貼り付けてください。', {
      fields: [
        { field: 'source', message: 'メールのソース全体か、from・subject・text を指定してください。' },
      ],
    })
  }
  const sender = /[^\s<>]+@[^\s<>]+/.exec(body.from ?? '')?.[0].toLowerCase()
  const from = sender ? [sender] : []
  return { mail: { from, to: [], subject: body.subject ?? '', text: body.text ?? '', forwarded: [] } }
}

/** The mail or the rules are too much for the second that a reading may take. */
export function notRead(): never {
  throw new AppError('VALIDATION_FAILED', 'このメールは、時間内に読み取れませんでした。', {
    fields: [
      {
        field: 'source',
        message: 'メールの大きさと、試すルールの数を減らしてください。',
      },
    ],
  })
}
