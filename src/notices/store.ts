import type { Prisma } from '../generated/prisma/client.ts'
import type { Db } from '../platform/db/database.ts'
import type { NewId } from '../platform/ids.ts'

type NoticeKind = 'expiry' | 'attention'

export interface NewNotice {
  tenantId: string
  /** A shop's, a mailbox's or a webhook's. */
  shopId: string | null
  mailboxId: string | null
  webhookId?: string
  kind: NoticeKind
  what: string
  occursAt: Date
  threshold: number
  subject: string
  text: string
}

export interface NoticeStoreTools {
  db: Db
  newId: NewId
  /** Whether notices go out by mail; otherwise they only stand in the list. */
  mails: boolean
}

/**
 * Keeps the notices that are new, each with one mail for every address of its tenant. What is there already, by whichever
 * process, is left alone: this is what makes a notice go out once. Gives how many were new.
 */
export async function keepNotices(
  tools: NoticeStoreTools,
  notices: readonly NewNotice[],
  at: Date,
): Promise<number> {
  if (notices.length === 0) return 0
  return tools.db.$transaction(async (tx) => {
    const kept = await tx.notice.createManyAndReturn({
      data: notices.map((notice) => ({ ...notice, id: tools.newId(), createdAt: at })),
      skipDuplicates: true,
      select: { id: true, tenantId: true },
    })
    if (tools.mails && kept.length > 0) await tx.noticeMail.createMany({ data: await mailsOf(tx, kept) })
    return kept.length

    async function mailsOf(
      db: Prisma.TransactionClient,
      rows: readonly { id: string; tenantId: string }[],
    ): Promise<Prisma.NoticeMailCreateManyInput[]> {
      const tenants = await db.tenant.findMany({
        where: { id: { in: [...new Set(rows.map((row) => row.tenantId))] } },
        select: { id: true, emails: true },
      })
      const addresses = new Map(tenants.map(({ id, emails }) => [id, distinct(emails)]))
      return rows.flatMap(({ id, tenantId }) =>
        (addresses.get(tenantId) ?? []).map((address) => ({
          id: tools.newId(),
          noticeId: id,
          address,
          nextAttemptAt: at,
        })),
      )
    }
  })
}

/** The same mailbox written twice gets one mail. */
function distinct(emails: readonly string[]): string[] {
  return [...new Map(emails.map((email) => [email.toLowerCase(), email])).values()]
}

/** Which ends of these shops' credentials were told already, as `noticeKey` writes them. */
export async function toldKeys(db: Db, shopIds: readonly string[]): Promise<Set<string>> {
  const rows = await db.notice.findMany({
    where: { shopId: { in: [...shopIds] }, kind: 'expiry' },
    select: { shopId: true, kind: true, what: true, occursAt: true, threshold: true },
  })
  return new Set(rows.map(noticeKey))
}

type Told = Pick<NewNotice, 'shopId' | 'what' | 'occursAt' | 'threshold'>

export const noticeKey = ({ shopId, what, occursAt, threshold }: Told): string =>
  `${shopId} ${what} ${occursAt.getTime()} ${threshold}`

const KEPT_MS = 400 * 24 * 60 * 60 * 1000
const DAY_MS = 24 * 60 * 60 * 1000

/** Longer than any lifetime, so that none is told anew because its notice was forgotten. */
export async function forgetOldRows(db: Db, now: number): Promise<void> {
  await db.notice.deleteMany({
    where: { createdAt: { lt: new Date(now - KEPT_MS) }, occursAt: { lt: new Date(now - KEPT_MS) } },
  })
  await db.consentRequest.deleteMany({ where: { createdAt: { lt: new Date(now - DAY_MS) } } })
}
