import { DAY, HOUR, MINUTE, SECOND } from './world.ts'

/**
 * What may happen to an order, its mall, its shop and the service: plain data, so that a history can be kept
 * and played again.
 */

/**
 * Orders and buyers are named by their place in the history; of more than there are, counting begins anew.
 */
export type Action =
  /**
   * A buyer orders. `fresh`: within the ten minutes in which it cannot be changed. `preorder`: released in
   * `days`. `twin`: with name and address of this buyer's newest order, so that both can go into one parcel.
   */
  | {
      do: 'order'
      /** At the third one for two recipients; at the fourth one it comes by file. */
      shop: 0 | 1 | 2 | 3
      buyer: number
      twin?: boolean
      mailed: boolean
      kind: 'ready' | 'fresh' | 'preorder'
      days: number
      /** Minutes after which the mall's API and list know it. */
      late?: number
    }
  /**
   * A mail about an order, once more or for the first time: its newest, or one of a kind that the mall sends
   * too. `stranger`: nobody vouches for its sender.
   */
  | { do: 'mail'; order: number; kind?: MailKind; stranger?: boolean }
  /** A tick of the scheduler, and what it woke. */
  | { do: 'work' }
  | { do: 'import'; order: number }
  | { do: 'reread'; order: number }
  /** One of two people at the desk. `blind`: on the version that this person saw last. */
  | { do: 'edit'; order: number; by: 0 | 1; blind: boolean }
  /** To 保留 also with a day, in so many days, and a reason of its own; or as it was when it last left. */
  | { do: 'move'; order: number; to: (typeof STATUSES)[number]; days?: number; restore?: boolean }
  /**
   * One of two programs takes orders over by position: the batch behind the last one that it has stored, of
   * so many orders at most. An answer that comes after the program went on is stored by nobody.
   */
  | { do: 'take'; desk: 0 | 1; limit?: number }
  /** A program is put back to what it had stored so many batches ago. */
  | { do: 'putBack'; desk: 0 | 1; batches: number }
  /** The owner takes a program's desk out of use, or into it again. */
  | { do: 'useDesk'; desk: 0 | 1; inUse: boolean }
  /** 受注を取り込む on the board, which hands nothing over. */
  | { do: 'accept'; limit: number }
  /** `again`: the newest key once more, as a client does that got no answer. */
  | { do: 'pull'; again: boolean }
  | { do: 'change'; order: number; action: ChangeName }
  /** A buyer cancels; the mall's list says it at once, its detail only after `lag` calls. */
  | { do: 'mallCancel'; order: number; lag: number; mailed: boolean }
  | { do: 'mallAddress'; order: number; mailed: boolean }
  /** The mall moves the release of a pre-order, or lets it go now. */
  | { do: 'mallRelease'; order: number; days: number }
  /** By the cart's own page it is shipped, or no order yet, or has a word that nobody mapped. */
  | { do: 'cartState'; order: number; to: 'shipped' | 'not_placed' | 'unread' | 'open' }
  /** A buyer there wants more of it, or what was ordered first. */
  | { do: 'cartPrice'; order: number; back: boolean }
  /**
   * A file of all orders of the cart as they are, or as they were so many files ago, is sent by a person who
   * says when it was written, under a name that does, or by mail. `lacks`: without its column of states.
   */
  | { do: 'file'; back: number; by: 'person' | 'name' | 'mail'; lacks?: boolean }
  /** The cart writes one that nobody sends yet. */
  | { do: 'write' }
  /** The task that reads what came. */
  | { do: 'read' }
  /** Of the buyer of an order. */
  | { do: 'erase'; order: number; by: 'phone' | 'email' | 'number' }
  | { do: 'retention' }
  | { do: 'webhook'; on: boolean }
  /** Another address of the same receiver, or another secret. */
  | { do: 'webhookEdit'; what: 'url' | 'secret' }
  /** A person asks again: for the newest request of an order, or for all that was given up. */
  | { do: 'retry'; order: number }
  | { do: 'retryAll' }
  /** A person does not want an order's newest request that has not brought it. */
  | { do: 'dismiss'; order: number }
  /** 自動仕分け: the owner turns the rules on or off. */
  | { do: 'rules'; on: boolean }
  /** The task that applies them. */
  | { do: 'sort' }
  /** A person answers an order's newest change that did not end well. */
  | { do: 'answerChange'; order: number; how: 'retry' | 'dismiss' }
  | { do: 'period'; shop: 0 | 1; days: number }
  /** What a shop does by itself: 注文確認 as an order comes in, 完了 some days after shipping. */
  | { do: 'settings'; shop: 0 | 1; confirms: boolean; completes: boolean }
  | { do: 'block'; buyer: number }
  /** So many of the next calls of an operation at the mall go wrong. */
  | { do: 'fault'; kind: (typeof FAULTS)[number]; operation: (typeof OPERATIONS)[number]; times: number }
  /**
   * The next call that writes at the mall is lost on its way there, and is carried out half a minute
   * later.
   */
  | { do: 'stray' }
  /** The receiver of the webhook answers 500 from now on, or takes what comes. */
  | { do: 'deaf'; on: boolean }
  | { do: 'deliver' }
  | { do: 'follow' }
  | { do: 'label'; order: number }
  | { do: 'tracking'; order: number }

