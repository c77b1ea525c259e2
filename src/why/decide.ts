import { NOT_FOUND, NOT_OURS, OTHER_SHOP, PENDING, SKIPPED } from '../imports/requests/retry-schedule.ts'
import { statusLabel } from '../orders/order-json.ts'
import { DISMISSED } from '../orders/store/dismissed.ts'
import { japaneseDay, japaneseTime } from '../platform/japan-time.ts'
import { askedAgainAt } from '../reconciliation/plan.ts'
import type {
  Facts,
  ListedFacts,
  LiveFacts,
  OrderFacts,
  RequestFacts,
  ShopFacts,
  WaitFacts,
} from './facts.ts'
import { VERDICTS, type Verdict, type WhyAnswer } from './schemas.ts'

type Action = WhyAnswer['actions'][number]
type Next = { at: Date; message: string } | null
type Finding = Pick<WhyAnswer, 'message' | 'actions'> & {
  verdict: Verdict
  shopId: string | null
  orderId?: string
  since: Date | null
  next: Next
}

/**
 * Decides why an order is not here, from the facts alone. The order itself is the strongest fact, then a
 * request that waits, then one that ended, then the mall's own list, then the mall's word for this question,
 * then what keeps the shop's mails and sweeps away. Each order that has the number is decided by itself.
 * @param orderNumber null: only a day is known
 */
export function decide(orderNumber: string | null, facts: Facts): WhyAnswer {
  const each = byOwner(facts)
  if (each.length <= 1) return decideOne(orderNumber, facts)
  const message = `同じ受注番号の注文が${each.length}件あります。店舗を選んでください。`
  const answers = each.map((own) => decideOne(orderNumber, own))
  return { ...ofSeveral(message, answers), evidence: evidenceOf(facts, null), live: liveOf(facts) }
}

/**
 * Splits the facts of one number by its orders: of shops that count for themselves each has its own. The
 * whole where only one is traced, or none.
 */
export function byOwner(facts: Facts): Facts[] {
  const ownerOf = ({ id, marketplace, sharesNumbers }: ShopFacts) => (sharesNumbers ? id : marketplace)
  const traced = Map.groupBy(
    facts.shops.filter((shop) => isTracedAt(shop, facts)),
    ownerOf,
  )
  if (traced.size <= 1) return [facts]
  return [...traced.values()].map((shops) => {
    const of = <T extends { shopId: string }>(rows: readonly T[]) =>
      rows.filter(({ shopId }) => shops.some(({ id }) => id === shopId))
    const [orders, requests, listed, live] = [
      of(facts.orders),
      of(facts.requests),
      of(facts.listed),
      of(facts.live),
    ]
    return { ...facts, shops, orders, requests, listed, live }
  })
}

/** Where one mail may have asked several shops, a request proves an order only by what its mall said. */
function isTracedAt({ id, sharesNumbers }: ShopFacts, { orders, requests, listed }: Facts): boolean {
  if ([...orders, ...listed].some(({ shopId }) => shopId === id)) return true
  const unproven = sharesNumbers === 'possibly' ? [null, NOT_FOUND, OTHER_SHOP] : [OTHER_SHOP]
  return requests.some(({ shopId, outcome }) => shopId === id && !unproven.includes(outcome))
}

/** An answer that names no order, and for which no mall was asked. */
export const OF_NO_NUMBER = {
  orderNumber: null,
  shopId: null,
  orderId: null,
  since: null,
  next: null,
  evidence: [],
  actions: [],
  candidates: [],
  live: { asked: false, message: null },
}

export const ofSeveral = (message: string, answers: readonly WhyAnswer[]): WhyAnswer => ({
  ...OF_NO_NUMBER,
  verdict: 'several',
  message,
  candidates: answers.flatMap(({ candidates, ...one }) => {
    const { orderNumber, shopId, orderId, verdict, message } = one
    return orderNumber === null ? candidates : [{ orderNumber, shopId, orderId, verdict, message }]
  }),
})

