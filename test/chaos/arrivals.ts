import { setTimeout as sleep } from 'node:timers/promises'
import type { SandboxOrder } from '../../sandbox/kit/types.ts'
import { composeMail } from '../../sandbox/mails/compose-mail.ts'
import { SHAPES_OF } from '../../sandbox/malls/index.ts'
import { MAIL_LOOKS, type MailLook } from '../../sandbox/sandbox.ts'
import type { Ground } from './ground.ts'
import type { History } from './history.ts'
import { CHAOS_MALLS, chaosShops } from './malls.ts'
import { MAILBOXES, type Plan, type PlannedOrder } from './plan.ts'

/**
 * An order that a buyer placed, and when the service could first have known of it (milliseconds since 1970).
 */
export interface Placed {
  key: string
  planned: PlannedOrder
  /** Index of its shop among those of its mall. */
  shop: number
  orderNumber: string
  knowableAt: number
}

/** Order numbers are a mall's own. */
export const keyOf = (marketplace: string, orderNumber: string): string => `${marketplace} ${orderNumber}`

/** Which mailbox a mall writes to for the shop of this index. */
export const mailboxOf = (mall: PlannedOrder['mall'], shop: number): number =>
  shop * MAILBOXES + (CHAOS_MALLS.indexOf(mall) % MAILBOXES)

/**
 * Places each order of the plan in its time, adds it to `placed` and brings its mails. Ends when the last
 * mail was brought.
 */
export async function bringOrders(
  ground: Ground,
  plan: Plan,
  began: number,
  { history, placed = [] }: { history: History; placed?: Placed[] },
  signal: AbortSignal,
): Promise<Placed[]> {
  const mails: { at: number; deliver: () => Promise<void> }[] = []
  const shops = ground.mailboxes.length / MAILBOXES
  const shopsOf = Object.fromEntries(CHAOS_MALLS.map((mall) => [mall, chaosShops(mall, shops)]))
  let next = 0
  while (next < plan.orders.length || mails.length > 0) {
    const now = Date.now() - began
    while ((plan.orders[next]?.at ?? Number.POSITIVE_INFINITY) <= now) {
      place(plan.orders[next] as PlannedOrder)
      next += 1
    }
    const due = mails.filter(({ at }) => at <= now)
    if (due.length > 0) mails.splice(0, mails.length, ...mails.filter(({ at }) => at > now))
    await Promise.all(due.map((mail) => mail.deliver()))
    await sleep(25, undefined, { signal })
  }
  return placed

  function place(planned: PlannedOrder): void {
    const { mall, visibleAfterSeconds, mailAfter } = planned
    const shop = placed.length % shops
    const order = ground.malls[mall].place({
      shopCode: shopsOf[mall]?.[shop]?.code ?? '',
      ...shapeOf(mall, placed.length),
      ...(visibleAfterSeconds > 0 ? { visibleAfterSeconds } : {}),
    })
    const visibleAt = Date.now() + visibleAfterSeconds * 1000
    const one: Placed = {
      key: keyOf(mall, order.orderNumber),
      planned,
      shop,
      orderNumber: order.orderNumber,
      knowableAt: mailAfter.length === 0 ? visibleAt : Number.POSITIVE_INFINITY,
    }
    placed.push(one)
    history.note({
      process: 'buyer',
      f: 'order',
      type: 'ok',
      value: {
        order: one.key,
        visibleAt,
        mails: mailAfter.length,
        listedAfterMs: LISTED_AFTER_MS[mall] ?? 0,
        mailbox: ground.mailboxes[mailboxOf(mall, shop)]?.user,
        marks: marksOf(order),
        ...(order.places === undefined ? {} : { places: order.places }),
      },
    })
    mailAfter.forEach((after, copy) => {
      const deliver = async () => {
        const user = ground.mailboxes[mailboxOf(mall, shop)]?.user as string
        await ground.imap.deliver(user, mailOf(order, planned.look + copy, user))
        history.note({ process: 'mailbox', f: 'mail', type: 'ok', value: { order: one.key } })
        one.knowableAt = Math.min(one.knowableAt, Math.max(Date.now(), visibleAt))
      }
      mails.push({ at: Date.now() - began + after, deliver })
    })
  }
}

/** One order in seven has a shape that chance makes seldom: two recipients, a cancelled line, a pick-up. */
function shapeOf(mall: PlannedOrder['mall'], n: number) {
  const shapes = mall === 'connector' ? [] : SHAPES_OF[mall]
  const shape = shapes[Math.floor(n / SHAPED_EACH) % shapes.length]
  return n % SHAPED_EACH === 0 && shape ? { shape } : {}
}
const SHAPED_EACH = 7

/**
 * Malls whose list of orders cannot be asked for the newest ones: Amazon's `createdBefore` lies two minutes
 * back.
 */
const LISTED_AFTER_MS: Partial<Record<PlannedOrder['mall'], number>> = { amazon: 120_000 }

function mailOf(order: SandboxOrder, n: number, to: string): Buffer {
  const look = MAIL_LOOKS[n % MAIL_LOOKS.length] as MailLook
  return composeMail({ type: 'placed', order }, { to, ...look })
}

/**
 * Marks that the mall's own data ask for, or forbid. Amazon names no buyer. At Rakuten further recipients may
 * have other names, and a note begins with headings of its own.
 */
function marksOf({ marketplace, buyerName, recipientName, note }: SandboxOrder): Record<string, boolean> {
  const isElsewhere = marketplace !== 'amazon' && buyerName !== recipientName
  if (marketplace === 'amazon' || marketplace === 'rakuten')
    return isElsewhere ? { other_recipient: true } : {}
  return { other_recipient: isElsewhere, buyer_note: note.trim() !== '' }
}
