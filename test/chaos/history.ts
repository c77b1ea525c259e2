import { createReadStream, createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'
import { z } from 'zod'

/**
 * What happened in a run, one JSON line each, in the order in which it was seen: whatever a client, a mall or
 * the run did, and at the end what was read. `check.ts` judges from it alone, so that anybody can judge
 * again. invoke: asked; ok: answered; fail: refused for certain; info: nobody knows whether it was done.
 */

const order = z.string()
/** `parcels` and `text`: what its writes at the mall carry and no other change's do. */
const Change = z.object({
  id: z.string().optional(),
  order,
  action: z.string(),
  parcels: z.array(z.string()).optional(),
  /** To several recipients: the mall is told each with a call of its own. */
  apart: z.literal(true).optional(),
  text: z.string().optional(),
  /** Absent: all that the order has. */
  lines: z.array(z.object({ lineId: z.string(), quantity: z.int() })).optional(),
})

/** A row of the change feed. `id`: of the order, change, … that it tells of; `what`: what it tells. */
const FeedRow = z.object({ place: z.string(), kind: z.string(), id: z.string(), what: z.string() })

const Label = z.object({ order: order.nullable(), recipient: z.string(), key: z.string() })

/** One shop's figures, by the day in Japan on which orders were placed. */
export const Figure = z.object({
  day: z.string(),
  shop: z.string(),
  orders: z.number(),
  amount: z.number(),
  cancelled: z.number(),
  cancelledAmount: z.number(),
  inTime: z.number(),
})
export type Figure = z.infer<typeof Figure>
const OrderFacts = z.object({
  day: z.string(),
  amount: z.number(),
  gone: z.boolean(),
  shipBy: z.string().nullable(),
  leftOn: z.string().nullable(),
})
export type OrderFacts = z.infer<typeof OrderFacts>

/** `days`: 0 where orders of a soak come at a steady rate; `shops`: of a tenant at each mall. */
const Soak = z.object({
  minutes: z.number(),
  rate: z.number(),
  days: z.int(),
  engine: z.string(),
  tenants: z.int(),
  shops: z.int(),
  hostile: z.boolean(),
})

const seen = { when: z.number(), shop: z.string() }
/** What a row of the database said from `when` on, by its server's clock. All times are milliseconds. */
const Seen = z.discriminatedUnion('what', [
  z.object({
    ...seen,
    what: z.literal('request'),
    order,
    state: z.string(),
    outcome: z.string().nullable(),
    trust: z.string().nullable(),
    attempts: z.int(),
  }),
  z.object({
    ...seen,
    what: z.literal('shop'),
    closedUntil: z.number().nullable(),
    attention: z.string().nullable(),
    enabled: z.boolean(),
  }),
  z.object({ ...seen, what: z.literal('quota'), until: z.number() }),
  z.object({ ...seen, what: z.literal('sweep') }),
  z.object({ ...seen, what: z.enum(['listed', 'staged', 'unreadable']), order }),
])
export type SeenState = z.infer<typeof Seen>

const Entry = z.discriminatedUnion('f', [
  z.object({
    f: z.literal('run'),
    value: z.looseObject({
      sweepMs: z.number().optional(),
      /** Whether feed, webhook and labels are watched. */
      watched: z.boolean().optional(),
      /** Shops whose orders 自動仕分け moves from 新規受付 to 出荷待ち. */
      sorted: z.array(z.string()).optional(),
      /** Whether the figures by day are read at the end. */
      counted: z.boolean().optional(),
      soak: Soak.optional(),
    }),
  }),
  /**
   * A buyer's. Its number is known to the mall's API from `visibleAt` on, to its list so much later. `marks`:
   * whether the mall's own data ask for each of these.
   */
  z.object({
    f: z.literal('order'),
    value: z.object({
      order,
      visibleAt: z.number(),
      mails: z.number(),
      listedAfterMs: z.number(),
      mailbox: z.string().optional(),
      marks: z.record(z.string(), z.boolean()).optional(),
      /** Where its goods lie, at a mall that is told of each of these by itself. */
      places: z.array(z.string()).optional(),
    }),
  }),
  z.object({ f: z.literal('mail'), value: z.object({ order }) }),
  /** By a key, as release 1.0.0 does, or by the position `after` which the client has. */
  z.object({
    f: z.literal('pull'),
    value: z.object({
      key: z.string().optional(),
      after: z.string().nullish(),
      desk: z.string().optional(),
      pullId: z.string().optional(),
      since: z.string().optional(),
      position: z.string().optional(),
      number: z.int().optional(),
      replayed: z.boolean().optional(),
      orders: z.array(order).optional(),
      why: z.string().optional(),
    }),
  }),
  /** Staff moved these on the board, before or after they were handed over. */
  z.object({ f: z.literal('move'), value: z.object({ orders: z.array(order) }) }),
  /** A client was put back to its backup, which has so many orders fewer. */
  z.object({ f: z.literal('put_back'), value: z.object({ orders: z.int() }) }),
  /** All that a client has at its end, and the ids under which it has them. */
  z.object({
    f: z.literal('kept'),
    value: z.object({ orders: z.array(z.object({ order, id: z.string() })) }),
  }),
  z.object({
    f: z.literal('change'),
    value: z.object({ key: z.string(), changes: z.array(Change), why: z.string().optional() }),
  }),
  /**
   * `n`: of which beginning an end is. `on`: the mall or mailbox that it touches alone; absent: it touches
   * everything.
   */
  z.object({
    f: z.literal('fault'),
    value: z.object({ name: z.string(), n: z.int(), on: z.string().optional(), why: z.string().optional() }),
  }),
  /** Found in processes and stores so many seconds after a soak began, and how much could not be read. */
  z.object({
    f: z.literal('looked'),
    value: z.object({
      after: z.number(),
      found: z.array(
        z.object({
          measure: z.string(),
          of: z.string(),
          unit: z.string(),
          value: z.number(),
          judged: z.boolean(),
        }),
      ),
      missed: z.int(),
      endedByItself: z.object({ starting: z.int(), running: z.int() }),
    }),
  }),
  /** What an operator does in the midst of a soak. */
  z.object({ f: z.literal('step'), value: z.object({ name: z.string(), why: z.string().optional() }) }),
  z.object({
    f: z.literal('soaked'),
    value: z.object({
      settleSeconds: z.number().nullable(),
      eventStreams: z.int(),
      tables: z.array(z.object({ name: z.string(), rows: z.number(), mb: z.number() })),
    }),
  }),
  /** An answer of `GET /v1/changes`. `after`: null in the first request, which begins at the present. */
  z.object({
    f: z.literal('feed'),
    value: z.object({
      after: z.string().nullable(),
      position: z.string().optional(),
      rows: z.array(FeedRow).optional(),
      why: z.string().optional(),
    }),
  }),
  /** The webhook is registered: which kinds it wants (none: all). */
  z.object({ f: z.literal('hooked'), value: z.object({ kinds: z.array(z.string()) }) }),
  /**
   * What came to the webhook's address; ok: taken, fail: refused, info: hung up on, so that the sender does
   * not know.
   */
  z.object({ f: z.literal('hook'), value: FeedRow }),
  z.object({
    f: z.literal('label'),
    value: z.object({
      orders: z.array(order),
      labels: z.array(Label).optional(),
      why: z.string().optional(),
    }),
  }),
  /** An answer of `GET /v1/why` for an order that is late. */
  z.object({
    f: z.literal('why'),
    value: z.object({
      order,
      askedAt: z.number(),
      verdict: z.string().optional(),
      live: z.boolean().optional(),
      nextAt: z.number().nullable().optional(),
      why: z.string().optional(),
    }),
  }),
  /** Read at the end, too: what those answers were about. */
  z.object({ f: z.literal('seen'), value: Seen }),
  /** Read at the end: of the database, one line for each row. */
  z.object({
    f: z.literal('stored'),
    value: z.object({
      id: z.string(),
      order,
      stagedAt: z.number(),
      stagings: z.number(),
      pulled: z.boolean(),
      holds: z.array(z.string()),
      flags: z.array(z.string()).optional(),
      marks: z.array(z.string()),
      batch: z.string().nullish(),
      /** Moves that its timeline tells of, as `actor from>to`; and what 自動仕分け has still to do with it. */
      moves: z.array(z.string()).optional(),
      sorting: z.enum(['due', 'seen']).nullish(),
      status: z.string().optional(),
      shop: z.string().optional(),
      /** For the figures by day. `leftOn`: the day in Japan on which it was shipped. */
      facts: OrderFacts.optional(),
    }),
  }),
  /** Read at the end: a row of `GET /v1/figures`. */
  z.object({ f: z.literal('figure'), value: Figure }),
  z.object({
    f: z.literal('ended'),
    value: z.object({ id: z.string(), state: z.string(), code: z.string().nullable() }),
  }),
  z.object({
    f: z.literal('open'),
    value: z.object({ what: z.enum(['overdue', 'attention', 'failed']), text: z.string() }),
  }),
  /** The feed as it lies in the database, in order; and the labels. */
  z.object({ f: z.literal('logged'), value: FeedRow }),
  z.object({ f: z.literal('labelled'), value: Label }),
  /**
   * Orders and changes as they were when the feed was read, but for what was written by a transaction that
   * the feed does not tell of yet. A run that stopped waiting goes on to end changes behind it.
   */
  z.object({
    f: z.literal('order_then'),
    value: z.object({ id: z.string(), order, pulled: z.boolean() }),
  }),
  z.object({ f: z.literal('change_then'), value: z.object({ id: z.string(), state: z.string() }) }),
  /** Read at the end: of the malls' own books. */
  z.object({
    f: z.literal('write'),
    value: z.object({ order, operation: z.string(), content: z.array(z.string()) }),
  }),
  /** Read at the end: how many pieces of each line are to be sent, and how many its mall says were. */
  z.object({
    f: z.literal('sent'),
    value: z.object({
      order,
      lines: z.array(z.object({ lineId: z.string(), ordered: z.int(), sent: z.int() })),
    }),
  }),
  /** Read at the end: what an order comes to at a cart without an API. */
  z.object({ f: z.literal('cart'), value: z.object({ order, amount: z.number() }) }),
  /** Whether the mall holds the order for its shop (保留). */
  z.object({ f: z.literal('held'), value: z.object({ order, held: z.boolean() }) }),
])

const Line = z
  .object({
    /** Milliseconds since 1970, and since the run began by a clock that nobody sets. */
    at: z.number(),
    ms: z.number(),
    process: z.string(),
    type: z.enum(['invoke', 'ok', 'fail', 'info']),
  })
  .and(Entry)

export type HistoryLine = z.infer<typeof Line>
export type HistoryEntry = z.infer<typeof Entry> & Pick<HistoryLine, 'process' | 'type'>

export interface History {
  file: string
  note(entry: HistoryEntry): void
  close(): Promise<void>
}

export function openHistory(file: string): History {
  mkdirSync(dirname(file), { recursive: true })
  const out = createWriteStream(file)
  const began = performance.now()
  return {
    file,
    note(entry) {
      const ms = Math.round((performance.now() - began) * 10) / 10
      out.write(`${JSON.stringify({ at: Date.now(), ms, ...entry })}\n`)
    },
    async close() {
      out.end()
      await finished(out)
    },
  }
}

/** @throws Error naming the line that is none; the last one may be cut off, with the run that wrote it */
export async function readHistory(file: string): Promise<HistoryLine[]> {
  const lines: HistoryLine[] = []
  let cutOff: string | null = null
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const parsed = Line.safeParse(cutOff === null ? jsonOf(text) : null)
    if (parsed.success) lines.push(parsed.data)
    else if (cutOff === null && jsonOf(text) === null) cutOff = text
    else throw new Error(`${file}:${lines.length + 1} is no line of a history: ${cutOff ?? text}`)
  }
  return lines
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
