import { DISMISSED, NOT_FOUND, OTHER_SHOP, PENDING, SKIPPED } from '../imports/requests/result-codes.ts'
import type { Facts, OrderFacts, RequestFacts, ShopFacts } from './facts.ts'
import { VERDICTS, type Verdict, type WhyAnswer } from './schemas.ts'

type Action = WhyAnswer['actions'][number]
type Finding = Pick<WhyAnswer, 'message' | 'actions'> & {
  verdict: Verdict
  shopId: string | null
  orderId?: string
  since: Date | null
  next: { at: Date; message: string } | null
}

/**
 * Decides why an order is not here, from the facts alone. The order itself is the strongest fact, then a request that waits,
 * then one that ended, then the mall's own list, then what keeps the shop's mails and sweeps away.
 */
export function decide(orderNumber: string, facts: Facts): WhyAnswer {
  const found =
    byOrder(facts) ??
    byRequest(orderNumber, facts) ??
    byList(orderNumber, facts) ??
    byShops(orderNumber, facts)
  const { since, next, orderId, ...rest } = found
  return {
    ...rest,
    orderNumber,
    orderId: orderId ?? null,
    since: since?.toISOString() ?? null,
    next: next && { ...next, at: next.at.toISOString() },
    evidence: evidenceOf(facts, found.shopId),
  }
}

function byOrder({ orders }: Facts): Finding | null {
  const [order] = orders
  if (!order) return null
  const at = { shopId: order.shopId, orderId: order.id, next: null, actions: [open(order)] }
  const emptied = order.erasedAt ?? order.purgedAt
  if (emptied) {
    const why = order.erasedAt ? '消去の依頼により' : '保存期間が終わったため'
    const message = `取込済みです。${why}、個人情報は消去されています。`
    return { ...at, verdict: 'emptied', since: emptied, message }
  }
  if (order.status === 'auto_imported') {
    const message = '取込済みで、自動受注取込にあります。受注取込を行うと新規受付に移ります。'
    return { ...at, verdict: 'staged', since: order.stagedAt, message }
  }
  return {
    ...at,
    verdict: 'here',
    since: order.pulledAt ?? order.stagedAt,
    message: '取込済みで、受注一覧にあります。',
  }
}

const open = ({ id }: OrderFacts): Action => ({
  label: '受注を開く',
  method: 'GET',
  path: `/v1/orders/${id}`,
  body: null,
})

function byRequest(orderNumber: string, facts: Facts): Finding | null {
  // Several shops may be asked for one number; the one that still waits says what comes next.
  const request = facts.requests.find(({ state }) => state === 'waiting') ?? facts.requests[0]
  const shop = request && facts.shops.find(({ id }) => id === request.shopId)
  if (!request || !shop) return null
  return request.state === 'waiting' ? waiting(request, shop, facts) : ended(orderNumber, request, facts)
}

function waiting(request: RequestFacts, shop: ShopFacts, facts: Facts): Finding {
  const retry = retryOf(request)
  const due = latest(request.nextAttemptAt, facts.now)
  const stopped = stoppedBy(shop, facts.now, due)
  if (stopped) return { ...stopped, actions: stopped.actions.length > 0 ? stopped.actions : [retry] }
  const base = {
    shopId: shop.id,
    actions: [retry],
    next: { at: due, message: 'モールにもう一度照会します。' },
  }
  const since = request.requestedAt
  if (request.outcome === PENDING)
    return { ...base, verdict: 'held_at_mall', since, message: request.message ?? VERDICTS.held_at_mall }
  if (request.trust === 'unknown') {
    const message =
      '差出人を確認できないメールだけがこの番号を知らせています。少ない回数で照会し、モールの注文一覧に載れば優先して取り込みます。'
    return { ...base, verdict: 'mail_doubted', since, message }
  }
  if (request.outcome === NOT_FOUND)
    return { ...base, verdict: 'mall_unaware', since, message: request.message ?? VERDICTS.mall_unaware }
  if (request.outcome === null) {
    const next = { at: due, message: 'モールに照会します。' }
    return {
      ...base,
      next,
      verdict: 'being_asked',
      since,
      message: '取込要求を受け付け、照会の順番を待っています。',
    }
  }
  const message = `照会は${request.attempts}回とも使える回答になりませんでした（${request.outcome}）。${request.message ?? ''}`
  return { ...base, verdict: 'retrying', since: firstFailure(request) ?? since, message }
}

const firstFailure = ({ retries: [first] }: RequestFacts): Date | null => (first ? new Date(first.at) : null)

