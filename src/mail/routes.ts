import { z } from 'zod'
import { operator } from '../http/access.ts'
import type { Routes } from '../http/app-types.ts'
import { operation } from '../http/operation.ts'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { CursorTime, Id, iso, isoOrNull, NextCursor, pageQuery, Time } from '../http/schemas.ts'
import { MAIL_KINDS, MAIL_TRUSTS } from '../marketplaces/port/mail-rules.ts'
import { MARKETPLACES } from '../marketplaces/port/order.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { given } from '../platform/narrow.ts'
import { type KeptMail, mailContext } from './intake/batch.ts'

const MailAnswer = z
  .object({
    id: Id,
    tenantId: Id.describe('Tenant (契約店)'),
    mailboxId: Id.describe('Mailbox (受信箱)'),
    state: z
      .enum(['recognised', 'unreadable'])
      .describe(
        'recognised 判別済, unreadable 判別不能: nothing could be found in it, or it is of no known shop',
      ),
    marketplace: z.enum(MARKETPLACES).describe('Mall (モール)'),
    kind: z.enum(MAIL_KINDS).describe('Kind (種類)'),
    orderNumbers: z.array(z.string()).describe('Order numbers found (注文番号)'),
    trust: z
      .enum(MAIL_TRUSTS)
      .nullable()
      .describe(
        'verified 確認済: the receiving host vouches for the mall, forwarder 転送元: a shop entered the sender, learned 実績あり: what came this way ' +
          'before named orders that the mall has, unknown 未確認; null: read by an older release (差出人の確認)',
      ),
    reason: z.string().nullable().describe('Why it could not be read and what to do, Japanese (理由)'),
    sentAt: Time.nullable().describe('Date in the mail itself (送信日時)'),
    seenAt: Time.describe('When it was read (受信日時)'),
    size: z.int().describe('Bytes (サイズ)'),
    subject: z.string().nullable().describe('Subject; null when it cannot be unsealed (件名)'),
    from: z.array(z.string()).describe('Senders (差出人)'),
    text: z.string().nullable().describe('Text, of unreadable mails only (本文)'),
  })
  .describe('A mail of a mall (モールからのメール)')

const Position = z.tuple([CursorTime, z.uuid()])

/** For operators alone: subjects, senders and texts are shown in clear. */
export const mailRoutes =
  ({ db, sealer }: { db: Db; sealer: Pick<Sealer, 'of'> }): Routes =>
  (app) => {
    operation(app, {
      id: 'listMails',
      at: 'GET /v1/admin/mails',
      since: '1.0.0',
      tag: 'operator',
      who: operator('personal data'),
      cost: 'light',
      audit: ['mails.viewed'],
      seen: (
        { mails }, // One for each tenant: its owners see who read its mails.
      ) =>
        [...Map.groupBy(mails, ({ tenantId }) => tenantId)].map(([tenantId, { length }]) => ({
          tenantId,
          action: 'mails.viewed',
          target: '',
          data: { mails: length },
        })),
      summary: 'Mails of the malls that were read (受信メール)',
      description:
        'Newest first. Mails that are no mall’s are counted only and never stored. Shows personal data: subject, sender and, ' +
        'of unreadable mails, the text.',
      query: z.strictObject({
        tenantId: Id.optional().describe('Only this tenant (契約店)'),
        mailboxId: Id.optional().describe('Only this mailbox (受信箱)'),
        state: z.enum(['recognised', 'unreadable']).optional().describe('Only this state (状態)'),
        ...pageQuery(),
      }),
      answers: { 200: z.object({ mails: z.array(MailAnswer), nextCursor: NextCursor }) },
      run: async (request) => {
        const { tenantId, mailboxId, state, cursor, limit } = request.query
        const rows = await db.mail.findMany({
          where: {
            ...given({ tenantId, mailboxId, state }),
            ...(cursor === undefined ? {} : before(decodeCursor(cursor, Position))),
          },
          orderBy: [{ seenAt: 'desc' }, { id: 'desc' }],
          take: limit + 1,
        })
        const page = pageOf(rows, limit, (row) => [iso(row.seenAt), row.id])
        return { mails: page.rows.map((row) => mailAnswer(row, sealer)), nextCursor: page.nextCursor }
      },
    })
  }

type MailRow = Awaited<ReturnType<Db['mail']['findMany']>>[number]

function mailAnswer(row: MailRow, sealer: Pick<Sealer, 'of'>): z.infer<typeof MailAnswer> {
  const kept = unseal(row, sealer)
  return {
    id: row.id,
    tenantId: row.tenantId,
    mailboxId: row.mailboxId,
    state: row.state,
    marketplace: row.marketplace,
    kind: MAIL_KINDS.find((kind) => kind === row.kind) ?? 'unknown',
    orderNumbers: row.orderNumbers,
    trust: MAIL_TRUSTS.find((trust) => trust === row.trust) ?? null,
    reason: row.reason,
    sentAt: isoOrNull(row.sentAt),
    seenAt: iso(row.seenAt),
    size: row.size,
    subject: kept?.subject ?? null,
    from: kept?.from ?? [],
    text: kept?.text ?? null,
  }
}

/** One mail whose key is gone must not hide the others. */
function unseal(row: MailRow, sealer: Pick<Sealer, 'of'>): KeptMail | null {
  if (row.sealedMail === null) return null
  try {
    return sealer.of(row.tenantId).openJson<KeptMail>(mailContext(row.id), row.sealedMail)
  } catch {
    return null
  }
}

const before = ([seenAt, id]: [string, string]) => ({
  OR: [{ seenAt: { lt: new Date(seenAt) } }, { seenAt: new Date(seenAt), id: { lt: id } }],
})
