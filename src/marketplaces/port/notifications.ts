/** What a mall tells by itself, without being asked: a trigger of its own beside mails and the mall's list (契機: 通知). */

export interface MallNotifications {
  /** URLs of the SQS queues that the mall writes to; none: the operator set none. */
  queues: readonly string[]
  /** The setting that names them. */
  setting: string
  /** Reads one message. Null when it cannot be read; whatever stands in it was written outside. Pure. */
  read(text: string): MallNotification | null
}

export type MallNotification =
  | {
      kind: 'order'
      /** The mall's own id of the notification: the same one comes more than once. */
      id: string
      shopCode: string
      orderNumber: string
      /** new: to be imported, if it is not here; changed: to be read again, if it is. */
      news: 'new' | 'changed'
      /** For people: OrderStatusChange Unshipped */
      what: string
      at: Date | null
    }
  /** Understood, and nothing is to be done. */
  | { kind: 'other'; id: string; what: string }

/** What became of a shop's subscription (通知の購読). */
export interface Subscription {
  /** true: the mall writes to the queue from now on. */
  subscribed: boolean
  /** Failure code, null when all is well. */
  code: string | null
  /** Japanese: what was done, or what a person must do at the mall. */
  messages: string[]
}

/** An order that a mall posts of by itself. */
export interface PushedOrder {
  orderNumber: string
  /** Of this message; with the number it tells repetitions. */
  id: string
}

export interface PushAnswer {
  type: string
  body: string
}

/** Messages that a mall posts to a URL of ours. Pure. */
export interface MallPush {
  /** Null when it cannot be read. `key`: what proves the mall. */
  read(text: string): { key: string; orders: PushedOrder[] } | null
  answers: { taken: PushAnswer; unreadable: PushAnswer; refused: PushAnswer }
}
