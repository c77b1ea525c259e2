import { Socket } from 'node:net'
import pg from 'pg'
import { codeOf } from '../errors.ts'
import { TimedOut } from '../timeout.ts'

/**
 * A database on several hosts, of which one writes (`postgresql://u:p@h1,h2/db`, libpq's form). pg knows one
 * host, so its client is given the one that writes each time it connects. A standby is never taken, nor a
 * timeline earlier than one that was seen. Of two that both write, the later one is taken; what keeps a
 * cluster from having two is in docs/operations/high-availability.md.
 */

const MOST_HOSTS = 9
const ATTRIBUTES = ['read-write', 'primary']
/** Scheme and login, hosts, the rest. A comma in a password splits nothing. */
const URL_PARTS = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#@]*)(.*)$/s

/**
 * One URL for each host; a URL with one host as it is.
 * @throws Error saying what is wrong, without any part of the URL
 */
export function hostUrls(url: string): readonly string[] {
  const [, login = '', hosts = '', rest = ''] = URL_PARTS.exec(url) ?? []
  const urls = hosts.split(',').map((host) => `${login}${host}${rest}`)
  if (urls.length === 1) {
    if (/[?&](?:host|port)=[^&]*(?:,|%2c)/i.test(rest))
      throw new Error('must name several hosts in front of the database (h1:5432,h2:5432), not behind it')
    return [url]
  }
  if (urls.length > MOST_HOSTS) throw new Error(`must name ${MOST_HOSTS} hosts at most`)
  if (hosts.split(',').some((host) => /^(?::|$)/.test(host)) || !urls.every((one) => URL.canParse(one)))
    throw new Error('must name hosts as h1:5432,h2:5432')
  if (new Set(hosts.split(',')).size < urls.length) throw new Error('must name each host once')
  const parameters = URL.parse(urls[0] ?? '')?.searchParams
  const wanted = parameters?.get('target_session_attrs')
  if (wanted && !ATTRIBUTES.includes(wanted))
    throw new Error(`needs the host that writes: target_session_attrs is ${ATTRIBUTES.join(' or ')}`)
  if (parameters?.has('host') || parameters?.has('port'))
    throw new Error('must name its hosts once: in front of the database, or behind it')
  return urls
}

