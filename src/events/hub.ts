import type pg from 'pg'
import { positionText } from '../http/paging.ts'
import { createClient } from '../platform/db/hosts.ts'
import { acrossTenants } from '../platform/db/tenant-scope.ts'
import { KEEP_ALIVE } from '../platform/db/watched-client.ts'
import { createRepeatLog } from '../platform/log-once.ts'
import type { Logger } from '../platform/logger.ts'
import {
  type HistoryTools,
  isAfter,
  type LoggedEvent,
  type Place,
  type Position,
  readEvents,
  readHistory,
} from './history.ts'
import { LISTEN } from './statements.ts'

/** One that is connected. It may end the connection of a client that reads too slowly. */
interface Subscriber {
  tenantId: string
  /** @param text as server-sent event */
  onEvent(event: LoggedEvent, text: string): void
  /** Another history began: the client must read everything again. */
  onReset(text: string): void
  /** Absent: it wants no board. */
  onBoard?(text: string): void
  /** Asked between pages of the past: settles when it took what it was sent; false when it is gone. */
  isNext?(): Promise<boolean>
  /** Gives a page of the past its turn. Held for all pages, a turn would be as slow as the client. */
  inTurn?<T>(read: () => Promise<T>): Promise<T>
}

export interface HubDeps extends HistoryTools {
  log: Pick<Logger, 'warn' | 'error'>
  /** The board as GET /board shows it. */
  readBoard(tenantId: string): Promise<unknown>
}

export interface Hub {
  /** Where the clients of this process are, which costs no statement; null while there are none. */
  place(): Position | null
  /** Sends what comes after `from`, the past first, and then whatever happens. @returns how to end it */
  subscribe(subscriber: Subscriber, from: Position): Promise<() => void>
  close(): void
}

const PAGE = 1_000
/** At most five boards a second and tenant. */
const BOARD_EVERY_MS = 200

interface Follower {
  subscriber: Subscriber
  place: Position
  /** Events that arrived while past ones were being sent; null when those are sent. */
  held: LoggedEvent[] | null
  /** Where its past ends, which moves on as more arrives than is held. */
  until: Place
  /** What it was sent last. */
  board: string
}

interface BoardState {
  timer: NodeJS.Timeout | null
  /** It is not read before. */
  nextAt: number
  reading: boolean
  /** Something happened while it was being read. */
  again: boolean
}

/** One reader of the log for all clients of this process; it works only while there are any. */
class EventHub implements Hub {
  readonly #deps: HubDeps
  readonly #logRepeat: ReturnType<typeof createRepeatLog>
  readonly #pollDelay: PollDelay
  readonly #followers = new Map<string, Set<Follower>>()
  readonly #boards = new Map<string, BoardState>()
  #place: Position | null = null
  #lookedAt = Number.NEGATIVE_INFINITY
  #starting: Promise<void> | null = null
  #stopListening: (() => void) | null = null
  #poll: NodeJS.Timeout | undefined
  #reading = false
  #wanted = false
  #closed = false

  constructor(deps: HubDeps) {
    this.#deps = deps
    this.#logRepeat = createRepeatLog(deps.log)
    this.#pollDelay = createPollDelay(deps.log)
  }

  place(): Position | null {
    return this.#place
  }

