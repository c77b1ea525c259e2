import { blockedHash } from '../../marks/blocked.ts'
import { rulesContext } from '../../marks/rules.ts'
import { targetContext } from '../../notices/channels/schemas.ts'
import { poisonContext } from '../../notifications/take.ts'
import { detailsContext, partContext } from '../../order-files/reader.ts'
import { reasonContext } from '../../orders/order-json.ts'
import { viewContext } from '../../orders/saved-views.ts'
import { type SearchKind, searchHashes } from '../../orders/store/search-tokens.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { inboundSecretContext } from '../../shops/mailboxes/mailboxes.ts'
import { authContext } from '../../shops/mailboxes/sign-in.ts'
import { pushContext } from '../../shops/shops/shops.ts'
import { staffNameContext } from '../../shops/tenants/actor-names.ts'
import { answerContext } from '../../shops/tenants/idempotency-keys.ts'
import { moveRulesContext } from '../../sorting/rules.ts'
import { applicationContext, applicationHash } from '../../staff/contracts/applications.ts'
import { invitationContext } from '../../staff/invitations.ts'
import { passkeyContext } from '../../staff/passkeys.ts'
import { emailHash, oidcHashes, staffContext, stored } from '../../staff/secrets.ts'

/**
 * Every column with sealed content and its context. A test compares the list with the database, so that no
 * new column is forgotten: its content would be lost with the old key.
 */
export interface SealedColumn {
  table: string
  column: string
  /** Columns that identify a row, in the order of an index; all uuid or int. */
  key: readonly string[]
  /** Further columns that the context needs. */
  also?: readonly string[]
  context(row: Readonly<Record<string, string>>): string
  /** Blind index of the row, updated in the statement that re-seals it. */
  index?: BlindIndex
}

/**
 * One keyed hash of the sealed content, in the same row. The orders' index, several hashes in its own table,
 * is in rotate.ts.
 */
interface BlindIndex {
  column: string
  hash(sealer: Sealer, row: Readonly<Record<string, string>>, text: string): Uint8Array | undefined
}

/** Parent row that holds the tenant of rows without a `tenant_id`, as in prisma/row-security.sql. */
const PARENTS: Readonly<Record<string, readonly [table: string, column: string]>> = {
  shop_tokens: ['shops', 'shop_id'],
  mailbox_tokens: ['mailboxes', 'mailbox_id'],
  mailbox_consents: ['mailboxes', 'mailbox_id'],
  passkeys: ['staff_accounts', 'account_id'],
  order_events: ['orders', 'order_id'],
  order_raws: ['orders', 'order_id'],
  order_file_parts: ['order_files', 'file_id'],
  order_versions: ['orders', 'order_id'],
  reimport_orders: ['reimports', 'reimport_id'],
}
const OF_NOBODY = ['applications', 'mall_notifications']

/** Returns SQL for the tenant that a row of `t` is sealed for; null when it belongs to none. */
export function tenantOf({ table }: Pick<SealedColumn, 'table'>): string {
  if (OF_NOBODY.includes(table)) return 'null'
  const parent = PARENTS[table]
  return parent ? `(select p.tenant_id from ${parent[0]} p where p.id = t.${parent[1]})` : 't.tenant_id'
}

const of = (
  table: string,
  column: string,
  context: SealedColumn['context'],
  key: readonly string[] = ['id'],
  also: readonly string[] = [],
): SealedColumn => ({ table, column, key, also, context })

const found = (column: SealedColumn, index: string, hash: BlindIndex['hash']): SealedColumn => ({
  ...column,
  index: { column: index, hash },
})

