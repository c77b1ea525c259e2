import type { Command } from '../../life/commands.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../life/world.ts'

/**
 * For each planted fault the shortest way to it: histories that were written for it, by the beginning of its
 * name (`npm run mutate -- life made`). They say whether the model would see the fault if it met it, which
 * drawn histories do not: where nothing of these breaks, another guard hides the fault or an invariant is
 * missing.
 */

const order = { do: 'order', shop: 0, buyer: 0, mailed: true, kind: 'ready', days: 0 } as const
const unmailed = { ...order, mailed: false } as const
const twin = { ...order, twin: true } as const
const late = { ...order, late: 180 } as const
const preorder = { ...order, kind: 'preorder', days: 3 } as const
const work = { do: 'work' } as const
const resume = { do: 'resume' } as const
const retry = { do: 'retry', order: 0 } as const
const again = { do: 'import', order: 0 } as const
const reread = { do: 'reread', order: 0 } as const
const edit = { do: 'edit', order: 0, by: 0, blind: false } as const
const paid = { do: 'mail', order: 0, kind: 'paid' } as const
const address = { do: 'mallAddress', order: 0, mailed: true } as const
const cancelled = { do: 'mallCancel', order: 0, lag: 0, mailed: true } as const
const retention = { do: 'retention' } as const
const stray = { do: 'stray' } as const
const erase = { do: 'erase', order: 0, by: 'phone' } as const
const unreadable = { do: 'fault', kind: 'broken-body', operation: 'orderInfo', times: 12 } as const
const time = (ms: number) => ({ do: 'time', ms }) as const
/** A worker that stands still before its `at`-th await behind so many calls at the mall. */
const stall = (at: number, calls = 1) => ({ do: 'hold', at, calls, action: work }) as const
const change = (action: 'ship' | 'confirm' | 'fee' | 'correct') =>
  ({ do: 'change', order: 0, action }) as const
const onHold = (days: number) => ({ do: 'move', order: 0, to: 'on_hold', days }) as const
const moved = { do: 'move', order: 0, to: 'new' } as const
const givenUp = [
  ...[unreadable, order, work],
  ...[5, 5, 5, 11, 11, 11].flatMap((minutes) => [time(minutes * MINUTE), work]),
]
const months = [time(31 * DAY), time(31 * DAY), retention]
const askedMeanwhile = (ask: Command) => [late, work, time(5 * MINUTE), stall(0), ask, resume, work]
const taken = (at: number, calls: number, ms: number) => [
  ...[order, work, change('ship'), stall(at, calls), time(ms), work, time(5 * MINUTE), work, resume, work],
]
const upTo = (most: number) => Array.from({ length: most + 1 }, (_, at) => at)
/** Behind so many calls at the mall, before each of the next awaits. */
const places = [1, 2].flatMap((calls) => upTo(4).map((at) => [at, calls] as const))