/** What keeps the whole shop from its mall, whatever is asked for; null: nothing does at that time. */
function stoppedBy(shop: ShopFacts, now: Date, due: Date): Finding | null {
  const at = { shopId: shop.id }
  if (!shop.tenantActive || !shop.enabled) {
    const what = shop.tenantActive ? '店舗の自動取込がオフになっています。' : '契約が停止されています。'
    const actions = shop.tenantActive ? [settings(shop, '店舗の設定を開く')] : []
    return { ...at, verdict: 'shop_stopped', since: null, next: null, message: what, actions }
  }
  if (shop.attention) {
    const { since, probeAt, message } = shop.attention
    const next = { at: latest(probeAt ?? now, now), message: '接続できるかを一度だけ確認します。' }
    const actions = [settings(shop, '認証情報を更新する')]
    return { ...at, verdict: 'shop_stopped', since, next, message, actions }
  }
  if (shop.lane) {
    const { until, reason } = shop.lane
    const message = `モールが応答しないか、呼び出しを断っているため、接続を休止しています（${reason ?? '理由不明'}）。`
    const next = { at: latest(until, due), message: 'モールへの照会を再開します。' }
    return { ...at, verdict: 'mall_away', since: null, next, message, actions: [] }
  }
  if (shop.quotaUntil && shop.quotaUntil > due) {
    const message = 'モールが認める呼び出し回数を使い切り、回復を待っています。'
    const next = { at: shop.quotaUntil, message: 'モールへの照会を再開します。' }
    return { ...at, verdict: 'quota_used', since: null, next, message, actions: [] }
  }
  return null
}

function ended(orderNumber: string, request: RequestFacts, facts: Facts): Finding | null {
  const { shopId, outcome } = request
  const since = request.finishedAt
  const base = { shopId, since, next: null, actions: [importNow(orderNumber, shopId)] }
  if (request.state === 'failed') {
    const message = request.message ?? `取込に失敗しました（${outcome}）。`
    const verdict = outcome === NOT_FOUND ? 'never_at_mall' : 'failed'
    return { ...base, verdict, message, next: sweepOf(facts, shopId), actions: [retryOf(request)] }
  }
  if (outcome === SKIPPED || outcome === DISMISSED)
    return { ...base, verdict: 'not_wanted', message: request.message ?? '取込の対象外です。' }
  if (outcome === OTHER_SHOP)
    return { ...base, verdict: 'other_shop', message: request.message ?? '同じ受信箱の別の店舗の受注です。' }
  return null
}

function byList(orderNumber: string, facts: Facts): Finding | null {
  const [listed] = facts.listed
  if (!listed) return null
  const base = {
    shopId: listed.shopId,
    since: listed.listedAt,
    actions: [importNow(orderNumber, listed.shopId)],
  }
  if (listed.state === 'skipped')
    return {
      ...base,
      verdict: 'not_wanted',
      next: null,
      message: 'モールの一覧にありますが、取込の対象外です。',
    }
  const shop = facts.shops.find(({ id }) => id === listed.shopId)
  const stopped = shop && stoppedBy(shop, facts.now, facts.now)
  if (stopped) return stopped
  return {
    ...base,
    verdict: 'being_asked',
    next: sweepOf(facts, listed.shopId),
    message: 'モールの一覧にあります。次の突合で取込を要求します。',
  }
}

/** Nothing names the number: what would have brought it, and what keeps that from working. */
function byShops(orderNumber: string, facts: Facts): Finding {
  const shops = facts.shops.filter(({ owns }) => owns !== false)
  if (shops.length === 0) {
    const none = facts.shops.length === 0
    const message = none
      ? '確認できる店舗がありません。'
      : 'この受注番号の形は、登録されているどの店舗のものでもありません。番号とモールを確認してください。'
    return {
      verdict: none ? 'unknown' : 'other_form',
      shopId: null,
      since: null,
      next: null,
      message,
      actions: [],
    }
  }
  const likely = shops.filter(({ owns }) => owns === true)
  const asked = likely.length > 0 ? likely : shops
  const [only, ...others] = asked
  for (const shop of asked) {
    const stopped = stoppedBy(shop, facts.now, facts.now)
    if (stopped) return stopped
  }
  const one = only && others.length === 0 ? only : null
  const runs = shops.flatMap(({ id }) => sweepOf(facts, id) ?? []).sort((a, b) => +a.at - +b.at)
  const next = one ? sweepOf(facts, one.id) : (runs.at(-1) ?? null)
  return {
    verdict: next ? 'no_trace' : 'unknown',
    shopId: one?.id ?? null,
    since: null,
    next,
    message: next
      ? 'この番号を知らせるメールもモールの通知も届いておらず、モールの一覧との突合にもまだ現れていません。モールにあれば、突合で取り込まれます。'
      : '保存されている受注、取込要求、突合のどこにもこの番号がありません。',
    actions: (one ? [one] : shops.slice(0, 10)).map(({ id, name }) =>
      importNow(orderNumber, id, one ? undefined : name),
    ),
  }
}