export const SEALED_COLUMNS: readonly SealedColumn[] = [
  // Comes first: until its hashes use the new key, an erased buyer's older order would be imported whole.
  found(
    of('erasures', 'sealed_term', ({ id }) => `erasure:${id}:term`, ['id'], ['tenant_id', 'kind']),
    'hash',
    (sealer, { tenant_id = '', kind }, text) => searchHashes(sealer, tenant_id, kind as SearchKind, text)[0],
  ),
  found(
    of('staff_accounts', 'sealed_email', ({ id = '' }) => staffContext(id, 'email')),
    'email_hash',
    (sealer, _row, text) => emailHash(sealer, text),
  ),
  found(
    of('staff_accounts', 'sealed_oidc', ({ id = '' }) => staffContext(id, 'oidc')),
    'oidc_hash',
    (sealer, _row, text) => stored(oidcHashes(sealer, text)),
  ),
  of('staff_accounts', 'sealed_name', ({ id = '' }) => staffNameContext(id)),
  of('staff_accounts', 'sealed_password', ({ id = '' }) => staffContext(id, 'password')),
  of('staff_accounts', 'sealed_totp', ({ id = '' }) => staffContext(id, 'totp')),
  of('staff_accounts', 'sealed_pending_totp', ({ id = '' }) => staffContext(id, 'pending-totp')),
  ...(['credential', 'name'] as const).map((column) =>
    of(
      'passkeys',
      `sealed_${column}`,
      ({ id = '', account_id = '' }) => passkeyContext(account_id, id, column),
      ['id'],
      ['account_id'],
    ),
  ),
  found(
    of('staff_invitations', 'sealed_email', ({ id = '' }) => invitationContext(id)),
    'email_hash',
    (sealer, _row, text) => emailHash(sealer, text),
  ),
  found(
    of('applications', 'sealed_detail', ({ id = '' }) => applicationContext(id)),
    'email_hash',
    (sealer, _row, text) => applicationHash(sealer, text),
  ),
  of('saved_views', 'sealed_view', ({ id = '' }) => viewContext(id)),
  of('shops', 'sealed_credentials', ({ id }) => `shop:${id}:credentials`),
  of('shops', 'sealed_push_secret', ({ id = '' }) => pushContext(id)),
  of('shop_tokens', 'sealed_token', ({ shop_id }) => `shop:${shop_id}:token`, ['shop_id']),
  of('consent_requests', 'sealed_secrets', ({ id }) => `consent:${id}:secrets`),
  of('mailboxes', 'sealed_username', ({ id }) => `mailbox:${id}:username`),
  of('mailboxes', 'sealed_password', ({ id }) => `mailbox:${id}:password`),
  of('mailboxes', 'sealed_auth', ({ id = '' }) => authContext(id)),
  of('mailboxes', 'sealed_inbound_secret', ({ id = '' }) => inboundSecretContext(id)),
  of('mailbox_tokens', 'sealed_token', ({ mailbox_id }) => `mailbox:${mailbox_id}:token`, ['mailbox_id']),
  of('mailbox_consents', 'sealed_secrets', ({ id }) => `mailbox_consent:${id}:secrets`),
  of('webhooks', 'sealed_url', ({ id }) => `webhook:${id}:url`),
  of('webhooks', 'sealed_secret', ({ id }) => `webhook:${id}:secret`),
  of('webhooks', 'sealed_old_secret', ({ id }) => `webhook:${id}:secret`),
  of('notice_channels', 'sealed_target', ({ id = '' }) => targetContext(id)),
  of('site_changes', 'sealed_texts', ({ id }) => `site_change:${id}:texts`),
  of('site_changes', 'sealed_answers', ({ id }) => `site_change:${id}:answers`),
  of('site_changes', 'sealed_mall_message', ({ id }) => `site_change:${id}:mall_message`),
  of('site_changes', 'sealed_payloads', ({ id }) => `site_change:${id}:payloads`),
  of('idempotency_keys', 'sealed_answer', ({ id = '' }) => answerContext(id)),
  of('mails', 'sealed_mail', ({ id }) => `mail:${id}:mail`),
  of('import_requests', 'sealed_raw', ({ id }) => `import_request:${id}:raw`),
  of('import_requests', 'sealed_mall_message', ({ id }) => `import_request:${id}:mall_message`),
  of('mall_notifications', 'sealed_text', ({ id = '' }) => poisonContext(id)),
  found(
    of('blocked_buyers', 'sealed_entry', ({ id }) => `blocked-buyer:${id}`, ['id'], ['tenant_id', 'kind']),
    'hash',
    (sealer, { tenant_id = '', kind = '' }, text) => blockedHash(sealer, tenant_id, kind, text),
  ),
  of('mark_rules', 'sealed_rules', ({ tenant_id = '' }) => rulesContext(tenant_id), ['tenant_id']),
  of('move_rules', 'sealed_rules', ({ tenant_id = '' }) => moveRulesContext(tenant_id), ['tenant_id']),
  of('orders', 'sealed_detail', ({ id }) => `order:${id}:detail`),
  of('orders', 'sealed_edits', ({ id }) => `order:${id}:edits`),
  of('orders', 'sealed_on_hold_reason', ({ id = '' }) => reasonContext(id)),
  of('order_events', 'sealed_reason', ({ order_id = '' }) => reasonContext(order_id), ['id'], ['order_id']),
  of('order_raws', 'sealed_raw', ({ order_id }) => `order:${order_id}:raw`, ['order_id']),
  of('order_files', 'sealed_details', ({ id = '' }) => detailsContext(id)),
  of('order_file_parts', 'sealed_part', ({ file_id = '', number }) => partContext(file_id, Number(number)), [
    'file_id',
    'number',
  ]),
  of('order_versions', 'sealed_detail', ({ order_id }) => `order:${order_id}:detail`, ['order_id', 'number']),
  of('order_versions', 'sealed_edits', ({ order_id }) => `order:${order_id}:edits`, ['order_id', 'number']),
  of(
    ...(['reimport_orders', 'sealed_difference'] as const),
    ({ reimport_id, order_id }) => `reimport:${reimport_id}:${order_id}:difference`,
    ['reimport_id', 'position'],
    ['order_id'],
  ),
]
