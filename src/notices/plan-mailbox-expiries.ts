import { type CalendarMailbox, mailboxLifetimes, passedThreshold } from '../shops/calendar/lifetimes.ts'
import type { AttentionTools } from './plan-attention.ts'
import { insertNotices, type NewNotice } from './store.ts'
import { mailboxExpiryText } from './texts.ts'

interface Row extends CalendarMailbox {
  id: string
  tenantId: string
  name: string
  host: string
}

/**
 * Notifies of mailbox credentials that end, as for shops. Mailboxes with an end are few, so all are read at
 * once.
 */
export async function planMailboxExpiries(tools: Omit<AttentionTools, 'marketplaces'>): Promise<number> {
  const now = tools.clock.now()
  const rows = await tools.db.mailbox.findMany({
    where: {
      enabled: true,
      tenant: { status: 'active' },
      OR: [{ secretEndsAt: { not: null } }, { consentEndsAt: { not: null } }],
    },
    select: {
      id: true,
      tenantId: true,
      name: true,
      host: true,
      authKind: true,
      consentedAt: true,
      consentEndsAt: true,
      secretEndsAt: true,
    },
  })
  return insertNotices(
    tools,
    rows.flatMap((row) => dueNotices(row, now)),
    new Date(now),
  )
}

function dueNotices(row: Row, now: number): NewNotice[] {
  const { id: mailboxId, tenantId, name, host } = row
  return mailboxLifetimes(row).flatMap((lifetime) => {
    const { key: what, endsAt } = lifetime
    const threshold = passedThreshold(lifetime, now)
    if (endsAt === null || threshold === null) return []
    const words = mailboxExpiryText({ name, host }, { ...lifetime, endsAt }, threshold, now)
    return [
      {
        tenantId,
        mailboxId,
        shopId: null,
        kind: 'expiry' as const,
        what,
        occursAt: endsAt,
        threshold,
        ...words,
      },
    ]
  })
}