export const MADE: Readonly<Record<string, readonly (readonly Command[])[]>> = {
  'mail: a cancellation mail': [[order, work, cancelled]],
  'mail: a payment mail': [[order, work, paid]],
  'imports: a person’s retry': [askedMeanwhile(retry)],
  'imports: what is asked for again': [askedMeanwhile(again)],
  'imports: an answer puts off': [askedMeanwhile(retry)],
  'imports: a person’s request': [[late, work, time(5 * MINUTE), work, again]],
  'imports: an order that was given up': [[...givenUp, time(13 * HOUR)]],
  'orders: a refresh ends': [[order, work, paid, stall(0), address, resume, work]],
  'orders: a refresh is written': [
    [order, work, paid, stall(0), cancelled, time(5 * MINUTE), work, resume, work],
    ...upTo(4).map((at) => [order, work, address, stall(at), edit, resume, work]),
  ],
  'orders: a refresh leaves': [[order, work, cancelled, work]],
  'orders: an edit': upTo(12).map((at) => [
    ...[order, work, { do: 'hold', at, action: edit } as const, edit, resume],
  ]),
  'orders: 保留': [
    [
      ...[order, work, onHold(5), moved, time(HOUR), onHold(9), moved],
      { do: 'move', order: 0, to: 'on_hold', restore: true },
    ],
  ],
  'orders: a move': [[order, work, onHold(5), moved]],
  'orders: モール': [[order, work, cancelled, work, time(61 * DAY), retention]],
  // Closed here, while the mall holds it still.
  'retention: the end': [
    [
      ...[{ ...preorder, days: 120 }, work, { do: 'pull', again: false } as const],
      ...[{ do: 'move', order: 0, to: 'cancelled' } as const, ...months],
    ],
  ],
  // A person does not want it, so no later answer brings it.
  'retention: raw': [[{ ...unreadable, times: 1 }, order, work, { do: 'dismiss', order: 0 }, ...months]],
  'retention: mails': [[order, work, ...months]],
  'retention: rows': [[order, work, { do: 'follow' }, moved, ...months]],
  'erasure: an old version': [[order, work, edit, address, reread, work, erase]],
  'erasure: the reason': [[order, work, onHold(5), moved, erase]],
  'erasure: an order': [[order, work, unmailed, erase, time(13 * HOUR)]],
  'site changes: a held change': places.map(([at, calls]) => [
    ...[order, work, change('ship'), stall(at, calls), address, time(31 * SECOND), work, work, resume],
  ]),
  // It waits for the end of the ten minutes, and the order is cancelled before.
  'site changes: a wake': upTo(4).flatMap((at) =>
    (['confirm', 'ship'] as const).map((action) => [
      ...[{ ...order, kind: 'fresh' } as const, work, change(action), stall(at)],
      ...[cancelled, time(31 * SECOND), work, resume, work],
    ]),
  ),
  'site changes: a lost': [
    [order, work, change('ship'), stray, work, time(3 * SECOND), work, time(6 * SECOND), work],
  ],
  // The first stands still before it notes its call, the second behind what it noted of the answer.
  'site changes: a worker': upTo(2).flatMap((at) =>
    upTo(3).map((after) => [
      ...[order, work, change('ship'), stall(at), time(5 * MINUTE), stall(after, 2)],
      ...[resume, time(5 * MINUTE), work, resume, work],
    ]),
  ),
  'site changes: a call': places.map(([at, calls]) => taken(at, calls, 5 * MINUTE)),
  'site changes: an answered': [
    [
      ...[order, work, cancelled, change('ship'), work, time(13 * HOUR)],
      { do: 'answerChange', order: 0, how: 'dismiss' },
    ],
  ],
  // Of an order that was edited a refresh takes over nothing else.
  'site changes: the tracking': [[order, work, edit, change('ship'), work]],
  'site changes: postage': [[order, work, edit, change('fee'), work]],
  HTTP: upTo(4).map((at) => [
    order,
    work,
    { do: 'hold', at, action: erase } as const,
    ...[time(2 * MINUTE), work, resume],
  ]),
  // Listed a day late: the run of each day that looks back further brings it.
  'reconciliation: a run': [
    [time(13 * HOUR), { ...unmailed, late: 20 * 60 }, time(13 * HOUR), time(13 * HOUR), time(13 * HOUR)],
  ],
  'reconciliation: a difference': [
    [...[unmailed, time(13 * HOUR)], { do: 'mallCancel', order: 0, lag: 5, mailed: false }, time(13 * HOUR)],
  ],
  'marks: the older': [[order, work, twin, work]],
  'marks: 同梱候補': [[order, work, twin, work, { do: 'mallCancel', order: 1, lag: 0, mailed: true }, work]],
  'webhooks: one': [[order, work, { do: 'webhook', on: false }, moved, ...months]],
  'webhooks: a delivery': [
    [
      ...[order, work, { do: 'pull', again: false } as const, { do: 'deliver' } as const],
      ...[{ do: 'deaf', on: true } as const, { do: 'move', order: 0, to: 'ready_to_ship' } as const],
      ...[{ do: 'deliver' } as const, { do: 'deaf', on: false } as const],
    ],
  ],
  'events: an order': [[order, work, { do: 'move', order: 0, to: 'ready_to_ship' }, { do: 'follow' }]],
  'events: the end': [[order, work, cancelled, work, time(61 * DAY), retention]],
  why: [[late, work, time(5 * MINUTE), work]],
  malls: [[order, work, change('ship'), work, time(5 * MINUTE), change('correct'), work]],
}
