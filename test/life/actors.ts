import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as pause, setImmediate as turnOfLoop } from 'node:timers/promises'
import pg from 'pg'
import {
  currentSendDeadline,
  type HttpClient,
  HttpError,
  isPast,
} from '../../src/platform/http/http-client.ts'

/**
 * Who runs a statement, and when. Every statement of this process passes here, whichever client sends it, so
 * that a command can die between any two statements and two commands can be interleaved statement by
 * statement.
 */

/** What a process that was killed would have gone on to do. */
class Killed extends Error {
  constructor() {
    super('killed by the life model')
    this.name = 'Killed'
  }
}

interface Actor {
  /**
   * Awaits so far: each statement and each call counts twice, before it goes out and after its answer came
   * in.
   */
  count: number
  /** At this await the process dies; null: never. */
  dieAt: number | null
  dead: boolean
  /** The answer of this await never comes, though the work was done; null: none. */
  loseAt: number | null
  lost: boolean
  answers: number
  /** Calls at the mall that were answered so far, of `about` alone where that is given. */
  calls: number
  about: string | null
  /** Holds it back on its way; null: nothing does. */
  gate: Gate | null
  /** Connections on which it has begun a transaction. */
  open: Set<pg.Client>
  /** Null: it is alone. */
  line: Line | null
  name: 'left' | 'right' | 'alone'
}

const actorOf = (more: Partial<Actor>): Actor => ({
  count: 0,
  dieAt: null,
  dead: false,
  loseAt: null,
  lost: false,
  answers: 0,
  calls: 0,
  about: null,
  gate: null,
  open: new Set(),
  line: null,
  name: 'alone',
  ...more,
})

const actors = new AsyncLocalStorage<Actor>()

/** How a command ended, and how many awaits it had. */
export interface Lived<T> {
  value: T | null
  killed: boolean
  /** Its answer was lost on the way. */
  lost: boolean
  awaits: number
}

/** Runs a command as a process of its own, which dies at its `dieAt`-th await. */
export async function live<T>(dieAt: number | null, work: () => Promise<T>): Promise<Lived<T>> {
  return run(actorOf({ dieAt }), work)
}

/**
 * Runs a command of which one answer is lost behind what was done: a statement's connection breaks, or a
 * call's. The process lives on.
 */
export async function lose<T>(loseAt: number, work: () => Promise<T>): Promise<Lived<T>> {
  return run(actorOf({ loseAt }), work)
}

/** A command that stands still between two statements, as a stalled connection or process does. */
export interface HeldBack {
  /** Lets it go on to its end. */
  resume(): Promise<void>
  /** It never goes on. */
  kill(): Promise<void>
}

/**
 * Begins a command that is held back before its `at`-th await, outside any transaction: so it holds no lock.
 * @param calls so many at the mall are answered before awaits are counted
 * @param about order number that these calls name; null: any call counts
 * @returns null where it came to its end before
 */
export async function holdBack(
  at: number,
  { calls, about }: { calls: number; about: string | null },
  work: () => Promise<unknown>,
): Promise<HeldBack | null> {
  const actor = actorOf({ gate: new Gate(at, calls), about })
  const { gate } = actor
  const done = run(actor, work).then(() => undefined)
  done.catch(() => undefined)
  if (!(await Promise.race([gate?.reached, done.then(() => false)]))) return null
  return {
    resume() {
      gate?.open()
      return done
    },
    kill() {
      actor.dead = true
      gate?.open()
      return done.catch(() => undefined)
    },
  }
}

class Gate {
  readonly #at: number
  readonly #calls: number
  readonly #reached = Promise.withResolvers<boolean>()
  readonly #opened = Promise.withResolvers<void>()
  #isOpen = false
  #passes = 0

  constructor(at: number, calls: number) {
    this.#at = at
    this.#calls = calls
  }

  get reached(): Promise<boolean> {
    return this.#reached.promise
  }

  open(): void {
    this.#isOpen = true
    this.#opened.resolve()
  }

