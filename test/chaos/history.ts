import { createReadStream, createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'
import { z } from 'zod'

/**
 * What happened in a run, one JSON line each, in the order in which it was seen: whatever a client, a mall or the run did,
 * and at the end what was read. `check.ts` judges from it alone, so that anybody can judge again.
 * invoke: asked; ok: answered; fail: refused for certain; info: nobody knows whether it was done.
 */

const order = z.string()
/** `calls`: how often it writes at the mall where that is not once; a parcel is a call at Amazon. */
const Change = z.object({
  id: z.string().optional(),
  order,
  action: z.string(),
  calls: z.int().min(1).optional(),
})

const Entry = z.discriminatedUnion('f', [
  z.object({
    f: z.literal('run'),
    value: z.looseObject({ sweepMs: z.number().optional(), faultsEndedAt: z.number().optional() }),
  }),
  /** A buyer's. Its number is known to the mall's API from `visibleAt` on, to its list so much later. */
  z.object({
    f: z.literal('order'),
    value: z.object({ order, visibleAt: z.number(), mails: z.number(), listedAfterMs: z.number() }),
  }),
  z.object({ f: z.literal('mail'), value: z.object({ order }) }),
  z.object({
    f: z.literal('pull'),
    value: z.object({
      key: z.string(),
      pullId: z.string().optional(),
      orders: z.array(order).optional(),
      why: z.string().optional(),
    }),
  }),
  z.object({
    f: z.literal('change'),
    value: z.object({ key: z.string(), changes: z.array(Change), why: z.string().optional() }),
  }),
  z.object({ f: z.literal('fault'), value: z.object({ name: z.string(), why: z.string().optional() }) }),
  /** Read at the end: of the database, one line for each row. */
  z.object({
    f: z.literal('stored'),
    value: z.object({ order, stagedAt: z.number(), stagings: z.number(), pulled: z.boolean() }),
  }),
  z.object({
    f: z.literal('ended'),
    value: z.object({ id: z.string(), state: z.string(), code: z.string().nullable() }),
  }),
  z.object({
    f: z.literal('open'),
    value: z.object({ what: z.enum(['overdue', 'attention', 'failed']), text: z.string() }),
  }),
  /** Read at the end: of the malls' own books. */
  z.object({ f: z.literal('write'), value: z.object({ order, operation: z.string() }) }),
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

/** @throws Error naming the line that is none */
export async function readHistory(file: string): Promise<HistoryLine[]> {
  const lines: HistoryLine[] = []
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const parsed = Line.safeParse(JSON.parse(text))
    if (!parsed.success) throw new Error(`${file}:${lines.length + 1} is no line of a history: ${text}`)
    lines.push(parsed.data)
  }
  return lines
}
