import { type Decision, type Desk, decide, follows } from '../../src/orders/hand-over/decide.ts'
import { historyOf, type Path, type Position, pathIn } from '../../src/orders/hand-over/position.ts'

/**
 * The hand-over as a model of which every interleaving is walked: copies of requests that arrive late or
 * never, answers that are lost or late, several desks, desks that are taken out of use and into it again,
 * orders that staff move out of staging, a client that goes back to its own backup, a database that goes back
 * to one of its saved states, also of a branch that was given up. The rules are those of the
 * service; a variant takes others, to show that the model would find what they lose.
 */
export interface Rules {
  decide: (desk: Desk, after: Position | null) => Decision
  follows: (stored: Position | null, since: Position) => boolean
  pathIn: typeof pathIn
  /** Position of an answer's end. */
  positionOf: (position: Position) => Position
  /** What a client keeps of an answer: both together, or a mistake. */
  stored: (client: Client, answer: Answer) => Client
  /** A desk that an owner takes out of use. */
  close: (desk: DeskRow) => DeskRow | null
  /** The desks that an order waits for when it leaves staging: those up to this ordinal (triggers.sql). */
  waitsFor: (desks: readonly (DeskRow | null)[]) => number
}

export const RULES: Rules = {
  decide,
  follows,
  pathIn,
  positionOf: (position) => position,
  stored: (client, { position, orders }) => ({ position, has: client.has | orders }),
  close: (desk) => ({ ...desk, isClosed: true }),
  waitsFor: (desks) => Math.max(0, ...desks.map((desk) => (desk && !desk.isClosed ? desk.ordinal : 0))),
}

export interface Bounds {
  desks: number
  orders: number
  /** Orders a batch takes. */
  limit: number
  /** Requests that clients send, all together, and how many are on their way at once. */
  sends: number
  inFlight: number
  restores: number
  /** Saved states of the database. */
  saves: number
  /** Backups and restores of a client. */
  clientBackups: number
  /** How often desks are taken out of use, and orders moved out of staging. */
  closes?: number
  moves?: number
  /** Handling a request and storing or losing its answer is one step: no answer is late. */
  answersAtOnce?: boolean
}

interface DeskRow {
  id: string
  /** How many had begun when it did, itself included. */
  ordinal: number
  number: number
  path: Path
  isClosed: boolean
  /** Orders of each batch, as bits. */
  batches: readonly number[]
}

interface Server {
  history: number
  /** Orders that are here. */
  here: number
  desks: readonly (DeskRow | null)[]
  begun: number
  /** Orders that left staging in no batch, for which desks they wait, and those in use then, as bits. */
  waiting: readonly (readonly [order: number, upTo: number, inUse: number])[]
  /** Desks that an owner took out of use, as bits: whatever their rows say. */
  closed: number
  /** Orders of batches that were made for a desk out of use. */
  toNobody: number
}

interface Client {
  position: Position | null
  has: number
}

interface Request {
  desk: number
  after: Position | null
}

interface Answer {
  desk: number
  since: Position
  position: Position
  orders: number
}

interface World {
  server: Server
  saved: readonly Server[]
  clients: readonly Client[]
  backups: readonly (Client | null)[]
  requests: readonly Request[]
  answers: readonly Answer[]
  sends: number
  restores: number
  histories: number
  clientBackups: number
  closes: number
  moves: number
}

export interface Found {
  states: number
  /** How it comes to a loss; null: no state loses anything. */
  loss: { steps: string[]; says: string } | null
}