function decideOne(orderNumber: string | null, facts: Facts): WhyAnswer {
  const found =
    byOrder(facts) ??
    byRequest(orderNumber, facts) ??
    byList(orderNumber, facts) ??
    byShops(orderNumber, facts)
  const { shopId, orderId = null, actions } = found
  return {
    ...toReason(found),
    shopId,
    actions,
    orderNumber,
    orderId,
    evidence: evidenceOf(facts, shopId),
    live: liveOf(facts),
    candidates: [],
  }
}

/** A finding as the answers give it. */
export const toReason = ({ verdict, message, since, next }: Finding) => ({
  verdict,
  message,
  since: since?.toISOString() ?? null,
  next: next && { ...next, at: next.at.toISOString() },
})

function liveOf({ live }: Facts): WhyAnswer['live'] {
  const refused = live.flatMap((one) => (one.kind === 'not_asked' ? [one.message] : []))
  const asked = live.some(({ kind }) => kind !== 'not_asked')
  return { asked, message: asked ? null : (refused[0] ?? null) }
}

function byOrder({ orders, shops }: Facts): Finding | null {
  const [order] = orders
  if (!order) return null
  const actions = [open(order), reread(order)]
  const isAlone = shops.every(({ id, sharesNumbers }) => id === order.shopId || sharesNumbers !== 'always')
  const other = isAlone ? '' : OF_OTHER_SHOP
  const at = { shopId: order.shopId, orderId: order.id, next: null }
  const emptied = order.erasedAt ?? order.purgedAt
  if (emptied) {
    const why = order.erasedAt ? '消去の依頼により' : '保存期間が終わったため'
    const message = `取込済みです。${why}、個人情報は消去されています。${other}`
    return { ...at, verdict: 'emptied', since: emptied, message, actions: [open(order)] }
  }
  const pulled = order.pulledAt
    ? `${japaneseTime(order.pulledAt)}に受注取込${whereTo(order)}で取り込まれました。`
    : ''
  if (order.status === 'auto_imported') {
    const message =
      order.pulledAt === null
        ? `取込済みで、自動受注取込にあります。${shops.some(isLater(order)) ? LATER_MALL : '受注取込を行うと新規受付に移ります。'}`
        : `取込済みで、自動受注取込に戻されています。${pulled}再度取り込まれることはありません。`
    return { ...at, verdict: 'staged', since: order.stagedAt, message: message + other, actions }
  }
  return {
    ...at,
    verdict: 'here',
    since: order.pulledAt ?? order.stagedAt,
    actions,
    message: `取込済みで、受注一覧の「${statusLabel(order.status)}」にあります。${leftOf(order)}${pulled}${other}`,
  }
}

/** Shops that count for themselves: nothing here names the other one's order, and no mall is asked for it. */
const OF_OTHER_SHOP = '別の店舗の同じ番号の注文については、店舗を指定して確認してください。'

const isLater =
  ({ shopId, isPulledByKey }: OrderFacts) =>
  ({ id, isOfFirstRelease }: ShopFacts): boolean =>
    id === shopId && isPulledByKey && !isOfFirstRelease

const LATER_MALL =
  'このモールの受注は、旧形式（Idempotency-Key）の受注取込では渡されません。クライアントを新しい形式（after）に更新するか、' +
  '受注取込でこのモールを指定してください。'

/** An order whose second parcel is still here looks shipped to whoever sees its first number. */
const leftOf = ({ shipping }: OrderFacts): string =>
  shipping?.state === 'part'
    ? `送付先${shipping.total}件のうち${shipping.shipped}件を発送済みです（${shipping.shipped}/${shipping.total}）。`
    : ''

/** The own desk of an API key has that key's id for a name, which says nothing to staff. */
const whereTo = ({ desk, pullNumber }: OrderFacts): string =>
  desk === null ? '' : `（${desk.startsWith('key:') ? '' : `取込先: ${desk}、`}${pullNumber}番）`

const open = ({ id }: OrderFacts): Action => ({
  action: 'open_order',
  label: '受注を開く',
  method: 'GET',
  path: `/v1/orders/${id}`,
  body: null,
})

