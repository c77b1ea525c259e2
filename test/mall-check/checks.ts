import { randomBytes } from 'node:crypto'
import type { ZodType } from 'zod'
import {
  Capabilities,
  Found,
  ListEntry,
  Order,
  OrderList,
} from '../../src/marketplaces/connector/contract.ts'
import { toOrder } from '../../src/marketplaces/connector/orders.ts'
import { storable } from '../../src/platform/storable.ts'
import { type Call, createCall, type Key, type Told } from './client.ts'

/** The 24 checks of `npm run mall-check`: each holds, fails with its reason, or is left out with one. */

export interface CheckOptions extends Key {
  url: string
  /** Days back that are listed. */
  days: number
  /** Number of an open order that is shipped. */
  order?: string | undefined
  /** Number of an open order that is cancelled. */
  cancel?: string | undefined
  now?: Date
}

export interface Result {
  group: string
  check: string
  state: 'held' | 'failed' | 'left out'
  reason: string | null
}

class Left extends Error {}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** Orders of a list that are read one by one. */
const MOST_READ = 50
const SLOW_MS = 5_000

export async function runChecks(options: CheckOptions): Promise<Result[]> {
  const call = createCall(options.url, options)
  const results: Result[] = []
  for (const [group, checks] of Object.entries(groupsOf(options, call)))
    for (const [check, run] of Object.entries(checks)) {
      const [state, reason] = await run().then(
        () => ['held', null] as const,
        (error: unknown) =>
          [
            error instanceof Left ? 'left out' : 'failed',
            error instanceof Error ? error.message : String(error),
          ] as const,
      )
      results.push({ group, check, state, reason })
    }
  return results
}

type Groups = Record<string, Record<string, () => Promise<void>>>

