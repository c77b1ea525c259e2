import type { Command } from './commands.ts'
import { DAY, HOUR, MINUTE, SECOND } from './world.ts'

/** Histories that once broke an invariant, made small. They are played before any new one. */
export interface Kept {
  name: string
  history: Command[]
  /** Not mended yet: what its failure says. The test tells when it is. */
  open?: RegExp
}

const work = { do: 'work' } as const
const order = { do: 'order', shop: 0, buyer: 0, mailed: true, kind: 'ready', days: 0 } as const

const byFile = { ...order, shop: 3, mailed: false } as const
const read = { do: 'read' } as const
const price = { do: 'cartPrice', order: 0, back: false } as const
const sent = (by: 'person' | 'name' | 'mail', back = 0) => ({ do: 'file', back, by }) as const

export const KEPT: readonly Kept[] = [
  {
    name: 'a cancellation that the mall’s list says before its detail does',
    history: [
      order,
      work,
      { do: 'mallCancel', order: 0, lag: 1, mailed: false },
      { do: 'time', ms: 13 * HOUR },
    ],
  },
  {
    name: 'a pre-order whose release is more than 60 days ahead',
    history: [{ ...order, kind: 'preorder', days: 61 }, work, { do: 'time', ms: 62 * DAY }],
  },
  {
    name: 'a release that the mall brings forward when the order is old',
    history: [
      { ...order, kind: 'preorder', days: 90 },
      work,
      { do: 'time', ms: 40 * DAY },
      { do: 'mallRelease', order: 0, days: 0 },
    ],
  },
  {
    name: 'a pre-order that was handed over and is released in 120 days',
    history: [
      { ...order, kind: 'preorder', days: 120 },
      work,
      { do: 'pull', again: false },
      { do: 'time', ms: 100 * DAY },
    ],
  },
  {
    name: 'a webhook after a restore onto another server',
    history: [
      order,
      work,
      { do: 'deliver' },
      { do: 'backup' },
      { do: 'restore' },
      { ...order, buyer: 1 },
      work,
    ],
  },
  {
    name: 'a failover to a standby that was behind',
    history: [
      order,
      work,
      { do: 'deliver' },
      { do: 'standby' },
      { ...order, buyer: 1 },
      work,
      { do: 'pull', again: false },
      { do: 'deliver' },
      { do: 'restore' },
      { ...order, buyer: 1 },
      work,
    ],
  },
  {
    name: 'orders that come in after a restore',
    history: [
      ...[order, order, order],
      work,
      { do: 'pull', again: false },
      { do: 'backup' },
      { do: 'restore' },
      ...[order, order, order, work],
    ],
  },
  {
    name: 'a webhook that was off for longer than the feed is kept',
    history: [
      { do: 'webhook', on: false },
      ...[order, work, order, work],
      { do: 'time', ms: 31 * DAY },
      { do: 'time', ms: 31 * DAY },
      { do: 'retention' },
    ],
  },
  {
    name: 'an erasure that meets an edit',
    history: [
      order,
      work,
      {
        do: 'both',
        runs: [8, 12],
        left: { do: 'edit', order: 0, by: 0, blind: false },
        right: { do: 'erase', order: 0, by: 'phone' },
      },
    ],
  },
  {
    name: 'a confirmation within the ten minutes',
    history: [
      { ...order, kind: 'fresh' },
      work,
      { do: 'time', ms: 9 * MINUTE + 5 * SECOND },
      { do: 'change', order: 0, action: 'confirm' },
      work,
    ],
  },
  {
    name: 'a cancellation that the last sweep before the end sees first',
    history: [
      { ...order, shop: 1, mailed: false },
      { do: 'time', ms: HOUR },
      { ...order, mailed: false },
      { do: 'mallCancel', order: 0, lag: 1, mailed: false },
      { ...order, mailed: false },
      { do: 'time', ms: SECOND },
    ],
  },
  {
    name: 'two orders of a buyer that two shops take in at once',
    history: [
      order,
      { ...order, shop: 1, twin: true },
      { do: 'both', runs: [5, 5], left: work, right: work },
    ],
  },
  {
    name: 'two orders of a buyer who writes the reading of the name in two ways',
    history: [order, work, { ...order, twin: true }, work],
  },
  {
    name: 'a webhook whose first delivery fails and comes after later ones',
    history: [
      { ...order, mailed: false },
      { do: 'deaf', on: true },
      { do: 'time', ms: HOUR },
      { do: 'change', order: 0, action: 'confirm' },
    ],
  },
  {
    name: 'a stranger’s mail of a change to an order that is not here',
    history: [
      { ...order, mailed: false },
      { do: 'mallAddress', order: 0, mailed: true },
      { do: 'time', ms: SECOND },
    ],
  },
  {
    name: 'two programs that pull by position while a server is lost, and one of them is put back',
    history: [
      order,
      work,
      { do: 'take', desk: 0 },
      { do: 'hold', at: 2, action: { do: 'take', desk: 1 } },
      { do: 'standby' },
      ...[order, order, work],
      { do: 'take', desk: 0, limit: 1 },
      { do: 'accept', limit: 1 },
      { do: 'restore' },
      {
        do: 'both',
        runs: [3, 4],
        left: { do: 'take', desk: 0 },
        right: { do: 'take', desk: 1 },
      },
      { do: 'putBack', desk: 0, batches: 2 },
      ...[order, work],
    ],
  },
  {
    name: 'an older order of an erased buyer that comes in under a new encryption key',
    history: [
      order,
      work,
      { ...order, mailed: false },
      { do: 'erase', order: 0, by: 'phone' },
      { do: 'newKey' },
      { do: 'time', ms: 13 * HOUR },
      { do: 'rotateKeys' },
      work,
    ],
  },
  {
    name: 'two recipients, of whom one gets a parcel and later the other',
    history: [
      { ...order, shop: 2 },
      work,
      { do: 'change', order: 0, action: 'ship' },
      work,
      { do: 'time', ms: 5 * MINUTE },
      { do: 'change', order: 0, action: 'parts' },
      work,
    ],
  },
  {
    name: 'an answer of the mall that a worker holds while another one writes a newer one',
    history: [
      order,
      work,
      { do: 'mail', order: 0, kind: 'paid' },
      { do: 'hold', at: 0, calls: 1, action: work },
      { do: 'mallCancel', order: 0, lag: 0, mailed: true },
      { do: 'time', ms: 5 * MINUTE },
      work,
      { do: 'resume' },
    ],
  },
  {
    name: 'a change that a worker ends by a reading of before the shop was another one’s',
    history: [
      { ...order, kind: 'preorder', days: 3 },
      work,
      { do: 'change', order: 0, action: 'ship' },
      { do: 'hold', at: 0, calls: 1, action: work },
      { do: 'mallRelease', order: 0, days: 0 },
      { do: 'mail', order: 0, kind: 'paid' },
      { do: 'time', ms: 31 * SECOND },
      work,
      { do: 'resume' },
      work,
    ],
  },
  {
    name: 'a person who does not want an order’s next reading, at which its hold ends',
    history: [{ ...order, kind: 'fresh' }, work, { do: 'dismiss', order: 0 }, { do: 'time', ms: 13 * HOUR }],
  },
  {
    name: 'a pre-order of which a stopped service learns late that its mall has let it go',
    history: [
      { ...order, kind: 'preorder', days: 90 },
      work,
      { do: 'pull', again: false },
      ...[5 * MINUTE, 3 * DAY, 31 * DAY, 31 * DAY, 61 * DAY, 61 * DAY, 3 * DAY].map(
        (ms) => ({ do: 'time', ms }) as const,
      ),
    ],
  },
  {
    name: 'a postage that we changed ourselves',
    history: [order, work, { do: 'change', order: 0, action: 'fee' }, work],
  },
  {
    name: 'an older file whose order a newer one had left out',
    history: [
      byFile,
      { do: 'write' },
      { do: 'mallCancel', order: 0, lag: 0, mailed: false },
      sent('person'),
      read,
      sent('mail', 2),
      read,
    ],
  },
  ...(['unread', 'not_placed'] as const).map((to) => ({
    name: `an older file whose order a newer one has as ${to}`,
    history: [
      byFile,
      { do: 'write' },
      { do: 'cartState', order: 0, to },
      sent('person'),
      read,
      sent('mail', 2),
      read,
      { do: 'cartState', order: 0, to: 'open' },
      sent('name'),
      read,
    ] satisfies Command[],
  })),
  {
    name: 'a price that went back, and the file between that comes late',
    history: [
      byFile,
      sent('mail'),
      price,
      { do: 'write' },
      { ...price, back: true },
      sent('name'),
      read,
      sent('person', 2),
      read,
    ],
  },
  {
    name: 'files without states at which nobody looks',
    history: [byFile, { ...sent('mail'), lacks: true }, read, { ...sent('person'), lacks: true }, read],
  },
]

/** Every fault that is not mended yet, as a history may meet it. */
export const OPEN: readonly RegExp[] = [...KEPT.flatMap(({ open }) => open ?? [])]