/** Walks all states within the bounds, shortest ways first, and stops at the first loss. */
export function walk(bounds: Bounds, rules: Rules = RULES, mostStates = 12_000_000): Found {
  const first = firstWorld(bounds)
  const seen = new Set<string>([keyOf(first)])
  const checked = new Set<string>()
  let level: { world: World; way: Way }[] = [{ world: first, way: null }]
  while (level.length > 0) {
    const next: typeof level = []
    for (const { world, way } of level) {
      const outcome = `${idOf(world.server)}|${world.clients.map(idOf).join()}|${world.histories}`
      if (!checked.has(outcome)) {
        checked.add(outcome)
        const says = lossIn(world, bounds, rules)
        if (says !== null) return { states: seen.size, loss: { steps: stepsOf(way), says } }
      }
      for (const [step, after] of successors(world, bounds, rules)) {
        const key = keyOf(after)
        if (seen.has(key)) continue
        if (seen.size >= mostStates) throw new Error(`more than ${mostStates} states`)
        seen.add(key)
        next.push({ world: after, way: { step, before: way } })
      }
    }
    level = next
  }
  return { states: seen.size, loss: null }
}

type Way = { step: string; before: Way } | null

function stepsOf(way: Way): string[] {
  const steps: string[] = []
  for (let one = way; one !== null; one = one.before) steps.unshift(one.step)
  return steps
}

function firstWorld({ desks }: Bounds): World {
  return {
    server: {
      history: 0,
      here: 0,
      desks: Array.from({ length: desks }, () => null),
      begun: 0,
      waiting: [],
      closed: 0,
      toNobody: 0,
    },
    saved: [],
    clients: Array.from({ length: desks }, () => ({ position: null, has: 0 })),
    backups: Array.from({ length: desks }, () => null),
    requests: [],
    answers: [],
    sends: 0,
    restores: 0,
    histories: 1,
    clientBackups: 0,
    closes: 0,
    moves: 0,
  }
}

function* successors(world: World, bounds: Bounds, rules: Rules): Generator<[string, World]> {
  const { server, requests, answers, clients, backups, saved } = world
  for (let order = 0; order < bounds.orders; order++)
    if ((server.here & (1 << order)) === 0)
      yield [`order ${order} is staged`, { ...world, server: staged(server, order) }]

  if (world.moves < (bounds.moves ?? 0))
    for (const order of bitsOf([server.here & ~handedOver(server)]))
      if (server.waiting.every(([one]) => one !== order))
        yield [
          `order ${order} is moved out of staging`,
          { ...world, server: movedOut(server, order, rules), moves: world.moves + 1 },
        ]

  for (const [at, desk] of server.desks.entries()) {
    const isClosed = (server.closed & (1 << at)) !== 0
    if (desk && !isClosed && world.closes < (bounds.closes ?? 0))
      yield [
        `desk ${at} is taken out of use`,
        {
          ...world,
          server: {
            ...server,
            desks: server.desks.with(at, rules.close(desk)),
            closed: server.closed | (1 << at),
          },
          closes: world.closes + 1,
        },
      ]
    if (isClosed) yield [`desk ${at} is taken into use`, { ...world, server: reopened(server, at) }]
  }

  for (const [desk, client] of clients.entries()) {
    if (world.sends < bounds.sends && requests.length < bounds.inFlight) {
      const request = { desk, after: client.position }
      yield [
        `client ${desk} asks after ${nameOf(client.position)}`,
        { ...world, requests: [...requests, request], sends: world.sends + 1 },
      ]
    }
    const backup = backups[desk]
    if (world.clientBackups < bounds.clientBackups && backup === null)
      yield [
        `client ${desk} is backed up`,
        { ...world, backups: backups.with(desk, client), clientBackups: world.clientBackups + 1 },
      ]
    if (backup)
      yield [
        `client ${desk} goes back to its backup`,
        { ...world, clients: clients.with(desk, backup), backups: backups.with(desk, null) },
      ]
  }

  for (const [at, request] of requests.entries()) {
    const left = requests.toSpliced(at, 1)
    const handled = handle(server, request, bounds.limit, rules)
    const does = `the server handles desk ${request.desk} after ${nameOf(request.after)}`
    if (handled.answer === null)
      yield [`${does}: refused`, { ...world, server: handled.server, requests: left }]
    else if (bounds.answersAtOnce) {
      const lost = { ...world, server: handled.server, requests: left }
      yield [`${does}, its answer is lost`, lost]
      yield [`${does}, its answer is stored`, taken(lost, handled.answer, rules)]
    } else
      yield [
        does,
        { ...world, server: handled.server, requests: left, answers: [...answers, handled.answer] },
      ]
  }

  for (const [at, answer] of answers.entries()) {
    const rest = { ...world, answers: answers.toSpliced(at, 1) }
    yield [`the answer after ${nameOf(answer.since)} is lost`, rest]
    yield [`client ${answer.desk} reads the answer after ${nameOf(answer.since)}`, taken(rest, answer, rules)]
  }

  if (saved.length < bounds.saves && world.restores < bounds.restores)
    yield ['the database is saved', { ...world, saved: [...saved, server] }]
  if (world.restores < bounds.restores)
    for (const [at, copy] of saved.entries())
      yield [
        `the database goes back to copy ${at}`,
        {
          ...world,
          server: { ...copy, history: world.histories },
          histories: world.histories + 1,
          restores: world.restores + 1,
        },
      ]
}