function sweepOf({ shops, now }: Facts, shopId: string): Finding['next'] {
  const sweep = shops.find(({ id }) => id === shopId)?.sweep
  return sweep ? { at: latest(sweep.runAt, now), message: 'モールの注文一覧と突合します。' } : null
}

const retryOf = ({ id }: RequestFacts): Action => ({
  label: '今すぐ取り込む',
  method: 'POST',
  path: `/v1/import-requests/${id}/retry`,
  body: null,
})

const importNow = (orderNumber: string, shopId: string, name?: string): Action => ({
  label: name === undefined ? '今すぐ取り込む' : `${name}で今すぐ取り込む`,
  method: 'POST',
  path: '/v1/orders/import',
  body: { shopId, orderNumbers: [orderNumber] },
})

const settings = ({ id }: ShopFacts, label: string): Action => ({
  label,
  method: 'PATCH',
  path: `/v1/shops/${id}`,
  body: null,
})

const latest = (one: Date, other: Date): Date => (one > other ? one : other)

/** Most shops whose mailboxes and sweeps are told where the verdict is about none of them alone. */
const MOST_SHOPS_TOLD = 5

const SOURCES: Readonly<Record<string, string>> = {
  mail: 'メール',
  notification: 'モールの通知',
  sweep: '突合',
  person: '担当者の操作',
  window: 'キャンセル可能時間の終了',
}

function evidenceOf(facts: Facts, shopId: string | null): WhyAnswer['evidence'] {
  const lines: { at: Date; message: string }[] = []
  const add = (at: Date | null | undefined, message: string) => at && lines.push({ at, message })
  const isOf = (of: { shopId: string }) => shopId === null || of.shopId === shopId
  for (const request of facts.requests.filter(isOf)) {
    const from = SOURCES[request.source] ?? request.source
    add(
      request.mailSeenAt,
      `この番号のメールを読み取りました${request.trust === 'unknown' ? '（差出人は未確認）' : ''}。`,
    )
    add(request.requestedAt, `取込を要求しました（契機: ${from}）。`)
    for (const { at, code } of request.retries)
      add(new Date(at), `モールに照会しましたが取り込めませんでした（${code}）。`)
    if (request.state !== 'waiting')
      add(request.finishedAt, `取込要求が終わりました（${request.outcome ?? request.state}）。`)
  }
  for (const listed of facts.listed.filter(isOf)) add(listed.listedAt, 'モールの注文一覧に載っていました。')
  for (const order of facts.orders.filter(isOf)) {
    add(order.stagedAt, '受注を自動受注取込に保存しました。')
    add(order.pulledAt, `新規受付に取り込みました（取込ID: ${order.pullId ?? '—'}）。`)
    add(order.editedAt, '担当者が編集しました。')
    add(order.purgedAt, '保存期間が終わり、個人情報を消去しました。')
    add(order.erasedAt, '依頼により個人情報を消去しました。')
  }
  if (facts.orders.length === 0) {
    const told = facts.shops.filter(({ id, owns }) => (shopId === null ? owns !== false : id === shopId))
    for (const shop of told.slice(0, MOST_SHOPS_TOLD)) addShop(shop, add)
    for (const { seenAt, shopIds, reason } of facts.unreadableMails)
      if (shopId === null || shopIds.includes(shopId))
        add(seenAt, `読み取れないメールが届きました（${reason ?? '理由不明'}）。`)
  }
  return lines.sort((a, b) => +a.at - +b.at).map(({ at, message }) => ({ at: at.toISOString(), message }))
}

function addShop(shop: ShopFacts, add: (at: Date | null | undefined, message: string) => unknown): void {
  add(shop.attention?.since, `${shop.name}: ${shop.attention?.message}`)
  add(shop.sweep?.verifiedUntil, `${shop.name}: この時点までの注文は、モールの一覧と照合済みです。`)
  for (const { name, lastMailAt, attention, quietSince } of shop.mailboxes) {
    add(lastMailAt, `受信箱「${name}」に最後のモールのメールが届きました。`)
    add(attention?.since, `受信箱「${name}」: ${attention?.message}`)
    add(quietSince, `受信箱「${name}」に、いつもより長くメールが届いていません。`)
  }
}