export type Command =
  | Action
  /** The process dies at its `at`-th await. */
  | { do: 'crash'; at: number; action: Action }
  /** The answer of its `at`-th await is lost behind what was done, and the process lives on. */
  | { do: 'lose'; at: number; action: Action }
  /**
   * It is held back before its `at`-th await behind so many answered `calls` at the mall, and goes on by
   * `resume`, or before a rest. With `order` only calls that name it count.
   */
  | { do: 'hold'; at: number; calls?: number; order?: number; action: Action }
  | { do: 'resume' }
  /** From here on the other process answers and works. */
  | { do: 'process' }
  /** Two at once: so many statements of the left one, then so many of the right one, and so on. */
  | { do: 'both'; runs: number[]; left: Action; right: Action }
  /** All processes are started anew with another encryption key in front of the others. */
  | { do: 'newKey' }
  /** All is sealed under the first one, and the others go. */
  | { do: 'rotateKeys' }
  /** The tenant's API key is rotated; the one before works on for a day, or no longer. */
  | { do: 'rotateKey'; overlaps: boolean }
  /** Lets time pass with the service at work. */
  | { do: 'time'; ms: number }
  | { do: 'backup' }
  /** From here on the standby, another server, gets nothing any more. */
  | { do: 'standby' }
  /** The newest backup on another server, or the standby where that is newer; what was done since is lost. */
  | { do: 'restore' }

export const STATUSES = [
  'auto_imported',
  'new',
  'awaiting_payment',
  'ready_to_ship',
  'on_hold',
  'cancelled',
] as const
export const CHANGES = [
  ...['confirm', 'ship', 'parts', 'correct', 'complete', 'fee'],
  ...['hold', 'release', 'cancel', 'memo'],
] as readonly ChangeName[]
export type ChangeName =
  | 'confirm'
  | 'ship'
  | 'parts'
  | 'correct'
  | 'complete'
  | 'fee'
  | 'hold'
  | 'release'
  | 'cancel'
  | 'memo'
type MailKind = 'placed' | 'paid' | 'changed' | 'cancelled'
/** Those that pass by themselves; none waits for the machine's own clock. */
export const FAULTS = ['429', '500', '500-done', '503-html', '200-html', 'cut', 'broken-body'] as const
export const OPERATIONS = [
  ...['orderInfo', 'orderList', 'orderChange', 'orderStatusChange', 'orderShipStatusChange'],
] as readonly ('orderInfo' | 'orderList' | 'orderChange' | 'orderStatusChange' | 'orderShipStatusChange')[]
export const TIMES = [
  SECOND,
  31 * SECOND,
  5 * MINUTE,
  11 * MINUTE,
  HOUR,
  13 * HOUR,
  3 * DAY,
  31 * DAY,
  61 * DAY,
  91 * DAY,
]

/** As a person reads it. */
export function readable(command: Command): string {
  if (command.do === 'crash') return `dies at await ${command.at}: ${readable(command.action)}`
  if (command.do === 'lose') return `answer ${command.at} is lost: ${readable(command.action)}`
  if (command.do === 'hold') {
    const of = command.order === undefined ? '' : ` of order ${command.order}`
    const behind = command.calls ? ` behind ${command.calls} calls${of}` : ''
    return `held back at await ${command.at}${behind}: ${readable(command.action)}`
  }
  if (command.do === 'both') {
    return `at once (${command.runs.join(' ')}): ${readable(command.left)} | ${readable(command.right)}`
  }
  if (command.do === 'time') return `time ${duration(command.ms)}`
  const { do: name, ...facts } = command
  const said = Object.entries(facts).map(([key, value]) => `${key} ${value}`)
  return said.length === 0 ? name : `${name} (${said.join(', ')})`
}

function duration(ms: number): string {
  for (const [unit, length] of [
    ['d', DAY],
    ['h', HOUR],
    ['min', MINUTE],
  ] as const)
    if (ms >= length) return `${ms / length} ${unit}`
  return `${ms / SECOND} s`
}
