/**
 * Every column that holds something sealed, with what it was sealed for. A test compares the list with the database, so that a new column
 * cannot be forgotten: it would be lost with the old key.
 */
export interface SealedColumn {
  table: string
  column: string
  /** Columns that tell its rows apart, in the order of an index; all uuid or int. */
  key: readonly string[]
  /** Further columns that the context needs. */
  also?: readonly string[]
  context(row: Readonly<Record<string, string>>): string
}

const of = (
  table: string,
  column: string,
  context: SealedColumn['context'],
  key: readonly string[] = ['id'],
  also: readonly string[] = [],
): SealedColumn => ({ table, column, key, also, context })

export const SEALED_COLUMNS: readonly SealedColumn[] = [
  of('shops', 'sealed_credentials', ({ id }) => `shop:${id}:credentials`),
  of('shop_tokens', 'sealed_token', ({ shop_id }) => `shop:${shop_id}:token`, ['shop_id']),
  of('consent_requests', 'sealed_secrets', ({ id }) => `consent:${id}:secrets`),
  of('mailboxes', 'sealed_username', ({ id }) => `mailbox:${id}:username`),
  of('mailboxes', 'sealed_password', ({ id }) => `mailbox:${id}:password`),
  of('webhooks', 'sealed_secret', ({ id }) => `webhook:${id}:secret`),
  of('webhooks', 'sealed_old_secret', ({ id }) => `webhook:${id}:secret`),
  of('site_changes', 'sealed_texts', ({ id }) => `site_change:${id}:texts`),
  of('site_changes', 'sealed_payloads', ({ id }) => `site_change:${id}:payloads`),
  of('mails', 'sealed_mail', ({ id }) => `mail:${id}:mail`),
  of('import_requests', 'sealed_raw', ({ id }) => `import_request:${id}:raw`),
  of('import_requests', 'sealed_mall_message', ({ id }) => `import_request:${id}:mall_message`),
  of('erasures', 'sealed_term', ({ id }) => `erasure:${id}:term`, ['id'], ['tenant_id', 'kind']),
  of('orders', 'sealed_detail', ({ id }) => `order:${id}:detail`),
  of('orders', 'sealed_edits', ({ id }) => `order:${id}:edits`),
  of('order_raws', 'sealed_raw', ({ order_id }) => `order:${order_id}:raw`, ['order_id']),
  of('order_versions', 'sealed_detail', ({ order_id }) => `order:${order_id}:detail`, ['order_id', 'number']),
  of('order_versions', 'sealed_edits', ({ order_id }) => `order:${order_id}:edits`, ['order_id', 'number']),
  of(
    ...(['reimport_orders', 'sealed_difference'] as const),
    ({ reimport_id, order_id }) => `reimport:${reimport_id}:${order_id}:difference`,
    ['reimport_id', 'position'],
    ['order_id'],
  ),
]
