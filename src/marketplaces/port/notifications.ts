/** Notifications that a mall sends by itself: a trigger beside mails and the mall's list (契機: 通知). */

export interface MallNotifications {
  /** URLs of the mall's SQS queues; empty when the operator set none. */
  queues: readonly string[]
  /** Environment variable that holds them. */
  setting: string
  /** Parses one message of outside origin. Null when it cannot be read. Pure. */
  read(text: string): MallNotification | null
}

export type MallNotification =
  | {
      kind: 'order'
      /** Notification id of the mall; the same one arrives more than once. */
      id: string
      shopCode: string
      orderNumber: string
      /** new: import it unless it is here. changed: read it again if it is here. */
      news: 'new' | 'changed'
      /** For people: OrderStatusChange Unshipped */
      what: string
      at: Date | null
    }
  /** Understood, but nothing to do. */
  | { kind: 'other'; id: string; what: string }

/** Result of a shop's subscription (通知の購読). */
export interface Subscription {
  /** True when the mall writes to the queue from now on. */
  subscribed: boolean
  /** Failure code, null when all is well. */
  code: string | null
  /** Japanese: the result, or the step that a person must take at the mall. */
  messages: string[]
}

/** An order that the mall posts by itself. */
export interface PushedOrder {
  orderNumber: string
  /** Id of this message; together with the number it identifies repetitions. */
  id: string
}

export interface PushAnswer {
  type: string
  body: string
}

/** Messages that a mall posts to our URL. Pure. */
export interface MallPush {
  /** Null when it cannot be read. `key`: what proves the mall. */
  read(text: string): { key: string; orders: PushedOrder[] } | null
  answers: { taken: PushAnswer; unreadable: PushAnswer; refused: PushAnswer }
}
