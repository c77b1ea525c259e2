import type { MallFacts } from '../marketplaces/port/marketplace.ts'
import type { Queries } from '../platform/db/transaction.ts'
import type { MallHint } from '../shops/shops/mall-hints.ts'

export const MAIL_NOT_ARRIVING = 'MAIL_NOT_ARRIVING'

/** Time for a mail to arrive after its order was found. */
const MAIL_WAITS_MS = 10 * 60_000
/** Orders in a row without a mail that are no accident. */
const IN_A_ROW = 3
const LOOK_BACK_MS = 3 * 24 * 60 * 60_000

export type MailState = 'arriving' | 'missing' | 'unknown'

/**
 * Decides whether mails arrive for the shop's orders, by the newest that a sweep found while it was up to
 * date. A shop without an enabled mailbox has no mails to miss.
 */
export async function mailState(queries: Queries, shopId: string, now: number): Promise<MailState> {
  const { rows } = await queries.query<{ mailed: boolean; listedAt: Date }>(NEWEST, [
    shopId,
    new Date(now - LOOK_BACK_MS),
  ])
  return judgeMails(rows, now)
}

/** Newest first. Pure. */
export function judgeMails(orders: readonly { mailed: boolean; listedAt: Date }[], now: number): MailState {
  const newest = orders
    .filter(({ mailed, listedAt }) => mailed || now - listedAt.getTime() >= MAIL_WAITS_MS)
    .slice(0, IN_A_ROW)
  if (newest.some(({ mailed }) => mailed)) return 'arriving'
  return newest.length === IN_A_ROW ? 'missing' : 'unknown'
}

// Orders found before the shop had its mailbox prove nothing.
const NEWEST = `
select w.listed_at as "listedAt", exists (
  select from import_requests r where r.shop_id = $1 and r.order_number = w.order_number and r.mail_id is not null) as mailed
from swept_orders w
where w.shop_id = $1 and w.live and w.listed_at > greatest($2::timestamptz, (
  select min(m.created_at) from mailbox_shops ms join mailboxes m on m.id = ms.mailbox_id
  where ms.shop_id = $1 and m.enabled)) and exists (
    select from mailbox_shops ms join mailboxes m on m.id = ms.mailbox_id where ms.shop_id = $1 and m.enabled)
order by w.listed_at desc, w.at desc
limit 20`

export const mailNotArriving = ({ mailHelp }: Pick<MallFacts, 'mailHelp'>): MallHint => ({
  code: MAIL_NOT_ARRIVING,
  message:
    'モールの注文一覧にある新しい受注について、注文メールが届いていません。受注はモールの注文一覧との定期照合で取り込まれますが、遅くなります。' +
    `${mailHelp}迷惑メール・振り分け・転送の設定と、受信箱のフォルダーの指定も確認してください。`,
})
