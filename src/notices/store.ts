import type { Notice, Prisma } from '../generated/prisma/client.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import type { NewId } from '../platform/ids.ts'
import { nextInJapan } from '../platform/japan-time.ts'

type NoticeKind = 'expiry' | 'attention' | 'report'

export interface NewNotice {
  tenantId: string
  /** One of these for a shop's, a mailbox's or a webhook's notice; none for a report. */
  shopId?: string
  mailboxId?: string
  webhookId?: string
  kind: NoticeKind
  what: string
  occursAt: Date
  /** Left out: 0. */
  threshold?: number
  subject: string
  text: string
}

export interface NoticeTools {
  db: Db
  clock: Clock
  newId: NewId
  /** True when notices go out by mail; otherwise they appear only in the list. */
  mails: boolean
}

/**
 * Stores new notices, each with one mail per address of its tenant and one delivery per channel that wants
 * it. Skips notices that any process has already stored, so that each goes out once.
 * @returns the number of new notices
 */
export async function insertNotices(
  tools: NoticeTools,
  notices: readonly NewNotice[],
  at: Date,
): Promise<number> {
  if (notices.length === 0) return 0
  return tools.db.$transaction(async (tx) => {
    const kept = await tx.notice.createManyAndReturn({
      data: notices.map((notice) => ({ threshold: 0, ...notice, id: tools.newId(), createdAt: at })),
      skipDuplicates: true,
      select: { id: true, tenantId: true, shopId: true, kind: true },
    })
    if (kept.length === 0) return 0
    const tenantIds = [...new Set(kept.map((row) => row.tenantId))]
    if (tools.mails) await tx.noticeMail.createMany({ data: await mailsOf(tx, tools, tenantIds, kept, at) })
    await tx.noticeDelivery.createMany({ data: await deliveriesOf(tx, tools, tenantIds, kept, at) })
    return kept.length
  })
}

type Kept = Pick<Notice, 'id' | 'tenantId' | 'shopId' | 'kind'>

/** A report goes only to the person who asked for it, not to all addresses. */
async function mailsOf(
  tx: Prisma.TransactionClient,
  tools: NoticeTools,
  tenantIds: readonly string[],
  kept: readonly Kept[],
  at: Date,
): Promise<Prisma.NoticeMailCreateManyInput[]> {
  const tenants = await tx.tenant.findMany({
    where: { id: { in: [...tenantIds] } },
    select: { id: true, emails: true },
  })
  const addresses = new Map(tenants.map(({ id, emails }) => [id, distinct(emails)]))
  return kept
    .filter(({ kind }) => kind !== 'report')
    .flatMap(({ id, tenantId }) =>
      (addresses.get(tenantId) ?? []).map((address) => ({
        id: tools.newId(),
        noticeId: id,
        address,
        nextAttemptAt: at,
      })),
    )
}

async function deliveriesOf(
  tx: Prisma.TransactionClient,
  tools: NoticeTools,
  tenantIds: readonly string[],
  kept: readonly Kept[],
  at: Date,
): Promise<Prisma.NoticeDeliveryCreateManyInput[]> {
  const channels = await tx.noticeChannel.findMany({
    where: {
      tenantId: { in: [...tenantIds] },
      enabled: true,
      ...(tools.mails ? {} : { kind: { not: 'mail' } }),
    },
    select: { id: true, tenantId: true, topics: true, shopIds: true, pace: true },
  })
  return channels.flatMap((channel) =>
    kept
      .filter(
        ({ tenantId, kind, shopId }) =>
          tenantId === channel.tenantId &&
          channel.topics.includes(kind) &&
          (channel.shopIds.length === 0 || shopId === null || channel.shopIds.includes(shopId)),
      )
      .map(({ id, kind }) => ({
        id: tools.newId(),
        noticeId: id,
        channelId: channel.id,
        nextAttemptAt: dueAt(kind, channel.pace, at),
      })),
  )
}

/** Reports are made from seven o'clock on; with what waited since yesterday they are one message. */
export const REPORT_HOUR = 7
const REPORT_MINUTE = 5

function dueAt(kind: string, pace: string, at: Date): Date {
  const morning = new Date(nextInJapan(at.getTime(), REPORT_HOUR, REPORT_MINUTE))
  // A late report goes out at once, not tomorrow.
  if (kind === 'report') return morning.getTime() - at.getTime() <= HOUR_MS ? morning : at
  return pace === 'daily' ? morning : at
}

/** The same mailbox written twice gets one mail. */
function distinct(emails: readonly string[]): string[] {
  return [...new Map(emails.map((email) => [email.toLowerCase(), email])).values()]
}

/** Lists the expiry notices already sent for the credentials of these shops, in the form of `noticeKey`. */
export async function toldKeys(db: Db, shopIds: readonly string[]): Promise<Set<string>> {
  const rows = await db.notice.findMany({
    where: { shopId: { in: [...shopIds] }, kind: 'expiry' },
    select: { shopId: true, kind: true, what: true, occursAt: true, threshold: true },
  })
  return new Set(rows.map(noticeKey))
}

type Told = Pick<Notice, 'shopId' | 'what' | 'occursAt' | 'threshold'>

export const noticeKey = ({ shopId, what, occursAt, threshold }: Told): string =>
  `${shopId} ${what} ${occursAt.getTime()} ${threshold}`

const HOUR_MS = 60 * 60 * 1000
const KEPT_MS = 400 * 24 * 60 * 60 * 1000
const DAY_MS = 24 * 60 * 60 * 1000

/** Longer than any lifetime, so that no notice is repeated because its row was deleted. */
export async function deleteOldNotices(db: Db, now: number): Promise<void> {
  await db.notice.deleteMany({
    where: { createdAt: { lt: new Date(now - KEPT_MS) }, occursAt: { lt: new Date(now - KEPT_MS) } },
  })
  await db.consentRequest.deleteMany({ where: { createdAt: { lt: new Date(now - DAY_MS) } } })
}
