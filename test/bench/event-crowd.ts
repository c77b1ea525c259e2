import http from 'node:http'

/**
 * Many clients of GET /v1/events in a process of their own, told by IPC what to do (test/bench/events.ts).
 * Half of them are connected to each API process. A part of them loses its connection again and again and
 * goes on, at the other API process, by Last-Event-ID.
 */

export type ToCrowd =
  | { type: 'open'; urls: string[]; apiKey: string; clients: number; restless: number }
  /**
   * Expect a board with at most so many staged; `sentAt`: milliseconds since 1970, when the change was asked
   * for.
   */
  | { type: 'expect'; staged: number; sentAt: number }
  /** Ends when each client has been told of so many moves, or after some seconds. */
  | { type: 'finish'; moves: number }

export type FromCrowd =
  | { type: 'opened' }
  | {
      type: 'finished'
      /**
       * From the request that made the change to its board at the client, for every change and client,
       * milliseconds.
       */
      times: number[]
      /** Boards that never came: a client, a change. */
      unseen: number
      missed: number
      repeated: number
      reconnections: number
    }

interface Client {
  index: number
  api: number
  request: http.ClientRequest | null
  lastId: string | null
  /** Index of the first change whose board it has not had. */
  next: number
  /** `order id, version` of each move it was told of. */
  moves: Set<string>
  repeated: number
  text: string
}

const AT_ONCE = 50
const RECONNECT_EVERY_MS = 2_000
const PATIENCE_MS = 10_000

const agent = new http.Agent({ maxSockets: Number.POSITIVE_INFINITY })
const clients: Client[] = []
const expected: { staged: number; sentAt: number }[] = []
const times: number[] = []
let urls: string[] = []
let apiKey = ''
let reconnections = 0
let ending = false

const now = (): number => performance.timeOrigin + performance.now()
const tell = (message: FromCrowd): void => void process.send?.(message)

process.on('message', (message: ToCrowd) => {
  if (message.type === 'expect') expected.push(message)
  else if (message.type === 'open') void open(message)
  else void finish(message.moves)
})
process.on('disconnect', () => process.exit())

async function open(options: Extract<ToCrowd, { type: 'open' }>): Promise<void> {
  ;({ urls, apiKey } = options)
  for (let index = 0; index < options.clients; index += 1)
    clients.push({
      index,
      api: index % urls.length,
      request: null,
      lastId: null,
      next: 0,
      moves: new Set(),
      repeated: 0,
      text: '',
    })
  for (let from = 0; from < clients.length; from += AT_ONCE)
    await Promise.all(clients.slice(from, from + AT_ONCE).map(connect))
  clients.slice(0, options.restless).forEach((client, n) => {
    setTimeout(
      () => setInterval(() => void reconnect(client), RECONNECT_EVERY_MS),
      (n / options.restless) * RECONNECT_EVERY_MS,
    )
  })
  tell({ type: 'opened' })
}

/** Resolves with the first bytes: it is listening from then on. */
function connect(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${apiKey}`,
      ...(client.lastId ? { 'last-event-id': client.lastId } : {}),
    }
    const request = http.get(`${urls[client.api]}/v1/events`, { agent, headers }, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`status ${answer.statusCode}`))
      client.text = ''
      answer.setEncoding('utf8').on('error', () => undefined)
      answer.on('data', (text: string) => {
        if (client.request !== request) return
        read(client, text)
        resolve()
      })
    })
    client.request = request
    request.on('error', reject)
  })
}

async function reconnect(client: Client): Promise<void> {
  if (ending) return
  client.request?.destroy()
  client.api = (client.api + 1) % urls.length
  reconnections += 1
  await connect(client).catch(() => undefined)
}

function read(client: Client, text: string): void {
  const parts = (client.text + text).split('\n\n')
  client.text = parts.pop() ?? ''
  for (const part of parts) {
    client.lastId = /^id: (\S+)$/m.exec(part)?.[1] ?? client.lastId
    if (part.startsWith('event: board')) seeBoard(client, Number(/"staged":(\d+)/.exec(part)?.[1]))
    else if (part.includes('\nevent: order\n')) seeOrder(client, part)
  }
}

/** A board shows every change up to its count. */
function seeBoard(client: Client, staged: number): void {
  const at = now()
  for (;;) {
    const change = expected[client.next]
    if (!change || staged > change.staged) return
    times.push(at - change.sentAt)
    client.next += 1
  }
}

function seeOrder(client: Client, part: string): void {
  const { orderId, version, what } = JSON.parse(/^data: (.*)$/m.exec(part)?.[1] ?? '{}')
  if (!what.includes('moved')) return
  const move = `${orderId} ${version}`
  if (client.moves.has(move)) client.repeated += 1
  client.moves.add(move)
}

async function finish(moves: number): Promise<void> {
  ending = true
  const end = Date.now() + PATIENCE_MS
  const isDone = ({ next, moves: seen }: Client) => next === expected.length && seen.size >= moves
  while (!clients.every(isDone) && Date.now() < end) await new Promise((go) => setTimeout(go, 50))
  const sum = (count: (client: Client) => number) =>
    clients.reduce((total, client) => total + count(client), 0)
  tell({
    type: 'finished',
    times,
    reconnections,
    unseen: sum(({ next }) => expected.length - next),
    missed: sum(({ moves: seen }) => moves - seen.size),
    repeated: sum(({ repeated }) => repeated),
  })
}
