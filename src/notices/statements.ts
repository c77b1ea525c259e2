import { Prisma } from '../generated/prisma/client.ts'
import { OPEN_MOVES } from '../shops/tenants/tenants.ts'

/** Statements on sets of notices, each with the reason why it is one round trip. */

/**
 * Finding and taking are one statement: of two processes each gets other mails, and none waits for the other.
 * All of an address that is due is taken together, to be one mail, and none of an address that got one since
 * `recent`: what comes meanwhile is the next digest. `until` is when a mail that was taken and not sent is
 * due again. Of a tenant that moves none is sent: its rows are at both sides.
 */
export const claimDueMails = (
  now: Date,
  until: Date,
  recent: Date,
  addresses: number,
): Prisma.Sql => Prisma.sql`
WITH ripe AS (
  SELECT n.tenant_id, m.address FROM notice_mails m JOIN notices n ON n.id = m.notice_id
  WHERE m.state = 'waiting' AND m.next_attempt_at <= ${now}
    AND NOT EXISTS (SELECT FROM notice_mails s JOIN notices o ON o.id = s.notice_id
      WHERE s.address = m.address AND s.sent_at > ${recent} AND o.tenant_id = n.tenant_id)
    AND NOT EXISTS (SELECT FROM tenant_moves v WHERE v.tenant_id = n.tenant_id AND v.state = ANY (${[...OPEN_MOVES]}))
  GROUP BY n.tenant_id, m.address ORDER BY min(m.next_attempt_at) LIMIT ${addresses}
), due AS (
  SELECT m.id FROM ripe r JOIN notice_mails m ON m.address = r.address JOIN notices n ON n.id = m.notice_id AND n.tenant_id = r.tenant_id
  WHERE m.state = 'waiting' AND m.next_attempt_at <= ${now}
  ORDER BY n.id LIMIT ${MOST_IN_DIGESTS} FOR UPDATE OF m SKIP LOCKED
)
UPDATE notice_mails m SET attempts = m.attempts + 1, next_attempt_at = ${until}
FROM due, notices n WHERE m.id = due.id AND n.id = m.notice_id
RETURNING m.id::text, m.address, m.attempts, n.tenant_id::text AS "tenantId", n.id::text AS "noticeId", n.subject, n.text,
  n.created_at AS "createdAt"`

/** Most rows of one claim; the rest goes with the next digest. */
const MOST_IN_DIGESTS = 1_000

/**
 * The same of channels, by a lease of the channel itself: one message at a time goes to it. `mails`: whether
 * there is a mail server.
 */
export const claimDueChannels = (
  now: Date,
  until: Date,
  recent: Date,
  mails: boolean,
  most: number,
): Prisma.Sql => Prisma.sql`
WITH due AS (
  SELECT c.id FROM notice_channels c JOIN tenants t ON t.id = c.tenant_id AND t.status = 'active'
  LEFT JOIN staff_accounts a ON a.id = c.account_id
  WHERE c.enabled AND (c.account_id IS NULL OR a.state = 'active') AND (${mails} OR c.kind <> 'mail')
    AND (c.lease_until IS NULL OR c.lease_until <= ${now}) AND (c.last_sent_at IS NULL OR c.last_sent_at <= ${recent})
    AND EXISTS (SELECT FROM notice_deliveries d WHERE d.channel_id = c.id AND d.state = 'waiting' AND d.next_attempt_at <= ${now})
  ORDER BY c.id LIMIT ${most} FOR UPDATE OF c SKIP LOCKED
)
UPDATE notice_channels c SET lease_until = ${until} FROM due WHERE c.id = due.id
RETURNING c.id::text, c.tenant_id::text AS "tenantId", c.account_id::text AS "accountId", c.sealed_target AS "sealedTarget", c.failures, c.failing_since AS "failingSince"`

/** Tenants with a recipient for reports that have none of the day yet. */
export const tenantsWithoutReport = (day: Date, most: number): Prisma.Sql => Prisma.sql`
SELECT DISTINCT c.tenant_id::text AS id FROM notice_channels c JOIN tenants t ON t.id = c.tenant_id AND t.status = 'active'
WHERE c.enabled AND 'report' = ANY (c.topics)
  AND NOT EXISTS (SELECT FROM notices n WHERE n.tenant_id = c.tenant_id AND n.kind = 'report' AND n.occurs_at = ${day})
LIMIT ${most}`

/**
 * Reads a day of all shops of these tenants: listed by the mall, imported, pulled, shipped, and open now. One
 * statement at one moment for all: per shop it would read the day's orders again for each.
 */