  async pass({ open, calls }: Actor): Promise<void> {
    if (this.#isOpen || calls < this.#calls || this.#passes++ < this.#at || open.size > 0) return
    this.#reached.resolve(true)
    await this.#opened.promise
  }
}

/**
 * Interleaves two commands: `runs` says how many statements the left one goes on for, then the right one, and
 * so on from the beginning. Who waits for the other's lock, or has ended, lets the other go on.
 */
export async function interleave<L, R>(
  runs: readonly number[],
  left: () => Promise<L>,
  right: () => Promise<R>,
  isBlocked: () => Promise<boolean>,
): Promise<[Lived<L>, Lived<R>]> {
  const line = new Line(runs, isBlocked)
  const actor = (name: Actor['name']): Actor => actorOf({ line, name })
  const one = run(actor('left'), left)
  const other = run(actor('right'), right)
  let over = false
  const both = Promise.all([one, other]).finally(() => {
    over = true
  })
  both.catch(() => undefined)
  await line.conduct(() => over)
  return both
}

async function run<T>(actor: Actor, work: () => Promise<T>): Promise<Lived<T>> {
  try {
    const value = await actors.run(actor, work)
    return { value, killed: actor.dead, lost: actor.lost, awaits: actor.count }
  } catch (error) {
    if (!actor.dead && !actor.lost) throw error
    return { value: null, killed: actor.dead, lost: actor.lost, awaits: actor.count }
  } finally {
    actor.line?.ended(actor.name)
  }
}

function beat(actor: Actor): void {
  if (actor.dead) throw new Killed()
  if (actor.count++ === actor.dieAt) {
    actor.dead = true
    throw new Killed()
  }
}

/** @param broken what its caller is told where the answer is lost */
async function passed<T>(actor: Actor, work: () => Promise<T>, broken: () => Error): Promise<T> {
  beat(actor)
  if (actor.gate) {
    await actor.gate.pass(actor)
    if (actor.dead) throw new Killed()
  }
  await actor.line?.turnOf(actor.name)
  try {
    const result = await work()
    beat(actor)
    if (actor.answers++ === actor.loseAt) {
      actor.lost = true
      throw broken()
    }
    return result
  } finally {
    actor.line?.answered()
  }
}

/**
 * Turns of the loop in which a command comes to its next statement, whatever lies between: a route's hooks, a
 * file's compression.
 */
const PATIENCE = 60
const PATIENCE_MS = 20

/**
 * The conductor of two commands: one statement is under way at a time, unless it waits for the other's lock.
 */
class Line {
  readonly #runs: readonly number[]
  readonly #isBlocked: () => Promise<boolean>
  readonly #waiting: { name: Actor['name']; go(): void }[] = []
  #run = 0
  #gone = 0
  #underWay = 0
  #closed = false
  readonly #ended = new Set<Actor['name']>()

  constructor(runs: readonly number[], isBlocked: () => Promise<boolean>) {
    this.#runs = runs
    this.#isBlocked = isBlocked
  }