/** Another database of the same server. */
export const databaseAt = (url: string, database: string): string =>
  url.replace(URL_PARTS, (_, login: string, hosts: string, rest: string) =>
    [login, hosts, rest.replace(/^(?:\/[^?#]*)?/, `/${encodeURIComponent(database)}`)].join(''),
  )

/** Hosts, ports and database of a URL: what may be shown. */
export function describeUrl(url: string): string {
  try {
    const parsed = hostUrls(url).map((one) => new URL(one))
    return `${parsed.map(({ host }) => host).join(',')}${parsed[0]?.pathname ?? ''}`
  } catch {
    return 'an unreadable URL'
  }
}

/** The class of clients for pg's pools that reaches the server that writes; of one host, pg's own. */
export const clientClass = (url: string): typeof pg.Client =>
  hostUrls(url).length > 1 ? clientOf(primaryOf(url)) : pg.Client

/** A client for the server that writes. */
export function createClient(url: string, config: pg.ClientConfig = {}): pg.Client {
  const Client = clientClass(url)
  return new Client({ ...config, connectionString: url })
}

/** State that one host reports. `writes`: under this timeline. */
export type HostState = { url: string } & (
  | { is: 'writing'; timeline: number }
  | { is: 'reading' }
  | { is: 'away'; error: unknown }
)
type Writing = Extract<HostState, { is: 'writing' }>

/** Asks each host, all at once. */
export const readHosts = (url: string): Promise<HostState[]> =>
  Promise.all(hostUrls(url).map((one) => ask(one, AbortSignal.timeout(READ_MS))))

/** Shorter than a check of doctor may take. */
const READ_MS = 5_000
/** Where no host answers, as on a machine that is overloaded, each has as long as pg gives one alone. */
const ANSWER_MS = 10_000
/** A host that hangs costs no more than this once another has said what it is. */
const SILENT_MS = 2_000
/** Time for the others once one says that it writes: a primary left behind may be the quickest. */
const OTHERS_MS = 100
/**
 * Connections of so long go where the last look led: a look signs in at each host. A server that ends, hangs
 * or only reads ends this at once.
 */
const PROVEN_MS = 5_000

interface Address {
  host: string
  port: number
}

interface Primary {
  /** @throws what pg throws for a server that is away, refuses the login or only reads */
  find(): Promise<Address>
  /** A connection there broke: the next one looks anew. */
  doubt(): void
  /** Clients that are dropped when another host writes. */
  clients: Set<Address & { leave(reason: Error): void }>
}

/** One for each URL of this process: what one pool finds out, all know. */
const primaries = new Map<string, Primary>()

function primaryOf(url: string): Primary {
  const known = primaries.get(url) ?? createPrimary(hostUrls(url))
  primaries.set(url, known)
  return known
}

function createPrimary(urls: readonly string[]): Primary {
  const clients: Primary['clients'] = new Set()
  let last: Writing | null = null
  let provenAt = Number.NEGATIVE_INFINITY
  let looking: Promise<Writing> | null = null

  async function look(): Promise<Writing> {
    const began = performance.now()
    const found = await findWriting(urls, last)
    last = found
    provenAt = began
    const { host, port } = addressOf(found.url)
    for (const client of [...clients])
      if (client.host !== host || client.port !== port) client.leave(new Moved())
    return found
  }

  return {
    clients,
    doubt() {
      provenAt = Number.NEGATIVE_INFINITY
    },
    async find() {
      if (last && performance.now() - provenAt < PROVEN_MS) return addressOf(last.url)
      looking ??= look().finally(() => {
        looking = null
      })
      return addressOf((await looking).url)
    },
  }
}

class Moved extends Error {
  readonly code = 'ECONNRESET'
  constructor() {
    super('another host of the database writes now; connection dropped')
  }
}

function addressOf(url: string): Address {
  const { host, port } = new pg.Client({ connectionString: url })
  return { host, port }
}

/** The URL of the host that a client is connected to. */
export const urlAt = (url: string, { host, port }: Address): string =>
  hostUrls(url).find((one) => addressOf(one).host === host && addressOf(one).port === port) ?? url

/**
 * Prefers the writing host of the latest timeline; of equal ones the one that was written to before. One of
 * an earlier timeline is a primary left behind: what is written there is lost once it follows again.
 */
export const chooseWriting = (
  answers: readonly HostState[],
  last: Pick<Writing, 'url' | 'timeline'> | null,
): Writing | undefined =>
  answers
    .filter((answer) => answer.is === 'writing')
    .filter(({ timeline }) => timeline >= (last?.timeline ?? 0))
    .toSorted(
      (a, b) => b.timeline - a.timeline || Number(b.url === last?.url) - Number(a.url === last?.url),
    )[0]

/** Waits for a host that writes under no earlier timeline than was seen, and a moment for the others. */
async function findWriting(urls: readonly string[], last: Writing | null): Promise<Writing> {
  const answers: HostState[] = []
  const over = new AbortController()
  const signal = AbortSignal.any([AbortSignal.timeout(ANSWER_MS), over.signal])
  const enough = Promise.withResolvers<void>()
  const timers: NodeJS.Timeout[] = []
  const asked = urls.map(async (url) => {
    const answer = await ask(url, signal)
    answers.push(answer)
    const isLatest = answer.is === 'writing' && answer.timeline >= (last?.timeline ?? 0)
    if (answer.is !== 'away') timers.push(setTimeout(enough.resolve, isLatest ? OTHERS_MS : SILENT_MS))
  })
  await Promise.race([enough.promise, Promise.all(asked)])
  for (const timer of timers) clearTimeout(timer)
  over.abort()
  const found = chooseWriting(answers, last)
  if (found) return found
  throw nobodyWrites(urls, answers)
}

function nobodyWrites(urls: readonly string[], answers: readonly HostState[]): Error {
  const hosts = urls.map((url) => new URL(url).host).join(', ')
  const errors = answers.flatMap((answer) => (answer.is === 'away' ? [answer.error] : []))
  // 28: the login, 3D: the database. They are alike on all hosts, and no failover mends them.
  const refused = errors.find((error) => /^(28|3D)/.test(codeOf(error) ?? ''))
  if (refused instanceof Error) return refused
  if (answers.some(({ is }) => is !== 'away'))
    return Object.assign(new Error(`of ${hosts} none writes`, { cause: errors[0] }), { code: '25006' })
  const code = codeOf(errors[0]) ?? 'ETIMEDOUT'
  return Object.assign(new Error(`none of ${hosts} answers`, { cause: errors[0] }), { code })
}

/** Null in a standby. Of a primary its timeline, which each promotion makes one higher. */
const STATE = `select case when not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off'
  then ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int end as timeline`

async function ask(url: string, signal: AbortSignal): Promise<HostState> {
  const socket = new Socket()
  const end = () => socket.destroy(new TimedOut(ANSWER_MS))
  signal.addEventListener('abort', end)
  const client = new pg.Client({
    connectionString: url,
    application_name: 'torikomi watch',
    stream: () => socket,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ timeline: number | null }>(STATE)
    const timeline = rows[0]?.timeline ?? null
    return timeline === null ? { url, is: 'reading' } : { url, is: 'writing', timeline }
  } catch (error) {
    return { url, is: 'away', error }
  } finally {
    signal.removeEventListener('abort', end)
    void client.end().catch(() => undefined)
    socket.destroySoon()
  }
}

/** pg's client, led to the host that writes when it connects. */
function clientOf(primary: Primary): typeof pg.Client {
  return class FailoverClient extends pg.Client {
    readonly #socket: Socket
    #isEnded = false

    constructor(config: string | pg.ClientConfig = {}) {
      const { connectionString = '', ...more } =
        typeof config === 'string' ? { connectionString: config } : config
      const socket = new Socket()
      super({ ...more, connectionString: hostUrls(connectionString)[0], stream: () => socket })
      this.#socket = socket
      this.once('end', () => {
        primary.clients.delete(this)
        if (!this.#isEnded) primary.doubt()
      })
    }

    leave(reason: Error): void {
      this.#socket.destroy(reason)
    }

    override connect(): Promise<this>
    override connect(callback: (error: Error | null, client: this) => void): void
    override connect(callback?: (error: Error | null, client: this) => void): Promise<this> | undefined {
      const connected = this.#connect()
      if (callback === undefined) return connected
      connected.then(
        () => callback(null, this),
        (error: Error) => callback(error, this),
      )
    }

    async #connect(): Promise<this> {
      try {
        Object.assign(this, await primary.find())
        if (this.#isEnded) throw new Error('Connection terminated')
      } catch (error) {
        // As pg does for a connection that was never made.
        process.nextTick(() => this.emit('end'))
        throw error
      }
      primary.clients.add(this)
      await super.connect().catch((error: unknown) => {
        primary.doubt()
        throw error
      })
      return this
    }

    override end(): Promise<void>
    override end(callback: (error: Error) => void): void
    override end(callback?: (error: Error) => void): Promise<void> | void {
      this.#isEnded = true
      return callback === undefined ? super.end() : super.end(callback)
    }
  }
}
