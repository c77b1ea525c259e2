import { Prisma } from '../generated/prisma/client.ts'

/** Statements on sets of notices, each with the reason why it is one round trip. */

/**
 * Finding and taking are one statement: of two processes each gets other mails, and none waits for the other. `until` is when
 * a mail that was taken and not sent is due again.
 */
export const claimDueMails = (now: Date, until: Date, most: number): Prisma.Sql => Prisma.sql`
WITH due AS (
  SELECT id FROM notice_mails WHERE state = 'waiting' AND next_attempt_at <= ${now}
  ORDER BY next_attempt_at LIMIT ${most} FOR UPDATE SKIP LOCKED
)
UPDATE notice_mails m SET attempts = m.attempts + 1, next_attempt_at = ${until}
FROM due, notices n WHERE m.id = due.id AND n.id = m.notice_id
RETURNING m.id::text, m.address, m.attempts, n.subject, n.text, n.created_at AS "createdAt"`

/**
 * Mailboxes that came under attention or went quiet (`noMails`) and were not told of since `recent`. What was told is looked
 * for beside each, by what it was: read apart, it would be all notices of all mailboxes.
 */
export const untoldMailboxes = (noMails: string, recent: Date, most: number): Prisma.Sql => Prisma.sql`
SELECT m.id::text, m.tenant_id::text AS "tenantId", m.name, m.host, told.code, told.message, told.since,
  m.quiet_expected AS "quietExpected",
  ARRAY(SELECT s.name FROM mailbox_shops l JOIN shops s ON s.id = l.shop_id
    WHERE l.mailbox_id = m.id ORDER BY s.name) AS shops
FROM mailboxes m JOIN tenants t ON t.id = m.tenant_id AND t.status = 'active'
CROSS JOIN LATERAL (
  SELECT m.attention_code, coalesce(m.attention_message, ''), m.attention_since WHERE m.attention_code IS NOT NULL
  UNION ALL SELECT ${noMails}::text, '', m.quiet_since WHERE m.attention_code IS NULL
) told (code, message, since)
WHERE m.enabled AND told.since IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM notices n
    WHERE n.mailbox_id = m.id AND n.kind = 'attention' AND (n.occurs_at = told.since
      OR n.created_at > ${recent} AND (n.what = told.code OR told.code = ${noMails})))
ORDER BY told.since LIMIT ${most}`

/** Webhooks that were switched off and not told of; the row says since when. */
export const untoldWebhooks = (most: number): Prisma.Sql => Prisma.sql`
SELECT w.id::text, w.tenant_id::text AS "tenantId", w.name, w.disabled_code AS code, w.disabled_at AS since
FROM webhooks w JOIN tenants t ON t.id = w.tenant_id AND t.status = 'active'
WHERE w.disabled_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM notices n WHERE n.webhook_id = w.id AND n.kind = 'attention' AND n.occurs_at = w.disabled_at)
ORDER BY w.disabled_at LIMIT ${most}`

/** Shops with orders in staging since before `from`, and the day on which the first of them is emptied: one notice for each such day. */
export const unpulledShops = (from: Date, days: number, most: number): Prisma.Sql => Prisma.sql`
SELECT s.id::text AS "shopId", s.tenant_id::text AS "tenantId", s.name AS shop, count(*)::int AS orders,
  date_trunc('day', min(o.staged_at) + make_interval(days => ${days})) AS at
FROM orders o JOIN shops s ON s.id = o.shop_id JOIN tenants t ON t.id = s.tenant_id AND t.status = 'active'
WHERE o.purged_at IS NULL AND o.status = 'auto_imported' AND o.staged_at < ${from}
GROUP BY s.id ORDER BY at LIMIT ${most}`

/** The same of shops. */
export const untoldShops = (recent: Date, most: number): Prisma.Sql => Prisma.sql`
SELECT s.id::text, s.tenant_id::text AS "tenantId", s.name, s.code, s.marketplace::text,
  s.attention_code AS "attentionCode", coalesce(s.attention_message, '') AS "attentionMessage",
  s.attention_since AS "attentionSince"
FROM shops s JOIN tenants t ON t.id = s.tenant_id AND t.status = 'active'
WHERE s.enabled AND s.attention_code IS NOT NULL AND s.attention_since IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM notices n
    WHERE n.shop_id = s.id AND n.kind = 'attention' AND (n.occurs_at = s.attention_since
      OR n.what = s.attention_code AND n.created_at > ${recent}))
ORDER BY s.attention_since LIMIT ${most}`

/** Finding and taking are one statement, as above; a shop without a row gets its first one by it. */
export const claimDueChecks = (now: Date, until: Date, most: number): Prisma.Sql => Prisma.sql`
INSERT INTO credential_checks AS known (shop_id, credentials_version, next_check_at, lease_until, updated_at)
SELECT s.id, s.credentials_version, ${now}, ${until}, ${now}
FROM shops s
JOIN tenants t ON t.id = s.tenant_id AND t.status = 'active'
LEFT JOIN credential_checks c ON c.shop_id = s.id
WHERE s.enabled AND s.sealed_credentials IS NOT NULL AND s.attention_code IS NULL
  AND (s.lane_closed_until IS NULL OR s.lane_closed_until <= ${now})
  AND (c.shop_id IS NULL OR ((c.next_check_at <= ${now} OR c.credentials_version <> s.credentials_version)
    AND (c.lease_until IS NULL OR c.lease_until <= ${now})))
ORDER BY c.next_check_at NULLS FIRST, s.id LIMIT ${most}
ON CONFLICT (shop_id) DO UPDATE SET
  checked_at = CASE WHEN known.credentials_version = excluded.credentials_version THEN known.checked_at END,
  expiries = CASE WHEN known.credentials_version = excluded.credentials_version THEN known.expiries ELSE '[]' END,
  credentials_version = excluded.credentials_version, lease_until = excluded.lease_until, updated_at = excluded.updated_at
  WHERE known.lease_until IS NULL OR known.lease_until <= ${now}
RETURNING shop_id::text AS "shopId", credentials_version AS "credentialsVersion"`