function groupsOf({ secret, order, cancel, days, now = new Date() }: CheckOptions, call: Call): Groups {
  const until = new Date(Math.ceil(now.getTime() / 1000) * 1000)
  const since = new Date(until.getTime() - days * DAY_MS)
  const whole = once(() => walk(call, since, until))
  const can = once(async () => shaped(Capabilities, expectOk(await call({ path: '' })), 'capabilities'))
  const took: number[] = []
  const get = async (number: string) => {
    const told = await call({ path: `/orders/${encodeURIComponent(number)}` })
    took.push(told.tookMs)
    return told
  }
  const read = async (number: string) => shaped(Order, expectOk(await get(number)), `order ${number}`)
  const some = once(async () => {
    const { rows } = await whole()
    if (rows.length === 0) throw new Left(`no order was placed in the last ${days} days: --days for more`)
    // One after the other, as the service reads them.
    const found: { row: (typeof rows)[number]; order: Order }[] = []
    for (const row of rows.slice(0, MOST_READ)) found.push({ row, order: await read(row.number) })
    return found
  })
  const signedOnly = () => {
    if (secret === undefined) throw new Left('a bearer token is not signed')
  }
  const refusedKey = (told: Told) => {
    if (told.status !== 401 && told.status !== 403)
      throw new Error(`HTTP ${told.status} where the key must be refused (401)`)
    if (told.code !== 'key_refused') throw new Error(`the code is ${told.code ?? 'missing'}, not key_refused`)
    if (told.text.length > 2_000 || /"(?:placedAt|buyer|recipients)"/.test(told.text))
      throw new Error('the refusal shows orders')
  }
  const list = '/orders?' + new URLSearchParams({ since: since.toISOString(), until: until.toISOString() })
  const wrong =
    secret === undefined ? { token: 'wrong' } : { secret: `whsec_${randomBytes(32).toString('base64')}` }
  const change = (number: string, id: string, action: string, parameters: object, more: object = {}) =>
    call({
      method: 'POST',
      path: `/orders/${encodeURIComponent(number)}/changes`,
      id,
      body: { id, action, parameters },
      ...more,
    })
  const mark = `CHK${Date.now()}`
  const ship = (number: string) => ({
    shippedOn: until.toISOString().slice(0, 10),
    parcels: [{ carrier: 'yamato', carrierCode: 'YAMATO', trackingNumber: number }],
  })
  const parcelsOf = async (number: string, tracking: string) =>
    ((await read(number)).recipients ?? [])
      .flatMap(({ parcels = [] }) => parcels)
      .filter((parcel) => parcel.trackingNumber === tracking).length
  const toShip = async () => {
    if (order === undefined) throw new Left('--order names no open order')
    if (!(await can()).actions.some(({ action }) => action === 'ship')) throw new Left('ship is not offered')
    return order
  }

  return {
    key: {
      'the right key gets capabilities of contract 1': async () => void (await can()),
      'another key is refused': async () => refusedKey(await call({ path: list, key: wrong })),
      'no key is refused': async () => refusedKey(await call({ path: list, key: null })),
      'a signature of ten minutes ago is refused': async () => {
        signedOnly()
        refusedKey(await call({ path: list, at: new Date(Date.now() - 600_000) }))
      },
      'a signature of another call is refused': async () => {
        signedOnly()
        refusedKey(await call({ path: list, signed: 'GET /torikomi/v1\n' }))
      },
    },
    list: {
      'total is the number of rows of all pages': async () => {
        const { rows, totals } = await whole()
        if (totals.some((total) => total !== rows.length))
          throw new Error(`totals ${[...new Set(totals)].join(', ')} with ${rows.length} rows`)
      },
      'every order stands once, within its window': async () => {
        const { rows } = await whole()
        const numbers = new Set(rows.map(({ number }) => number))
        if (numbers.size !== rows.length) throw new Error(`${rows.length} rows name ${numbers.size} orders`)
        const out = rows.find(({ placedAt }) => !isWithin(placedAt, since, until))
        if (out) throw new Error(`${out.number} was placed ${out.placedAt}`)
      },
      'an order on a bound is in exactly one of two windows': async () => {
        const { rows } = await whole()
        const middle = rows[rows.length >> 1]
        if (!middle) throw new Left('no order in the window')
        const bound = new Date(middle.placedAt)
        const [before, after] = [await walk(call, since, bound), await walk(call, bound, until)]
        const has = (found: typeof before) => found.rows.some(({ number }) => number === middle.number)
        if (has(before))
          throw new Error(`${middle.number} is listed before its own time: until is not in the window`)
        if (!has(after))
          throw new Error(`${middle.number} is missing from its own time on: since is in the window`)
      },
      'two windows together are the whole one': async () => {
        const { rows } = await whole()
        const middle = new Date(Math.round((since.getTime() + until.getTime()) / 2))
        const parts = [...(await walk(call, since, middle)).rows, ...(await walk(call, middle, until)).rows]
        const missing = rows.filter(({ number }) => !parts.some((one) => one.number === number))
        if (missing.length > 0 || parts.length < rows.length)
          throw new Error(
            `${missing
              .map(({ number }) => number)
              .slice(0, 5)
              .join(', ')} are in neither`,
          )
      },
      'an empty window has no rows and the total 0': async () => {
        const from = new Date(until.getTime() + DAY_MS)
        const { rows, totals } = await walk(call, from, new Date(from.getTime() + HOUR_MS))
        if (rows.length > 0 || totals[0] !== 0) throw new Error(`${rows.length} rows, total ${totals[0]}`)
      },
      'a window longer than windowDays is refused, not cut': async () => {
        const longest = (await can()).list.windowDays + 1
        const from = new Date(until.getTime() - longest * DAY_MS).toISOString()
        const told = await call({
          path: `/orders?${new URLSearchParams({ since: from, until: until.toISOString() })}`,
        })
        if (told.status < 400) throw new Error(`HTTP ${told.status}`)
      },
    },
    get: {
      'an unknown number is not_found': async () => {
        const told = await call({ path: `/orders/${mark}` })
        if (told.code !== 'not_found') throw new Error(`HTTP ${told.status}, code ${told.code ?? 'missing'}`)
      },
      'the same order twice is the same': async () => {
        const [first] = await some()
        if (first && JSON.stringify(await read(first.row.number)) !== JSON.stringify(first.order))
          throw new Error(`${first.row.number} differs`)
      },
      'every listed number can be read, and looked up': async () => {
        const numbers = (await some()).map(({ row, order: one }) => {
          if (one.number !== row.number) throw new Error(`${row.number} gives order ${one.number}`)
          return row.number
        })
        const { batch } = await can()
        if (batch === 0) return
        const asked = [...numbers.slice(0, batch - 1), mark].slice(0, batch)
        const told = await call({ method: 'POST', path: '/orders/lookup', body: { numbers: asked } })
        const found = shaped(Found, expectOk(told), 'lookup').orders.map(
          (one) => shaped(Order, one, 'lookup').number,
        )
        if (
          found.toSorted().join() !==
          asked
            .filter((one) => one !== mark)
            .toSorted()
            .join()
        )
          throw new Error(`${asked.length} asked for, ${found.length} found`)
      },
      'an order has the revision, state and time of its row': async () => {
        for (const { row, order: one } of await some())
          if (
            one.revision !== row.revision ||
            one.state !== row.state ||
            Date.parse(one.placedAt) !== Date.parse(row.placedAt)
          )
            throw new Error(
              `${row.number}: ${one.revision} ${one.state}, its row ${row.revision} ${row.state}`,
            )
      },
    },
    content: {
      'lines, charges and discounts make the total': async () => {
        const capabilities = await can()
        for (const { order: one } of await some()) {
          const [warning] = toOrder(one, 'check', capabilities).warnings
          if (warning) throw new Error(`${one.number}: ${warning.message}`)
        }
      },
      'texts are whole Unicode: 髙﨑①, no NUL, no �': async () => {
        for (const { order: one } of await some())
          if (storable(one) !== one || JSON.stringify(one).includes('�'))
            throw new Error(`${one.number} has broken texts`)
      },
      'money is in yen, and lines have their tax rate': async () => {
        for (const { order: one } of await some()) {
          if (one.currency !== 'JPY')
            throw new Error(`${one.number} is in ${one.currency}: it is not taken in`)
          if (one.items.some(({ taxRate }) => taxRate == null))
            throw new Error(`${one.number} has a line without taxRate`)
        }
      },
    },
    changes: {
      'a lost answer is read back from the order': async () => {
        const number = await toShip()
        await change(number, `${mark}-1`, 'ship', ship(mark), { signal: AbortSignal.timeout(5) }).catch(
          () => null,
        )
        const told = await change(number, `${mark}-1`, 'ship', ship(mark))
        if (told.status !== 200) throw new Error(`the same id again: HTTP ${told.status} ${told.code ?? ''}`)
        const { changes } = await read(number)
        if (!changes?.some(({ id, state }) => id === `${mark}-1` && state === 'applied'))
          throw new Error('the order does not name the id in changes')
      },
      'a shipment sent again under its id is one parcel': async () => {
        const number = await toShip()
        const told = await change(number, `${mark}-1`, 'ship', ship(mark))
        if (told.status !== 200) throw new Error(`HTTP ${told.status} ${told.code ?? ''}`)
        const parcels = await parcelsOf(number, mark)
        if (parcels !== 1) throw new Error(`${parcels} parcels with that number`)
      },
      'the same number under another id is already_done': async () => {
        const number = await toShip()
        const told = await change(number, `${mark}-2`, 'ship', ship(mark))
        const parcels = await parcelsOf(number, mark)
        if (told.code !== 'already_done' || parcels !== 1)
          throw new Error(`HTTP ${told.status} ${told.code ?? ''}, ${parcels} parcels`)
      },
      'a cancelled order cannot be shipped': async () => {
        if (cancel === undefined) throw new Left('--cancel names no open order')
        const { actions, cancelReasons } = await can()
        if (!actions.some(({ action }) => action === 'cancel')) throw new Left('cancel is not offered')
        const reason = cancelReasons[0]?.code ?? 'other'
        const done = await change(cancel, `${mark}-4`, 'cancel', { reason })
        if (done.status !== 200) throw new Error(`cancel: HTTP ${done.status} ${done.code ?? ''}`)
        const { state } = await read(cancel)
        if (state !== 'cancelled') throw new Error(`after the cancellation its state is ${state}`)
        const told = await change(cancel, `${mark}-5`, 'ship', ship(`${mark}C`))
        if (told.code !== 'refused') throw new Error(`shipping it: HTTP ${told.status} ${told.code ?? ''}`)
      },
    },
    errors: {
      'a call without sense gets one of the eleven words': async () => {
        const told = await call({ method: 'POST', path: '/orders/lookup', body: '{"numbers":' })
        if (told.status < 400 || (told.code === null && told.status !== 404))
          throw new Error(`HTTP ${told.status} without a code`)
        if (told.status >= 500) throw new Error(`HTTP ${told.status}: the fault is the caller's`)
      },
      'many calls at once: 429 with Retry-After, no 5xx, p95 below 5 s': async () => {
        const all = await Promise.all(Array.from({ length: 20 }, () => call({ path: '' })))
        const bad = all.find(
          ({ status, headers }) => status >= 500 || (status === 429 && !headers.has('retry-after')),
        )
        if (bad) throw new Error(`HTTP ${bad.status}${bad.status === 429 ? ' without Retry-After' : ''}`)
        const sorted = [...took, ...all.map(({ tookMs }) => tookMs)].toSorted((a, b) => a - b)
        const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? 0
        if (p95 > SLOW_MS) throw new Error(`p95 is ${Math.round(p95)} ms`)
      },
    },
  }
}