function byRequest(orderNumber: string | null, facts: Facts): Finding | null {
  // Several shops may be asked for one number, and one shop twice, by a mail and by a doubted one; the one
  // that waits and is nearest says what comes next.
  const [request = facts.requests[0]] = facts.requests
    .filter(({ state }) => state === 'waiting')
    .sort((a, b) => Number(isDoubted(a)) - Number(isDoubted(b)) || +a.nextAttemptAt - +b.nextAttemptAt)
  const shop = request && facts.shops.find(({ id }) => id === request.shopId)
  if (!request || !shop) return null
  return request.state === 'waiting'
    ? waiting(orderNumber, request, shop, facts)
    : ended(orderNumber, request, facts)
}

const isDoubted = ({ trust }: RequestFacts): boolean => trust === 'unknown'

const liveIn = ({ live }: Facts, shopId: string): LiveFacts | undefined =>
  live.find((one) => one.shopId === shopId)

function waiting(orderNumber: string | null, request: RequestFacts, shop: ShopFacts, facts: Facts): Finding {
  const actions = [importNow(orderNumber, shop.id)]
  const due = latest(request.nextAttemptAt, facts.now)
  const stopped = stoppedBy(shop, facts.now, due)
  if (stopped) return { ...stopped, actions: stopped.actions.length > 0 ? stopped.actions : actions }
  const since = request.requestedAt
  const base = { shopId: shop.id, since, actions, next: { at: due, message: 'モールにもう一度照会します。' } }
  const said = liveIn(facts, shop.id)
  if (said?.kind === 'found' && said.state === 'cancelled') return { ...base, ...CANCELLED }
  if (said?.kind === 'skipped') return { ...base, verdict: 'not_wanted', message: said.message }
  if (said?.kind === 'pending') return { ...base, verdict: 'held_at_mall', message: said.message }
  if (request.outcome === PENDING)
    return { ...base, verdict: 'held_at_mall', message: request.message ?? VERDICTS.held_at_mall }
  if (isDoubted(request)) {
    const message =
      '差出人を確認できないメールだけがこの番号を知らせています。少ない回数で照会し、モールの注文一覧に載れば優先して取り込みます。'
    return { ...base, verdict: 'mail_doubted', message }
  }
  if (said?.kind === 'not_found' || request.outcome === NOT_FOUND)
    return { ...base, verdict: 'mall_unaware', message: request.message ?? NOT_YET }
  if (request.outcome === null) {
    const next = { at: due, message: 'モールに照会します。' }
    return {
      ...base,
      next,
      verdict: 'being_asked',
      message: '取込要求を受け付け、照会の順番を待っています。',
    }
  }
  const message = `照会は${Math.max(1, request.attempts)}回とも使える回答になりませんでした（${request.outcome}）。${request.message ?? ''}`
  return { ...base, verdict: 'retrying', since: firstFailure(request) ?? since, message }
}

const NOT_YET = 'モールのAPIにまだこの受注がありません。自動で再確認しています。'
const CANCELLED: Pick<Finding, 'verdict' | 'message'> = {
  verdict: 'cancelled_before',
  message: '取り込む前に、モールでキャンセルされています。',
}

const firstFailure = ({ retries: [first] }: RequestFacts): Date | null => (first ? new Date(first.at) : null)