  turnOf(name: Actor['name']): Promise<void> {
    // What goes on after both commands have ended, as a notifier's timer does, waits for nobody.
    if (this.#closed) return Promise.resolve()
    return new Promise((go) => this.#waiting.push({ name, go }))
  }

  answered(): void {
    this.#underWay -= 1
  }

  async conduct(isOver: () => boolean): Promise<void> {
    let idle = 0
    let since = performance.now()
    while (!isOver()) {
      await turnOfLoop()
      const next = this.#next(idle++ > PATIENCE && performance.now() - since > PATIENCE_MS)
      if (next !== null && (this.#underWay === 0 || (idle % PATIENCE === 0 && (await this.#isBlocked())))) {
        idle = 0
        since = performance.now()
        this.#letGo(next)
      } else if (idle > PATIENCE) await pause(1)
    }
    this.#closed = true
    for (const { go } of this.#waiting.splice(0)) go()
  }

  ended(name: Actor['name']): void {
    this.#ended.add(name)
  }

  /** Whose statement is next; null: the one whose turn it is has not come to its next one yet. */
  #next(isLate: boolean): Actor['name'] | null {
    const names = new Set(this.#waiting.map(({ name }) => name))
    if (names.size === 0) return null
    const turn = this.#run % 2 === 0 ? 'left' : 'right'
    if (names.has(turn)) return turn
    const other = turn === 'left' ? 'right' : 'left'
    return isLate || this.#underWay > 0 || this.#ended.has(turn) ? other : null
  }

  #letGo(name: Actor['name']): void {
    const at = this.#waiting.findIndex((one) => one.name === name)
    const [next] = this.#waiting.splice(at, 1)
    this.#underWay += 1
    const turn = this.#run % 2 === 0 ? 'left' : 'right'
    if (name === turn && ++this.#gone >= (this.#runs[this.#run % this.#runs.length] ?? 1)) {
      this.#run += 1
      this.#gone = 0
    }
    next?.go()
  }
}

/** Is told of the rows that a statement gave, by the beginning of its text. */
export const seen = { claimed: (_changeIds: readonly string[]): void => undefined }

/** What Postgres did not understand: of a planted fault it says that this is none. */
export const notUnderstood: string[] = []

/** Syntax, a name that is not there, a type that cannot be told. */
const NOT_UNDERSTOOD = new Set(['42601', '42703', '42P01', '42P08', '42P18', '42883', '42804'])

function noteRefusal(error: unknown): void {
  const { code, message } = error as { code?: string; message?: string }
  if (code !== undefined && NOT_UNDERSTOOD.has(code)) notUnderstood.push(`${code} ${message}`)
}

const CLAIMS = "set state = 'changing', lease_token ="

function look<T>(text: string, result: T): T {
  if (text.includes(CLAIMS)) seen.claimed((result as { rows: { id: string }[] }).rows.map(({ id }) => id))
  return result
}

type Query = (this: pg.Client, ...args: unknown[]) => unknown

let real: Query | null = null

/** The model's own clients: what it looks up within a command is none of that command's statements. */
const lookers = new WeakSet<pg.Client>()

/** @returns the client, whose statements are never held back, lost or counted */
export function asLooker(client: pg.Client): pg.Client {
  lookers.add(client)
  return client
}

/** From now on every client's statements pass through here. */
export function watchStatements(): void {
  if (real) return
  const send = pg.Client.prototype.query as unknown as Query
  real = send
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const args = atHeldTime(given)
    const actor = lookers.has(this) ? undefined : actors.getStore()
    const [first] = args
    const text = textOf(first)
    // Only as it goes out: until then it holds no lock, and may be held back.
    const go = () => {
      if (actor && BEGINS.test(text)) actor.open.add(this)
      return send.apply(this, args)
    }
    const ends = actor !== undefined && ENDS.test(text)
    // A rollback passes at once.
    if (ends && BESIDE.test(text)) actor.open.delete(this)
    // A cursor and its like answer by events.
    if (!actor && text.includes(CLAIMS) && typeof args.at(-1) !== 'function')
      return (send.apply(this, args) as Promise<unknown>).then((result) => look(text, result))
    if (!actor || isSubmittable(first) || BESIDE.test(text)) return go()
    const callback = args.at(-1)
    const broken = () => broke(this)
    if (typeof callback !== 'function')
      return passed(actor, () => go() as Promise<unknown>, broken)
        .then((result) => look(text, result))
        .catch((error: unknown) => {
          noteRefusal(error)
          throw error
        })
        .finally(() => ends && actor.open.delete(this))
    const asked = () =>
      new Promise((resolve, reject) => {
        const answer = (error: unknown, result: unknown) => (error ? reject(error) : resolve(result))
        if (BEGINS.test(text)) actor.open.add(this)
        send.apply(this, [...args.slice(0, -1), answer])
      })
    const answered = passed(actor, asked, broken).finally(() => ends && actor.open.delete(this))
    answered.then(
      (result) => callback(null, result),
      (error) => {
        noteRefusal(error)
        callback(error)
      },
    )
    return undefined
  } as unknown as typeof pg.Client.prototype.query
}

/**
 * What the server does by itself when a session ends, what only wakes, and what a connection needs that
 * another history used.
 */
const BESIDE = /^(rollback|select (pg_notify|set_config))/i

const BEGINS = /^\s*begin/i
const ENDS = /^\s*(commit|rollback)\s*;?\s*$/i

/** As `pg` says it of a connection that ends while a statement is under way. */
function broke(client: pg.Client): Error {
  const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection
  stream.destroy()
  return new Error('Connection terminated unexpectedly')
}

const isSubmittable = (first: unknown): boolean =>
  typeof (first as { submit?: unknown } | undefined)?.submit === 'function'

const textOf = (first: unknown): string =>
  typeof first === 'string' ? first : String((first as { text?: unknown } | undefined)?.text ?? '')

const heldTexts = new Map<string, string>()

/** The few statements that read the database's own time read the held one. */
function atHeldTime(args: unknown[]): unknown[] {
  const [first, ...rest] = args
  const text = textOf(first)
  let held = heldTexts.get(text)
  if (held === undefined) {
    held = text.replaceAll(/\b(now|clock_timestamp)\(\)/g, 'life.held()')
    heldTexts.set(text, held)
  }
  if (held === text) return args
  return [typeof first === 'string' ? held : { ...(first as object), text: held }, ...rest]
}

/** The way out to the malls, as part of a command's life. */
export function watchCalls(http: HttpClient): HttpClient {
  return {
    request(request, signal) {
      const actor = actors.getStore()
      const broken = () => new HttpError('broken', 'the connection broke before the answer was whole')
      // As the client on the network does, whose connection came too late.
      const send = async () => {
        const deadline = currentSendDeadline()
        if (deadline && isPast(deadline)) throw new HttpError('unreachable', 'too late to be sent')
        return http.request(request, signal)
      }
      if (!actor) return send()
      const { about } = actor
      const counts = about === null || `${request.url} ${String(request.body ?? '')}`.includes(about)
      return passed(actor, send, broken).finally(() => {
        if (counts) actor.calls += 1
      })
    },
  }
}