const isWithin = (placedAt: string, since: Date, until: Date): boolean =>
  Date.parse(placedAt) >= since.getTime() && Date.parse(placedAt) < until.getTime()

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

function expectOk({ status, code, body }: Told): unknown {
  if (status === 200) return body
  throw new Error(`HTTP ${status}${code === null ? '' : ` ${code}`}`)
}

function shaped<T>(schema: ZodType<T>, body: unknown, what: string): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Error(`${what}: ${issue?.path.map(String).join('.') || 'body'}: ${issue?.message}`)
}

const MOST_PAGES = 1_000

async function walk(call: Call, since: Date, until: Date) {
  const rows: { number: string; placedAt: string; state: string; revision: string }[] = []
  const totals: number[] = []
  let cursor: string | null = null
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = new URLSearchParams({
      since: since.toISOString(),
      until: until.toISOString(),
      ...(cursor === null ? {} : { cursor }),
    })
    const list: { orders: unknown[]; cursor: string | null; total: number } = shaped(
      OrderList,
      expectOk(await call({ path: `/orders?${query}` })),
      'list',
    )
    rows.push(...list.orders.map((row) => shaped(ListEntry, row, 'list')))
    totals.push(list.total)
    if (list.cursor === null) return { rows, totals }
    if (list.cursor === cursor || list.orders.length === 0) throw new Error('the list does not move on')
    cursor = list.cursor
  }
  throw new Error(`more than ${MOST_PAGES} pages`)
}
