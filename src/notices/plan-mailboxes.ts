import { mailboxHints } from '../shops/mailboxes/mailbox-schemas.ts'
import type { AttentionTools } from './plan-attention.ts'
import { untoldMailboxes } from './sql.ts'
import { insertNotices, type NewNotice } from './store.ts'
import { mailboxText } from './texts.ts'

interface Row {
  id: string
  tenantId: string
  name: string
  host: string
  /** Names of the shops whose order mails come there. */
  shops: string[]
  code: string
  message: string
  since: Date
  quietExpected: number | null
}

const MOST = 200
/** Shortest time between two notices of a mail server that fails and recovers all day. */
const QUIET_MS = 6 * 60 * 60 * 1000
const NO_MAILS = 'MAILBOX_QUIET'

/**
 * Notifies of mailboxes that came under attention (要対応) since the last round, or that miss their usual order
 * mails. A silence is not reported when attention was just reported, which is its cause. Returns the number
 * of new notices.
 */
export async function planMailboxes(tools: Omit<AttentionTools, 'marketplaces'>): Promise<number> {
  const now = tools.clock.now()
  const recent = new Date(now - QUIET_MS)
  const rows = await tools.db.$queryRaw<Row[]>(untoldMailboxes(NO_MAILS, recent, MOST))
  return insertNotices(tools, rows.map(noticeOf), new Date(now))
}

function noticeOf(row: Row): NewNotice {
  const { id: mailboxId, tenantId, name, host, shops, code, since } = row
  const [quiet] = mailboxHints({
    enabled: true,
    quietSince: since,
    quietExpected: row.quietExpected,
    skippedAt: null,
  })
  const message = code === NO_MAILS ? (quiet?.message ?? '') : row.message
  return {
    tenantId,
    shopId: null,
    mailboxId,
    kind: 'attention',
    what: code,
    occursAt: since,
    threshold: 0,
    ...mailboxText({ name, host, shops }, { code, message, since }, code !== NO_MAILS),
  }
}