export const dayOfShops = (
  tenants: readonly string[],
  from: Date,
  to: Date,
  day: string,
): Prisma.Sql => Prisma.sql`
WITH mine AS (
  SELECT s.id, s.tenant_id, s.name, s.code, s.marketplace, s.capabilities, s.attention_code IS NOT NULL AS ill FROM shops s
  WHERE s.tenant_id = ANY (${tenants}::uuid[]) AND s.enabled
), staged AS (
  SELECT o.shop_id, count(*)::int AS n FROM orders o
  WHERE o.tenant_id = ANY (${tenants}::uuid[]) AND o.marketplace = ANY (enum_range(NULL::marketplace)) AND o.purged_at IS NULL
    AND o.staged_at >= ${from} AND o.staged_at < ${to} GROUP BY o.shop_id
), pulled AS (
  SELECT o.shop_id, count(*)::int AS n FROM orders o
  WHERE o.tenant_id = ANY (${tenants}::uuid[]) AND o.purged_at IS NULL AND o.pulled_at >= ${from} AND o.pulled_at < ${to} GROUP BY o.shop_id
), shipped AS (
  SELECT o.shop_id, count(*)::int AS n FROM orders o
  WHERE o.tenant_id = ANY (${tenants}::uuid[]) AND o.marketplace = ANY (enum_range(NULL::marketplace)) AND o.purged_at IS NULL
    AND o.ended_at >= ${from} AND o.ended_at < ${to} AND o.mall_state <> 'cancelled' AND o.status <> 'cancelled' GROUP BY o.shop_id
), open AS (
  SELECT o.shop_id, (count(*) FILTER (WHERE o.status = 'auto_imported'))::int AS waiting, count(*)::int AS n FROM orders o
  WHERE o.tenant_id = ANY (${tenants}::uuid[]) AND o.status IN ('auto_imported', 'new', 'awaiting_payment', 'ready_to_ship', 'on_hold')
  GROUP BY o.shop_id
)
SELECT m.tenant_id::text AS "tenantId", m.name, m.code, m.marketplace::text, m.capabilities, m.ill, d.mall, d.here, d.pending, d.missing,
  coalesce(staged.n, 0) AS staged, coalesce(pulled.n, 0) AS pulled, coalesce(shipped.n, 0) AS shipped,
  coalesce(open.n, 0) AS open, coalesce(open.waiting, 0) AS waiting
FROM mine m LEFT JOIN shop_days d ON d.shop_id = m.id AND d.day = ${day}::date
LEFT JOIN staged ON staged.shop_id = m.id LEFT JOIN pulled ON pulled.shop_id = m.id
LEFT JOIN shipped ON shipped.shop_id = m.id LEFT JOIN open ON open.shop_id = m.id
ORDER BY m.marketplace, m.name, m.id`

/**
 * Mailboxes that came under attention or went quiet (`noMails`) and had no notice since `recent`. Looks up
 * earlier notices per mailbox and content: read separately, they would be all notices of all mailboxes.
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

/** Webhooks that were disabled or reset without a notice yet; the row has the time. */
export const untoldWebhooks = (most: number): Prisma.Sql => Prisma.sql`
SELECT w.id::text, w.tenant_id::text AS "tenantId", w.name, happened.code, happened.since
FROM webhooks w JOIN tenants t ON t.id = w.tenant_id AND t.status = 'active'
CROSS JOIN LATERAL (VALUES ('WEBHOOK_DISABLED', w.disabled_code, w.disabled_at), ('WEBHOOK_RESET', w.reset_code, w.reset_at))
  AS happened (what, code, since)
WHERE happened.since IS NOT NULL AND NOT EXISTS (SELECT FROM notices n
  WHERE n.webhook_id = w.id AND n.kind = 'attention' AND n.what = happened.what AND n.occurs_at = happened.since)
ORDER BY happened.since LIMIT ${most}`

/**
 * Unfinished orders whose data are purged before `told`, by shop and day in Japan. Uses the condition of
 * LOCK_OLD_ORDERS (src/orders/statements.ts) verbatim, but for tenants that leave.
 */
export const emptiedSoon = (
  told: Date,
  days: { openDays: number; unpulledDays: number },
  most: number,
): Prisma.Sql => Prisma.sql`
WITH kept AS (
  SELECT o.shop_id, 'unpulledOrders' AS what, greatest(o.staged_at, o.held_until, o.ship_on) + make_interval(days => ${days.unpulledDays}) AS at
  FROM orders o WHERE o.purged_at IS NULL AND o.marketplace = ANY (enum_range(NULL::marketplace)) AND o.status = 'auto_imported'
    AND o.staged_at < ${told}::timestamptz - make_interval(days => ${days.unpulledDays})
    AND NOT (o.mall_state = 'open' AND o.held_until IS NULL AND 'reserve' = ANY (o.holds))
  UNION ALL
  SELECT o.shop_id, 'openOrders', greatest(coalesce(o.pulled_at, o.updated_at), o.held_until, o.ship_on,
      CASE WHEN o.on_hold_date >= '1900' THEN (o.on_hold_date::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo' END) + make_interval(days => ${days.openDays})
  FROM orders o WHERE o.purged_at IS NULL AND o.marketplace = ANY (enum_range(NULL::marketplace)) AND o.ended_at IS NULL
    AND o.status <> 'auto_imported' AND o.staged_at < ${told}::timestamptz - make_interval(days => ${days.openDays})
    AND NOT (o.mall_state = 'open' AND o.held_until IS NULL AND 'reserve' = ANY (o.holds))
), soon AS (
  SELECT *, date_trunc('day', at AT TIME ZONE 'Asia/Tokyo') AT TIME ZONE 'Asia/Tokyo' AS day FROM kept WHERE at < ${told}
)
SELECT s.id::text AS "shopId", s.tenant_id::text AS "tenantId", s.name AS shop, k.what, count(*)::int AS orders, k.day, min(k.at) AS at
FROM soon k JOIN shops s ON s.id = k.shop_id JOIN tenants t ON t.id = s.tenant_id AND t.status = 'active'
WHERE NOT EXISTS (SELECT FROM notices n WHERE n.shop_id = s.id AND n.kind = 'expiry' AND n.what = k.what AND n.occurs_at = k.day)
GROUP BY s.id, k.what, k.day ORDER BY k.day, s.id LIMIT ${most}`

/** The same of shops. */
export const untoldShops = (recent: Date, most: number): Prisma.Sql => Prisma.sql`
SELECT s.id::text, s.tenant_id::text AS "tenantId", s.name, s.code, s.marketplace::text, s.capabilities,
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
WHERE s.enabled AND s.sealed_credentials IS NOT NULL AND NOT s.attention_stops
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