const staged = (server: Server, order: number): Server => ({ ...server, here: server.here | (1 << order) })

const movedOut = (server: Server, order: number, rules: Rules): Server => ({
  ...server,
  waiting: [...server.waiting, [order, rules.waitsFor(server.desks), inUse(server)]],
})

const inUse = ({ desks, closed }: Server): number =>
  desks.reduce((bits, desk, at) => bits | (desk ? 1 << at : 0), 0) & ~closed

function reopened(server: Server, at: number): Server {
  const desk = server.desks[at]
  return {
    ...server,
    desks: desk ? server.desks.with(at, { ...desk, isClosed: false }) : server.desks,
    closed: server.closed & ~(1 << at),
  }
}

function taken(world: World, answer: Answer, rules: Rules): World {
  const client = world.clients[answer.desk] as Client
  if (!rules.follows(client.position, answer.since)) return world
  return { ...world, clients: world.clients.with(answer.desk, rules.stored(client, answer)) }
}

/** What the service does under the lock of the desk's row. */
function handle(
  server: Server,
  { desk: at, after }: Request,
  limit: number,
  rules: Rules,
): { server: Server; answer: Answer | null } {
  const history = historyName(server.history)
  const known = server.desks[at] ?? null
  const row: DeskRow = known ?? {
    id: `desk-${at}-${server.history}`,
    ordinal: server.begun + 1,
    number: 0,
    path: [[history, 0]],
    isClosed: false,
    batches: [],
  }
  const path = rules.pathIn(history, row)
  const decision = rules.decide({ id: row.id, number: row.number, path, isClosed: row.isClosed }, after)
  const begun = {
    ...server,
    desks: server.desks.with(at, row),
    begun: server.begun + (known === null ? 1 : 0),
  }
  if (decision.act === 'refuse' || decision.act === 'closed') return { server: begun, answer: null }
  const place = (number: number): Position =>
    rules.positionOf({ desk: row.id, name: `desk-${at}`, number, path })
  const since = place(decision.number - 1)
  if (decision.act === 'repeat') {
    const orders = row.batches[decision.number - 1] ?? 0
    return { server: begun, answer: { desk: at, since, position: place(decision.number), orders } }
  }
  const orders = oldest(openTo(server, row.ordinal), limit)
  if (orders === 0) return { server: begun, answer: { desk: at, since, position: since, orders } }
  const made = { ...row, number: row.number + 1, path, batches: [...row.batches, orders] }
  const isToNobody = (server.closed & (1 << at)) !== 0
  return {
    server: {
      ...begun,
      desks: server.desks.with(at, made),
      toNobody: server.toNobody | (isToNobody ? orders : 0),
    },
    answer: { desk: at, since, position: place(decision.number), orders },
  }
}

const historyName = (history: number): string => (history === 0 ? '' : history.toString(16).padStart(8, '0'))

const batchesOf = (server: Server): number[] => server.desks.flatMap((desk) => desk?.batches ?? [])

/** Orders that a pull of this desk may take: staged ones, and those that wait for it. */
function openTo(server: Server, ordinal: number): number {
  const gone = server.waiting.filter(([, upTo]) => upTo < ordinal)
  return server.here & ~handedOver(server) & ~gone.reduce((all, [order]) => all | (1 << order), 0)
}