/** Finds what stops all of the shop's calls to its mall; null: nothing does at that time. */
export function stoppedBy(shop: ShopFacts, now: Date, due: Date): Finding | null {
  const at = { shopId: shop.id }
  if (shop.quietSince) {
    const message =
      '静止モード（復元または複製されたデータベース）のため、モールにも受信箱にも接続していません。運営者が npm run ops -- resume を実行して再起動すると、取込を再開します。'
    return { ...at, verdict: 'shop_stopped', since: shop.quietSince, next: null, message, actions: [] }
  }
  if (!shop.tenantActive || !shop.enabled) {
    const what = shop.tenantActive ? '店舗の自動取込がオフになっています。' : '契約が停止されています。'
    const actions = shop.tenantActive ? [settings(shop, 'open_shop', '店舗の設定を開く')] : []
    return { ...at, verdict: 'shop_stopped', since: null, next: null, message: what, actions }
  }
  if (shop.attention?.stops) {
    const { since, probeAt, message } = shop.attention
    const next = { at: latest(probeAt ?? now, now), message: '接続できるかを一度だけ確認します。' }
    const actions = [settings(shop, 'renew_key', '認証情報を更新する')]
    return { ...at, verdict: 'shop_stopped', since, next, message, actions }
  }
  if (shop.lane) {
    const { until, reason, since } = shop.lane
    const message = `モールが応答しないか、呼び出しを断っているため、接続を休止しています（${reason ?? '理由不明'}）。`
    const next = { at: latest(until, due), message: 'モールへの照会を再開します。' }
    return { ...at, verdict: 'mall_away', since, next, message, actions: [] }
  }
  if (shop.quotaUntil && shop.quotaUntil > due) {
    const message = 'モールが認める呼び出し回数を使い切り、回復を待っています。'
    const next = { at: shop.quotaUntil, message: 'モールへの照会を再開します。' }
    return { ...at, verdict: 'quota_used', since: null, next, message, actions: [] }
  }
  return null
}

function ended(orderNumber: string | null, request: RequestFacts, facts: Facts): Finding | null {
  const { shopId, outcome } = request
  const since = request.finishedAt
  const base = { shopId, since, next: null, actions: [importNow(orderNumber, shopId)] }
  if (request.state === 'failed') {
    const said = liveIn(facts, shopId)
    const shop = facts.shops.find(({ id }) => id === shopId)
    const stopped = shop && stoppedBy(shop, facts.now, facts.now)
    const listed = facts.listed.find((one) => one.shopId === shopId && one.state === 'open')
    const next = stopped ? stopped.next : listed ? againOf(facts, listed, since) : listedLater(facts, request)
    if (said?.kind === 'found' && said.state === 'cancelled') return { ...base, ...CANCELLED, next }
    if (said?.kind === 'pending') return { ...base, verdict: 'held_at_mall', message: said.message, next }
    const there =
      said?.kind === 'found'
        ? 'モールには今この注文があります。'
        : listed
          ? 'モールの注文一覧には載っています。'
          : ''
    const alone = stopped || next ? '' : '自動では照会しません。今すぐ取り込むを実行してください。'
    const message = `${request.message ?? `取込に失敗しました（${outcome}）。`}${there}${alone}`
    const verdict = outcome === NOT_FOUND && there === '' ? 'never_at_mall' : 'failed'
    return { ...base, verdict, message, next }
  }
  if (outcome === SKIPPED || outcome === NOT_OURS || outcome === DISMISSED) {
    const said = liveIn(facts, shopId)
    if (said?.kind === 'found' && said.state === 'cancelled') return { ...base, ...CANCELLED }
    return { ...base, verdict: 'not_wanted', message: request.message ?? '取込の対象外です。' }
  }
  if (outcome === OTHER_SHOP)
    return { ...base, verdict: 'other_shop', message: request.message ?? '同じ受信箱の別の店舗の受注です。' }
  return null
}

