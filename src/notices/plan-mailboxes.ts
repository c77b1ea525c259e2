import { mailboxHints } from '../shops/mailboxes/mailbox-hints.ts'
import type { AttentionTools } from './plan-attention.ts'
import { keepNotices, type NewNotice } from './store.ts'
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
/** A mail server that comes and goes all day is told of at most this often. */
const QUIET_MS = 6 * 60 * 60 * 1000
const NO_MAILS = 'MAILBOX_QUIET'

/**
 * Tells of mailboxes that came under attention (要対応) since the last look, or to which no order mails come although they
 * use to. The latter not where the former was just told: it is the cause. The number of new notices.
 */
export async function planMailboxes(tools: Omit<AttentionTools, 'marketplaces'>): Promise<number> {
  const now = tools.clock.now()
  const recent = new Date(now - QUIET_MS)
  const rows = await tools.db.$queryRaw<Row[]>`
    SELECT m.id::text, m.tenant_id::text AS "tenantId", m.name, m.host, told.code, told.message, told.since,
      m.quiet_expected AS "quietExpected",
      ARRAY(SELECT s.name FROM mailbox_shops l JOIN shops s ON s.id = l.shop_id
        WHERE l.mailbox_id = m.id ORDER BY s.name) AS shops
    FROM mailboxes m JOIN tenants t ON t.id = m.tenant_id AND t.status = 'active'
    CROSS JOIN LATERAL (
      SELECT m.attention_code, coalesce(m.attention_message, ''), m.attention_since WHERE m.attention_code IS NOT NULL
      UNION ALL SELECT ${NO_MAILS}::text, '', m.quiet_since WHERE m.attention_code IS NULL
    ) told (code, message, since)
    WHERE m.enabled AND told.since IS NOT NULL
      AND NOT EXISTS (
        SELECT FROM notices n
        WHERE n.mailbox_id = m.id AND n.kind = 'attention' AND (n.occurs_at = told.since
          OR n.created_at > ${recent} AND (n.what = told.code OR told.code = ${NO_MAILS})))
    ORDER BY told.since LIMIT ${MOST}`
  return keepNotices(tools, rows.map(noticeOf), new Date(now))
}

function noticeOf(row: Row): NewNotice {
  const { id: mailboxId, tenantId, name, host, shops, code, since } = row
  const [quiet] = mailboxHints({ enabled: true, quietSince: since, quietExpected: row.quietExpected })
  const message = code === NO_MAILS ? (quiet?.message ?? '') : row.message
  return {
    ...{ tenantId, shopId: null, mailboxId, kind: 'attention', what: code, occursAt: since, threshold: 0 },
    ...mailboxText({ name, host, shops }, { code, message, since }, code !== NO_MAILS),
  }
}