  async subscribe(subscriber: Subscriber, from: Position): Promise<() => void> {
    const follower: Follower = { subscriber, place: from, held: [], until: from, board: '' }
    const group = this.#followers.get(subscriber.tenantId) ?? new Set()
    this.#followers.set(subscriber.tenantId, group.add(follower))
    try {
      this.#starting ??= acrossTenants('it reads for the clients of all tenants', () => this.#start())
      await this.#starting
      if (this.#place?.epoch !== from.epoch) await this.#look()
      if (this.#place && this.#place.epoch !== follower.place.epoch) this.#reset(follower, this.#place)
      // No await between taking the hub's place and its next dispatch, which fills `held`.
      follower.until = this.#place ?? (await readHistory(this.#deps)).present
      let until: Place
      do {
        until = follower.until
        if (isAfter(until, follower.place)) await this.#sendPast(follower, until)
      } while (follower.until !== until)
    } catch (error) {
      this.#leave(follower)
      throw error
    }
    const held = follower.held ?? []
    follower.held = null
    for (const event of held) this.#deliver(follower, event, eventText(event, follower.place.epoch))
    this.#wantBoard(subscriber.tenantId)
    return () => this.#leave(follower)
  }

  close(): void {
    this.#closed = true
    for (const { timer } of this.#boards.values()) clearTimeout(timer ?? undefined)
    this.#boards.clear()
    this.#followers.clear()
    this.#stop()
  }

  async #start(): Promise<void> {
    await this.#look()
    if (this.#closed || this.#followers.size === 0) return
    this.#stopListening = listenForEvents(this.#deps.pool, this.#deps.log, () => this.#wake())
    this.#wake()
  }

  /** Checks that the server is still the one that the clients follow, and resets them when it is not. */
  async #look(): Promise<void> {
    this.#lookedAt = performance.now()
    const before = this.#place
    const { epoch, present } = await readHistory(this.#deps)
    // All followers left meanwhile, or nothing changed.
    if (this.#place !== before || before?.epoch === epoch) return
    const to = { ...present, epoch }
    this.#place = to
    if (before)
      for (const group of this.#followers.values()) for (const follower of group) this.#reset(follower, to)
  }

  #reset(follower: Follower, to: Position): void {
    follower.place = to
    if (follower.held) follower.held = []
    follower.subscriber.onReset(greetingText('reset', to))
  }

  #stop(): void {
    clearTimeout(this.#poll)
    this.#stopListening?.()
    this.#stopListening = null
    this.#starting = null
    this.#place = null
  }

  #pollIn(ms: number): void {
    clearTimeout(this.#poll)
    if (!this.#closed && this.#followers.size > 0) this.#poll = setTimeout(() => this.#wake(), ms)
  }

  #wake(): void {
    this.#wanted = true
    if (!this.#reading) void this.#read()
  }

  async #read(): Promise<void> {
    this.#reading = true
    let next = POLL_MS
    try {
      while (this.#wanted && this.#place && !this.#closed) {
        this.#wanted = false
        if (performance.now() - this.#lookedAt >= POLL_MS) await this.#look()
        const from: Position | null = this.#place
        if (from === null) break
        const page = await readEvents(this.#deps.pool, from, PAGE)
        if (this.#place !== from) break
        const last = page.events.at(-1)
        if (last) this.#place = { xid: last.xid, id: last.id, epoch: from.epoch }
        this.#dispatch(page.events, from.epoch)
        if (page.full) this.#wanted = true
        next = this.#pollDelay(page.uncertain, this.#place !== from)
      }
    } catch (err) {
      this.#logRepeat({ err }, 'events could not be read; retrying')
    } finally {
      this.#reading = false
      this.#pollIn(this.#wanted ? 0 : next)
    }
  }

  #dispatch(events: readonly LoggedEvent[], epoch: string): void {
    for (const event of events) {
      const group = this.#followers.get(event.tenantId)
      if (!group) continue
      this.#wantBoard(event.tenantId)
      const text = eventText(event, epoch)
      for (const follower of group) {
        if (follower.held === null) this.#deliver(follower, event, text)
        else if (follower.held.push(event) > PAGE) {
          follower.held = []
          follower.until = event
        }
      }
    }
  }

  #deliver(follower: Follower, event: LoggedEvent, text: string | null): void {
    if (!isAfter(event, follower.place)) return
    follower.place = { xid: event.xid, id: event.id, epoch: follower.place.epoch }
    if (text !== null) follower.subscriber.onEvent(event, text)
  }

  #wantBoard(tenantId: string): void {
    if (![...(this.#followers.get(tenantId) ?? [])].some(({ subscriber }) => subscriber.onBoard)) return
    const state = this.#boards.get(tenantId) ?? newBoardState()
    this.#boards.set(tenantId, state)
    // One read at a time, and one more for later changes: of two overlapping reads, the older could be sent
    // last.
    if (state.reading) state.again = true
    if (state.timer || state.reading) return
    const wait = Math.max(0, state.nextAt - performance.now())
    state.timer = setTimeout(() => {
      state.timer = null
      state.nextAt = performance.now() + BOARD_EVERY_MS
      state.reading = true
      void this.#sendBoard(tenantId).then((isSent) => {
        state.reading = false
        if (!isSent) {
          // A client that has just come has none yet.
          state.again = true
          state.nextAt = performance.now() + POLL_MS
        }
        if (!state.again || this.#boards.get(tenantId) !== state) return
        state.again = false
        this.#wantBoard(tenantId)
      })
    }, wait)
  }

  async #sendBoard(tenantId: string): Promise<boolean> {
    try {
      const text = boardText(await this.#deps.readBoard(tenantId))
      for (const follower of this.#followers.get(tenantId) ?? []) {
        // It is shown the board behind its past: more than it takes would cut it off.
        if (follower.held !== null) continue
        // One that came last makes it be read; the others have it.
        if (follower.board !== text) follower.subscriber.onBoard?.(text)
        follower.board = text
      }
      return true
    } catch (err) {
      this.#logRepeat({ err }, 'board could not be read for event clients')
      return false
    }
  }

  /** Sends events from the requested position up to where the hub's own reading began. */
  async #sendPast(follower: Follower, until: Place): Promise<void> {
    const { subscriber } = follower
    const { tenantId, inTurn = (read) => read() } = subscriber
    for (;;) {
      const page = await inTurn(() => readEvents(this.#deps.pool, follower.place, PAGE, tenantId))
      for (const event of page.events) {
        if (!isAfter(event, until)) this.#deliver(follower, event, eventText(event, follower.place.epoch))
      }
      const last = page.events.at(-1)
      if (!page.full || !last || isAfter(last, until)) return
      if (subscriber.isNext && !(await subscriber.isNext())) return
    }
  }

  #leave(follower: Follower): void {
    const { tenantId } = follower.subscriber
    const group = this.#followers.get(tenantId)
    if (!group?.delete(follower) || group.size > 0) return
    this.#followers.delete(tenantId)
    clearTimeout(this.#boards.get(tenantId)?.timer ?? undefined)
    this.#boards.delete(tenantId)
    if (this.#followers.size === 0) this.#stop()
  }
}

export const createHub = (deps: HubDeps): Hub => new EventHub(deps)

const newBoardState = (): BoardState => ({
  timer: null,
  nextAt: Number.NEGATIVE_INFINITY,
  reading: false,
  again: false,
})

/** Null for what only changes the board. */
function eventText(event: LoggedEvent, epoch: string): string | null {
  if (event.kind === 'counts') return null
  return `id: ${positionText(event, epoch)}\nevent: ${event.kind}\ndata: ${JSON.stringify(event.data)}\n\n`
}

/** Greets with the position from which events follow; `reset` when some are missing. */
export const greetingText = (event: 'ready' | 'reset', position: Position): string =>
  `id: ${positionText(position, position.epoch)}\nevent: ${event}\ndata: {}\n\n`

/** Without an id: it is a state, and a reconnecting client gets the newest one. */
const boardText = (board: unknown): string => `event: board\ndata: ${JSON.stringify(board)}\n\n`

/** Poll interval for events that NOTIFY did not announce. */
const POLL_MS = 1_000
const SHORTEST_MS = 25
/** Beyond this, log a warning so that an operator looks for the transaction. */
const WORTH_A_WARNING_MS = 10_000

/**
 * Returns the wait before the next read, unless woken earlier. Nothing announces the end of an older
 * transaction, so while one is open the wait equals its age so far: short for a short one, longer for a long
 * one.
 * @param uncertain an event is written that cannot be sent yet
 * @param moved events were sent
 */
type PollDelay = (uncertain: boolean, moved: boolean) => number

/** @param steady milliseconds of a monotonic clock */
export function createPollDelay(log: Pick<Logger, 'warn'>, steady = () => performance.now()): PollDelay {
  let since: number | null = null
  let warned = false
  return (uncertain, moved) => {
    if (!uncertain) {
      since = null
      return POLL_MS
    }
    const now = steady()
    if (since === null || moved) {
      since = now
      warned = false
    }
    const waitedMs = now - since
    if (waitedMs >= WORTH_A_WARNING_MS && !warned) {
      warned = true
      log.warn({ waitedMs: Math.round(waitedMs) }, 'events delayed by a long-running transaction')
    }
    return Math.min(Math.max(waitedMs, SHORTEST_MS), POLL_MS)
  }
}

/**
 * Calls `onWake` whenever something was written to the log. A lost connection is made again; until then the
 * caller's own polling has to do.
 */
export function listenForEvents(pool: pg.Pool, log: Pick<Logger, 'warn'>, onWake: () => void): () => void {
  let client: pg.Client | null = null
  let again: NodeJS.Timeout | undefined
  let stopped = false

  function lost(err: unknown): void {
    if (stopped || again) return
    log.warn({ err }, 'event listener lost its connection; polling until it is back')
    void client?.end().catch(() => undefined)
    again = setTimeout(connect, 2_000)
  }

  function connect(): void {
    again = undefined
    const { connectionString } = pool.options
    const fresh = createClient(connectionString ?? '', {
      application_name: 'torikomi events',
      connectionTimeoutMillis: 10_000,
      ...KEEP_ALIVE,
    })
    client = fresh
    fresh.on('error', lost)
    fresh.on('end', () => lost(null))
    fresh.on('notification', onWake)
    fresh
      .connect()
      .then(() => fresh.query(LISTEN))
      .then(onWake, lost)
  }

  connect()
  return () => {
    stopped = true
    clearTimeout(again)
    void client?.end().catch(() => undefined)
  }
}