function byList(orderNumber: string | null, facts: Facts): Finding | null {
  const [listed] = facts.listed
  if (!listed) return null
  const base = {
    shopId: listed.shopId,
    since: listed.listedAt,
    actions: [importNow(orderNumber, listed.shopId)],
  }
  const said = liveIn(facts, listed.shopId)
  if (said?.kind === 'found' && said.state === 'cancelled')
    return { ...base, ...CANCELLED, next: listed.state === 'skipped' ? null : sweepOf(facts, listed.shopId) }
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

/** Nothing here names the number: the mall's answer, what would have brought it, what prevents that. */
function byShops(orderNumber: string | null, facts: Facts): Finding {
  const shops = facts.shops.filter(({ owns }) => owns !== false)
  if (shops.length === 0) return ofNoShop(facts)
  const likely = shops.filter(({ owns }) => owns === true)
  const asked = likely.length > 0 ? likely : shops
  const answered = facts.live.find(({ kind }) => !['not_found', 'not_asked', 'broken'].includes(kind))
  const shop = asked.find(({ id }) => id === answered?.shopId) ?? (asked.length === 1 ? asked[0] : undefined)
  const stops = (shop ? [shop] : asked).map((one) => stoppedBy(one, facts.now, facts.now))
  // Where one of several does not stand still, the order may be that one's.
  const [stop] = stops
  if (stop && stops.every((one) => one !== null)) return stop
  if (shop?.byFile) {
    return byFiles(shop, facts.now)
  }
  const actions = (shop ? [shop] : asked.slice(0, MOST_OFFERED)).map(({ id, name }) =>
    importNow(orderNumber, id, shop ? undefined : name),
  )
  const unknown = asked.map(({ id }) => id)
  const isUnknown = orderNumber !== null && unknown.every((id) => liveIn(facts, id)?.kind === 'not_found')
  const next = shop ? sweepOf(facts, shop.id) : lastNextOf(facts, asked, stops)
  const base = { shopId: shop?.id ?? null, since: null, next, actions: orderNumber === null ? [] : actions }
  if (answered) {
    const said = bySaid(answered, base)
    if (said) return said
  }
  if (isUnknown) {
    const message =
      'モールに照会しましたが、この番号の注文はありません。番号を確認してください。これから入る注文であれば、メールか突合で取り込まれます。'
    return { ...base, verdict: 'mall_knows_none', message }
  }
  const broken = shop && liveIn(facts, shop.id)
  if (broken?.kind === 'broken') {
    const message = `モールに照会しましたが、使える回答がありません（${broken.code}）。${broken.message}`
    return { ...base, verdict: 'mall_away', since: broken.at, message }
  }
  const place = shop && byPlace(shop, facts, base)
  if (place?.verdict === 'too_old') return place
  return byMail(shop, facts, place ?? base) ?? place ?? untraced(shop, facts, base)
}

/** No server can be asked for it: the newest file says why it is not here. */
function byFiles({ id, lastFile }: ShopFacts, now: Date): Finding {
  const at = { shopId: id, since: lastFile ? new Date(lastFile.at) : null, next: null, actions: [] }
  const name = `注文ファイル「${lastFile?.name}」`
  if (lastFile?.state === 'waiting') {
    const next = { at: now, message: `${name}を読み取ります。` }
    return { ...at, verdict: 'being_asked', next, message: `${name}が読み取りを待っています。` }
  }
  const { done = 0, refused = 0 } = lastFile ?? {}
  const leftOut = [
    ...(done > 0 ? [`発送・キャンセル済み、または注文前のため対象外の受注が${done}件`] : []),
    ...(refused > 0 ? [`誤りがあり取り込めない受注が${refused}件`] : []),
  ].join('、')
  const told =
    lastFile?.state === 'failed'
      ? `最新の${name}は取り込めませんでした（${lastFile.message ?? '理由不明'}）。`
      : leftOut === ''
        ? ''
        : `最新の${name}には、${leftOut}あります。${refused > 0 ? '注文ファイルの画面で行ごとの誤りを確認してください。' : ''}`
  return { ...at, verdict: 'no_trace', message: `${BY_FILE}${told}` }
}

const BY_FILE =
  'この店舗の受注は注文ファイルで取り込みます。この受注は、これまでのどのファイルからも取り込まれていません（対象外・誤りの受注を含みます）。カートから出力し直したファイルを取り込んでください。'

/** Several shops may each be the one; more buttons than this help nobody. */
const MOST_OFFERED = 10

function ofNoShop({ shops }: Facts): Finding {
  const none = shops.length === 0
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

type Base = Pick<Finding, 'shopId' | 'since' | 'next' | 'actions'>

/** The mall has it and will not, or cannot, give it as an order. */
function bySaid(said: LiveFacts, base: Base): Finding | null {
  if (said.kind === 'pending') return { ...base, verdict: 'held_at_mall', message: said.message }
  if (said.kind === 'skipped') return { ...base, verdict: 'not_wanted', message: said.message, next: null }
  if (said.kind === 'found' && said.state === 'cancelled') return { ...base, ...CANCELLED }
  return null
}

/** By the time at which it was placed, where that is known. */
function byPlace(shop: ShopFacts, facts: Facts, base: Base): Finding | null {
  const { sweep } = shop
  const placed = facts.placed
  if (!placed || !sweep) return null
  const day = japaneseDay(placed.from.getTime())
  const actions = [...base.actions, lookAtDay(shop, day)]
  const isInRun = sweep.run !== null && placed.to > sweep.run.from && placed.from < sweep.run.readDownTo
  if (isInRun) {
    const message = '進行中の突合が、この注文の日時をまだ読み取っていません。'
    const next = { at: latest(sweep.nextAt, facts.now), message: '突合を続けます。' }
    return { ...base, actions, verdict: 'sweep_ahead', next, message }
  }
  if (placed.to <= sweep.reach.from) {
    const message = `${day}の注文は、突合がさかのぼる範囲（${japaneseTime(sweep.reach.from)}以降）より前です。自動では取り込まれないため、期間指定の取込を行ってください。`
    return {
      ...base,
      actions: [...base.actions, lookAtDay(shop, day)],
      verdict: 'too_old',
      next: null,
      message,
    }
  }
  if (sweep.listedUntil === null || placed.to > sweep.listedUntil) {
    const until =
      sweep.listedUntil === null
        ? 'まだ一度も終わっていません'
        : `${japaneseTime(sweep.listedUntil)}までの注文を読み取りました`
    const message = `この注文の取込を求めるメールは届いていません。突合は${until}。次の突合でこの注文に達します。`
    return { ...base, actions, verdict: 'sweep_ahead', message }
  }
  if (placed.to > sweep.rereadsFrom) return null
  const next = {
    at: latest(sweep.reach.dueAt, facts.now),
    message: '1日1回の、広い範囲の突合を行います。',
  }
  const message =
    'この注文の取込を求めるメールは届いておらず、この日時を読み取った突合のときにはモールの一覧にありませんでした。'
  return { ...base, actions, verdict: 'no_trace', next, message }
}

/** A mail without the number may be anybody's: it is evidence and no verdict. */
function byMail(
  shop: ShopFacts | undefined,
  { doubtedMails, unreadableMails }: Facts,
  base: Base,
): Finding | null {
  const doubted = doubtedMails.find(({ shopIds }) => !shop || shopIds.includes(shop.id))
  if (doubted) {
    const then = base.next ? '突合で取り込みます。' : '今すぐ取り込むを実行してください。'
    const since = doubted.seenAt
    if (doubted.reason !== null) {
      const message = `この番号のあるメールが届きました。${doubted.reason}${base.next ? '' : then}`
      return { ...base, verdict: 'mail_unreadable', since, message }
    }
    const message = `差出人を確認できないメールだけがこの番号を知らせています。同様のメールが多いため、番号では照会しません。${then}`
    return { ...base, verdict: 'mail_doubted', since, message }
  }
  const mail = unreadableMails.find(({ names, shopIds }) => names && (!shop || shopIds.includes(shop.id)))
  if (!mail) return null
  const then = base.next ? '突合で取り込みます。' : '今すぐ取り込むを実行してください。'
  const message = `この番号のあるメールが届きましたが、読み取れませんでした（${mail.reason ?? '理由不明'}）。${then}`
  return { ...base, verdict: 'mail_unreadable', since: mail.seenAt, message }
}

function untraced(shop: ShopFacts | undefined, facts: Facts, base: Base): Finding {
  const { next } = base
  if (!next && shop && liveIn(facts, shop.id)?.kind === 'found') {
    const message =
      'モールにはこの注文がありますが、取込を求めるメールが届いておらず、突合も動いていません。今すぐ取り込むを実行してください。'
    return { ...base, verdict: 'no_trace', message }
  }
  if (!next) {
    const message = '保存されている受注、取込要求、突合のどこにもこの番号がありません。'
    return { ...base, verdict: 'unknown', message }
  }
  const deaf = shop?.mailboxes.filter(({ enabled, attention }) => !enabled || attention !== null) ?? []
  const silent =
    deaf.length > 0 ? `受信箱「${deaf.map(({ name }) => name).join('」「')}」が停止しています。` : ''
  const message = `この番号の取込を求めるメールもモールの通知も届いておらず、モールの一覧との突合にもまだ現れていません。${silent}モールにあれば、突合で取り込まれます。`
  return { ...base, verdict: 'no_trace', message }
}

function sweepOf({ shops, now }: Facts, shopId: string): Next {
  const sweep = shops.find(({ id }) => id === shopId)?.sweep
  return sweep
    ? { at: latest(sweep.run ? sweep.nextAt : sweep.runAt, now), message: 'モールの注文一覧と突合します。' }
    : null
}

/** An order that was given up although the mall lists it is asked for again by a sweep, when it is time. */
function againOf(facts: Facts, listed: ListedFacts, givenUpAt: Date | null): Next {
  const sweep = facts.shops.find(({ id }) => id === listed.shopId)?.sweep
  const step = sweepOf(facts, listed.shopId)
  if (!sweep || !step || !givenUpAt) return step
  const order = { placedAt: listed.at, givenUpAt, listedUntil: sweep.listedUntil }
  const again = askedAgainAt(order, sweep, +facts.now)
  return again && { at: latest(again, step.at), message: 'モールにもう一度照会します。' }
}

/** The sweep brings what it lists: no order that was asked for before the time that it goes back to. */
function listedLater(facts: Facts, { shopId, requestedAt }: RequestFacts): Next {
  const sweep = facts.shops.find(({ id }) => id === shopId)?.sweep
  return sweep && requestedAt < sweep.reach.from ? null : sweepOf(facts, shopId)
}

/** When the last of them has been compared, or goes on. */
function lastNextOf(facts: Facts, shops: readonly ShopFacts[], stops: readonly (Finding | null)[]): Next {
  const each = shops.map(({ id }, at) => {
    const stop = stops[at]
    return stop ? stop.next : sweepOf(facts, id)
  })
  return (
    each
      .flatMap((next) => next ?? [])
      .sort((a, b) => +a.at - +b.at)
      .at(-1) ?? null
  )
}

const ACTIONS_PATH = '/v1/why/actions'

const importNow = (orderNumber: string | null, shopId: string, name?: string): Action => ({
  action: 'import_now',
  method: 'POST',
  path: ACTIONS_PATH,
  label: name === undefined ? '今すぐ取り込む' : `${name}で今すぐ取り込む`,
  body: { action: 'import_now', shopId, number: orderNumber ?? '' },
})

const reread = ({ shopId, orderNumber }: OrderFacts): Action => ({
  action: 'reread',
  label: 'モールの内容を再確認する',
  method: 'POST',
  path: ACTIONS_PATH,
  body: { action: 'reread', shopId, number: orderNumber },
})

const lookAtDay = ({ id }: ShopFacts, day: string): Action => ({
  action: 'look_at_day',
  label: `${day}の注文を取り込む`,
  method: 'POST',
  path: ACTIONS_PATH,
  body: { action: 'look_at_day', shopId: id, day },
})

const settings = ({ id }: ShopFacts, action: 'renew_key' | 'open_shop', label: string): Action => ({
  action,
  label,
  method: 'PATCH',
  path: `/v1/shops/${id}`,
  body: null,
})

const latest = (one: Date, other: Date): Date => (one > other ? one : other)

/** Most shops whose mailboxes and sweeps are told where the verdict is about none of them alone. */
const MOST_SHOPS_TOLD = 5
const MOST_WAITS_TOLD = 10

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
  for (const said of facts.live.filter(isOf)) if (said.kind !== 'not_asked') add(said.at, saidOf(said))
  for (const listed of facts.listed.filter(isOf)) add(listed.listedAt, 'モールの注文一覧に載っていました。')
  for (const order of facts.orders.filter(isOf)) {
    add(order.stagedAt, '受注を自動受注取込に保存しました。')
    add(
      order.pulledAt,
      `${order.pulledBy ?? '担当者'}が受注取込で取り込みました${whereTo(order)}（取込ID: ${order.pullId ?? '—'}）。`,
    )
    add(order.movedAt, 'ステータスが変更されました。')
    add(order.editedAt, '担当者が編集しました。')
    add(order.purgedAt, '保存期間が終わり、個人情報を消去しました。')
    add(order.erasedAt, '依頼により個人情報を消去しました。')
  }
  if (facts.orders.length === 0) {
    const told = facts.shops.filter(({ id, owns }) => (shopId === null ? owns !== false : id === shopId))
    for (const shop of told.slice(0, MOST_SHOPS_TOLD)) addShop(shop, wantedAt(shop, facts), add)
    for (const { seenAt, shopIds, reason } of facts.requests.length === 0 ? facts.doubtedMails : [])
      if (shopId === null || shopIds.includes(shopId))
        add(seenAt, `この番号のあるメールが届きました（${reason ?? '差出人は未確認'}）。`)
    for (const { seenAt, shopIds, reason, names } of facts.unreadableMails)
      if (shopId === null || shopIds.includes(shopId))
        add(
          seenAt,
          `${names ? 'この番号のある' : ''}読み取れないメールが届きました（${reason ?? '理由不明'}）。`,
        )
  }
  return lines.sort((a, b) => +a.at - +b.at).map(({ at, message }) => ({ at: at.toISOString(), message }))
}

function saidOf(said: Exclude<LiveFacts, { kind: 'not_asked' }>): string {
  switch (said.kind) {
    case 'found':
      return `モールに照会しました: この注文があります${said.state === 'cancelled' ? '（キャンセル済み）' : ''}。`
    case 'not_found':
      return 'モールに照会しました: この番号の注文はありません。'
    case 'broken':
      return `モールに照会しましたが、使える回答がありませんでした（${said.code}）。`
    case 'pending':
    case 'skipped':
      return `モールに照会しました: ${said.message}`
  }
}

/** Since when the shop is asked for it; now where it is not. */
const wantedAt = ({ id }: ShopFacts, { requests, now }: Facts): Date =>
  requests.reduce((first, { shopId, requestedAt }) => {
    return shopId === id && requestedAt < first ? requestedAt : first
  }, now)

const WAITS: Readonly<Partial<Record<WaitFacts['kind'], string>>> = {
  lane_closed: 'モールに照会しましたが使える回答がなく、接続を休止しました',
  quota: 'モールが認める呼び出し回数を使い切りました',
  disabled: '自動取込がオフになりました',
}

function addShop(
  shop: ShopFacts,
  since: Date,
  add: (at: Date | null | undefined, message: string) => unknown,
): void {
  const told = shop.waits.filter(({ kind, to }) => WAITS[kind] && (to === null || to >= since))
  for (const { kind, code, from } of told.slice(-MOST_WAITS_TOLD))
    add(from, `${shop.name}: ${WAITS[kind]}${code === null ? '' : `（${code}）`}。`)
  add(shop.attention?.since, `${shop.name}: ${shop.attention?.message}`)
  add(shop.sweep?.verifiedUntil, `${shop.name}: この時点までの注文は、モールの一覧と照合済みです。`)
  for (const { name, lastMailAt, attention, quietSince } of shop.mailboxes) {
    add(lastMailAt, `受信箱「${name}」に最後のモールのメールが届きました。`)
    add(attention?.since, `受信箱「${name}」: ${attention?.message}`)
    add(quietSince, `受信箱「${name}」に、いつもより長くメールが届いていません。`)
  }
}