const handedOver = (server: Server): number => batchesOf(server).reduce((all, batch) => all | batch, 0)

function oldest(orders: number, limit: number): number {
  let taken = 0
  for (let left = orders, count = 0; left !== 0 && count < limit; count++) {
    taken |= left & -left
    left &= left - 1
  }
  return taken
}

/**
 * Lets everything come to rest: the mall's orders are staged, what is on its way is lost, and each client of
 * a desk in use asks until there is nothing. Then it has the orders of all its batches, and each order is in
 * one, unless no desk is in use or the order left staging when none of these was. So also once all desks are
 * taken into use again.
 */
function lossIn(world: World, bounds: Bounds, rules: Rules): string | null {
  const { server } = world
  const lost = lossAtRest(world, server, bounds, rules)
  if (lost !== null || server.closed === 0) return lost
  const all = [...world.clients.keys()].reduce(reopened, server)
  return lossAtRest(world, all, bounds, rules)
}

function lossAtRest(world: World, from: Server, bounds: Bounds, rules: Rules): string | null {
  let server = from
  if (new Set(bitsOf(batchesOf(server))).size < bitsOf(batchesOf(server)).length)
    return 'an order stands in two batches'
  if (server.toNobody !== 0) return 'an order is in a batch of a desk out of use, and never gets to anybody'
  for (let order = 0; order < bounds.orders; order++) server = staged(server, order)
  for (const [desk, first] of world.clients.entries()) {
    if ((server.closed & (1 << desk)) !== 0) continue
    let client = first
    for (let asked = 0; ; asked++) {
      if (asked > 3 * bounds.orders + 3) return `client ${desk} never gets to the end`
      const { server: after, answer } = handle(server, { desk, after: client.position }, bounds.limit, rules)
      server = after
      if (answer === null) return `client ${desk} is refused`
      if (!rules.follows(client.position, answer.since)) return `client ${desk} ignores its own answer`
      client = rules.stored(client, answer)
      if (answer.orders === 0) break
    }
    const batches = server.desks[desk]?.batches ?? []
    const lost = batches.reduce((all, batch) => all | batch, 0) & ~client.has
    if (lost !== 0) return `client ${desk} never gets ${bitsOf([lost]).map((order) => `order ${order}`)}`
  }
  if (inUse(server) === 0) return null
  const unasked = server.waiting.filter(([, , then]) => (then & inUse(server)) === 0)
  const left = server.here & ~handedOver(server) & ~unasked.reduce((all, [order]) => all | (1 << order), 0)
  if (left !== 0) return `nobody ever gets ${bitsOf([left]).map((order) => `order ${order}`)}`
  return null
}

const bitsOf = (sets: readonly number[]): number[] =>
  sets.flatMap((set) => Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (set & (1 << bit)) !== 0))

const nameOf = (position: Position | null): string =>
  position === null ? 'nothing' : `${position.number}@${historyOf(position.path) || 'first'}`

/** Numbers equal parts alike, so that a state's key is short. */
const ids = new Map<string, number>()
const idsOf = new WeakMap<object, number>()

function idOf(part: object): number {
  const known = idsOf.get(part)
  if (known !== undefined) return known
  const text = JSON.stringify(part)
  const id = ids.get(text) ?? ids.size
  ids.set(text, id)
  idsOf.set(part, id)
  return id
}

function keyOf(world: World): string {
  const sorted = (parts: readonly object[]): string =>
    parts
      .map(idOf)
      .toSorted((a, b) => a - b)
      .join()
  return [
    idOf(world.server),
    sorted(world.saved),
    world.clients.map(idOf).join(),
    world.backups.map((backup) => (backup ? idOf(backup) : '-')).join(),
    sorted(world.requests),
    sorted(world.answers),
    world.sends,
    world.restores,
    world.histories,
    world.clientBackups,
    world.closes,
    world.moves,
  ].join('|')
}
