import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Agent, request } from 'undici'
import { createApi } from '../../sandbox/demo/client.ts'
import { table } from '../../sandbox/demo/show.ts'
import { startSandboxServer } from '../../sandbox/kit/http-kit.ts'
import { type Database, openDatabase } from '../../src/platform/db/database.ts'
import { applyMigrations } from '../../src/platform/db/migrate.ts'
import { systemRandom } from '../../src/platform/random.ts'
import { newApiKey } from '../../src/shops/tenants/authenticate.ts'
import { makeHistory } from '../support/database/history.ts'
import { newId, sampleOrder, testSealer } from '../support/fixtures.ts'
import { startService } from '../support/service/service.ts'
import { makeStaff, PASSWORD } from '../support/staff/browser.ts'
import { FLOOD_NAMES, type FloodName } from './attack-rows.ts'
import { type Databases, type Extent, percentile, round } from './harness.ts'

/**
 * B's list, twenty times a second: alone, while A floods another process on the same machine and database,
 * and while A floods the process that B asks. The second shows what the machine's processors and the database
 * account for.
 */
export interface FloodRun {
  flood: string
  /** Of B's list. */
  p50Ms: number
  p95Ms: number
  maxMs: number
  /** B's p95 in the seconds before, without any flood, and while the same flood goes to another process. */
  compared: { aloneP95Ms: number; elsewhereP95Ms: number } | null
  /** Of B's lists, those of them that were answered 5xx, and whether the person got in. */
  failed: number
  failed5xx: number
  signedIn: boolean
  healthP95Ms: number
  /** A true person's sign-in from elsewhere. */
  signInMs: number
  /** How the flood was answered, by status. */
  answers: Record<number, number>
  /** Its 5xx by status and code, with those apart that name no time to come again. */
  faults: Record<string, number>
  /** The most memory that the process has had so far. */
  peakMb: number
}

/** Of testSealer, which sealed the person's password. */
const ENCRYPTION_KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}:tenant`
const EACH_MS = 50
/** Until the flood has begun. */
const THREAD_STARTS_MS = 1_500
const KEYS_OF_A = 50

interface World {
  url: string
  pid: number
  /** The process that the flood goes to. */
  floodUrl: string
  /**
   * As many keys as a tenant's tools may have: the flood is of the tenant, not of one key that its own limit
   * stops.
   */
  a: readonly string[]
  b: string
  /** A's webhooks. */
  hooks: readonly string[]
  email: string
}

type Flood = (world: World & { agent: Agent }, n: number) => Promise<number>

const keyOfA = ({ a }: World, n: number) => ({ authorization: `Bearer ${a[n % a.length]}` })

/**
 * From where the person signs in while there is no flood, and beside one that never shows the same network
 * twice; and otherwise.
 */
const KNOWN = '203.0.113.76'
const NEW = '203.0.113.77'

/** Networks in all: the flood of many has a new one for each try. */
const NETWORKS = 300
/**
 * Those that have flooded another process are other ones: tries are counted in the database, for all
 * processes.
 */
const network = ({ url, floodUrl }: World, n: number): string =>
  `198.${url === floodUrl ? 18 : 19}.${n % 256}.${1 + ((n >> 8) % 250)}`

const FLOODS: Record<FloodName, { atOnce: number; ask: Flood; from?: string }> = {
  '40 item searches with total': {
    atOnce: 40,
    ask: (world, n) =>
      statusOf(world.agent, `${world.floodUrl}/v1/orders?item=${encodeURIComponent('抹茶')}&total=true`, {
        headers: keyOfA(world, n),
      }),
  },
  '200 lists of 500 with details': {
    atOnce: 200,
    ask: (world, n) =>
      statusOf(world.agent, `${world.floodUrl}/v1/orders?limit=500&detail=true`, {
        headers: keyOfA(world, n),
      }),
  },
  '200 lists of 50': {
    atOnce: 200,
    ask: (world, n) =>
      statusOf(world.agent, `${world.floodUrl}/v1/orders?limit=50`, { headers: keyOfA(world, n) }),
  },
  '20 exports': {
    atOnce: 20,
    ask: (world, n) =>
      statusOf(world.agent, `${world.floodUrl}/v1/orders/export?per=item`, { headers: keyOfA(world, n) }),
  },
  // Each ends after a second and is opened again.
  '200 streams': {
    atOnce: 200,
    ask: (world, n) =>
      statusOf(world.agent, `${world.floodUrl}/v1/events?maxSeconds=1`, { headers: keyOfA(world, n) }),
  },
  '200 tests of webhooks': {
    atOnce: 200,
    ask: (world, n) =>
      statusOf(world.agent, `${world.floodUrl}/v1/webhooks/${world.hooks[n % world.hooks.length]}/test`, {
        method: 'POST',
        headers: keyOfA(world, n),
      }),
  },
  '300 sign-ins from as many networks': {
    atOnce: NETWORKS,
    ask: (world, n) =>
      signIn(world.agent, world.floodUrl, `${n}@flood.example`, network(world, n % NETWORKS)),
  },
  // The person's network has signed in before: of the others each is as new as hers would be.
  '300 sign-ins, each from another network': {
    atOnce: NETWORKS,
    ask: (world, n) => signIn(world.agent, world.floodUrl, `${n}@flood.example`, network(world, n)),
    from: KNOWN,
  },
  // Eight at once, without a key: each second one took the process for more than a second.
  '8 malformed bodies of 16 KiB from strangers': {
    atOnce: 8,
    ask: (world, n) => anonymous(world, n, MALFORMED[n % MALFORMED.length] ?? ''),
  },
  '8 bodies of a megabyte from strangers': {
    atOnce: 8,
    ask: (world, n) => anonymous(world, n, TOO_LARGE[n % TOO_LARGE.length] ?? ''),
  },
  '20 tools/list at /mcp with one key': {
    atOnce: 20,
    ask: (world) =>
      statusOf(world.agent, `${world.floodUrl}/mcp`, {
        method: 'POST',
        headers: {
          ...keyOfA(world, 0),
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body: LIST_TOOLS,
      }),
  },
  '20 mails of 240 kB at /v1/why': {
    atOnce: 20,
    ask: (world, n) =>
      statusOf(world.agent, `${world.floodUrl}/v1/why`, {
        method: 'POST',
        headers: { ...keyOfA(world, n), 'content-type': 'application/json' },
        body: A_LONG_MAIL,
      }),
  },
  '1,500 slow bodies': { atOnce: 1_500, ask: slowBody },
}

/** As large as a stranger's body may be, in the three forms that once cost the process most. */
const hostile = (bytes: number): string[] => [
  `{"email":[${'"\\ud800",'.repeat(Math.floor((bytes - 30) / 9))}"x"]}`,
  `{${Array.from({ length: Math.floor(bytes / 12) }, (_, n) => `"u${n}":1`).join(',')}}`.slice(0, bytes),
  '['.repeat(bytes),
]

const anonymous = ({ agent, floodUrl, ...world }: World & { agent: Agent }, n: number, body: string) =>
  statusOf(agent, `${floodUrl}/v1/session`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-forwarded-for': network({ floodUrl, ...world }, n % NETWORKS),
    },
    body,
  })

const [MALFORMED, TOO_LARGE] = [hostile(16_000), hostile(1_000_000)]

const LIST_TOOLS = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} })
const A_LONG_MAIL = JSON.stringify({ text: 'x '.repeat(120_000) })

/** A body of which a byte comes each second; as long as the service reads it. */
function slowBody(world: World, n: number): Promise<number> {
  const { hostname, port } = new URL(world.floodUrl)
  const socket = connect(Number(port), hostname)
  const { authorization } = keyOfA(world, n)
  socket.write(
    `POST /v1/orders/pull HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-type: application/json\r\ncontent-length: 60000\r\n\r\n{`,
  )
  const drip = setInterval(() => socket.write(' '), 1_000)
  const end = setTimeout(() => socket.destroy(), 5_000)
  return new Promise((resolve) => {
    let status = 0
    socket.on('data', (bytes) => {
      const answer = String(bytes)
      status = Number(/^HTTP\/1.1 (\d+)/.exec(answer)?.[1] ?? 0)
      if (status >= 500) noteFault(status, answer, /^retry-after:/im.test(answer))
      socket.destroy()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearInterval(drip)
      clearTimeout(end)
      resolve(status)
    })
  })
}

async function statusOf(agent: Agent, url: string, options: object): Promise<number> {
  const { statusCode, headers, body } = await request(url, { ...options, dispatcher: agent })
  if (statusCode < 500) await body.dump()
  else noteFault(statusCode, await body.text(), headers['retry-after'] !== undefined)
  return statusCode
}

/** Of this thread's requests. */
const faults: Record<string, number> = {}

function noteFault(status: number, answer: string, saysWhen: boolean): void {
  const code = /"code":"(\w+)"/.exec(answer)?.[1] ?? 'no problem'
  const name = `${status} ${code}${saysWhen ? '' : ' without Retry-After'}`
  faults[name] = (faults[name] ?? 0) + 1
}

const signIn = (agent: Agent, url: string, email: string, from: string): Promise<number> =>
  statusOf(agent, `${url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
    body: JSON.stringify({ email, password: PASSWORD }),
  })

export async function measureFloods(
  databases: Databases,
  {
    rows: [rows = 10_000],
    floodSeconds,
    comparesFloods,
    flood: wanted,
    busy,
  }: Pick<Extent, 'rows' | 'floodSeconds' | 'comparesFloods' | 'flood' | 'busy'>,
): Promise<FloodRun[]> {
  const beside = Array.from({ length: busy }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  )
  try {
    return await measureEach(databases, { rows, floodSeconds, comparesFloods, wanted })
  } finally {
    for (const one of beside) one.kill('SIGKILL')
  }
}

async function measureEach(
  databases: Databases,
  {
    rows,
    floodSeconds,
    comparesFloods,
    wanted,
  }: { rows: number; floodSeconds: number; comparesFloods: boolean; wanted: string },
): Promise<FloodRun[]> {
  const { url: databaseUrl, drop } = await databases.create()
  const quiet = { info: () => undefined, warn: () => undefined }
  await applyMigrations(databaseUrl, quiet)
  const database = await openDatabase({ url: databaseUrl, log: quiet })
  const settings = {
    ROLES: 'api,worker',
    WEBHOOK_ALLOWED_PRIVATE_HOSTS: '127.0.0.1',
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEYS,
    LOG_LEVEL: 'error',
    OPERATOR_API_KEY: 'the-key-of-the-bench',
    TRUST_PROXY: '1',
    MCP_ENABLED: 'yes',
  }
  const service = await startService(settings)
  const other = await startService(settings)
  const receiver = await startSandboxServer(0, () => ({ status: 200 }))
  try {
    const tenantOfA = (await makeHistory(database.pool, { orders: rows, staged: 500 })).tenantId
    await sealDetails(database, tenantOfA)
    const { id: tenantOfB } = await database.db.tenant.update({
      where: { id: await otherTenant(database, tenantOfA) },
      data: { requireSecondFactor: false },
    })
    const { email } = await makeStaff(database.db, tenantOfB, 'owner')
    const a = await Promise.all(Array.from({ length: KEYS_OF_A }, () => keyOf(database, tenantOfA)))
    const world: World = {
      url: service.url,
      pid: service.pid,
      floodUrl: service.url,
      email,
      a,
      b: await keyOf(database, tenantOfB),
      hooks: await makeHooks(service.url, a[0] ?? '', receiver.url),
    }
    // The first requests of a process load and compile.
    const first = new Agent()
    // At the other process nobody is to be but who floods it.
    for (const [url, key] of [
      [service.url, world.b],
      [other.url, a[0]],
    ])
      for (let n = 0; n < 50; n += 1)
        await statusOf(first, `${url}/v1/orders?limit=50`, { headers: { authorization: `Bearer ${key}` } })
    await first.close()
    const runs: FloodRun[] = []
    for (const flood of FLOOD_NAMES) {
      if (!flood.includes(wanted)) continue
      const { from = NEW } = FLOODS[flood]
      const ms = floodSeconds * 1_000
      const compared = comparesFloods
        ? {
            aloneP95Ms: (await measure(world, null, KNOWN, ms)).p95Ms,
            elsewhereP95Ms: (await measure({ ...world, floodUrl: other.url }, flood, KNOWN, ms)).p95Ms,
          }
        : null
      await sleep(floodSeconds * 200)
      runs.push({ flood, compared, ...(await measure(world, flood, from, ms)) })
      // What a flood has left in queues and locks is no part of the next.
      await sleep(floodSeconds * 200)
    }
    return runs
  } finally {
    await Promise.all([service.stop(), other.stop()])
    await receiver.close()
    await database.close()
    await drop()
  }
}

/** Some of those that a tenant may have; one by one, as a late event loop refuses many at once. */
async function makeHooks(url: string, key: string, receiver: string): Promise<string[]> {
  const api = createApi(url, key)
  const ids: string[] = []
  for (let n = 0; n < 5; n += 1) {
    const made = await api.post<{ id: string }>('/webhooks', { name: `${n}`, url: `${receiver}/${n}` })
    ids.push(made.id)
  }
  return ids
}

/** The history's other tenant, which has a tenth as many orders. */
async function otherTenant({ db }: Database, tenantId: string): Promise<string> {
  const { id } = await db.tenant.findFirstOrThrow({ where: { id: { not: tenantId } }, select: { id: true } })
  return id
}

/**
 * As many as a page shows: what a page cannot open it writes into the log, which costs more than opening it.
 */
async function sealDetails({ pool }: Database, tenantId: string): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    'select id from orders where tenant_id = $1 order by ordered_at desc limit 600',
    [tenantId],
  )
  const sealer = testSealer.of(tenantId)
  const sealed = rows.map(({ id }, n) =>
    sealer.sealJson(`order:${id}:detail`, sampleOrder(`shop-${String(n).padStart(9, '0')}`)),
  )
  await pool.query(
    `update orders o set sealed_detail = s.detail from unnest($1::uuid[], $2::bytea[]) s (id, detail) where o.id = s.id`,
    [rows.map(({ id }) => id), sealed],
  )
}

async function keyOf({ db }: Database, tenantId: string): Promise<string> {
  const { key, prefix, hash } = newApiKey(systemRandom)
  await db.apiKey.create({ data: { id: newId(), tenantId, name: 'x', prefix, hash, createdAt: new Date() } })
  return key
}

interface Order {
  flood: FloodName
  world: World
  ms: number
}

type Poured = Pick<FloodRun, 'answers' | 'faults'>

/** Asks for so long. */
async function pour({ flood, world, ms }: Order): Promise<Poured> {
  const { atOnce, ask } = FLOODS[flood]
  const agent = new Agent({ connections: 1_000 })
  const end = performance.now() + ms
  const answers: Record<number, number> = {}
  let asked = 0
  const clients = Array.from({ length: atOnce }, async () => {
    while (performance.now() < end) {
      const status = (await ask({ ...world, agent }, asked++).catch(() => 0)) ?? 0
      answers[status] = (answers[status] ?? 0) + 1
    }
  })
  await Promise.all(clients)
  await agent.close()
  return { answers, faults }
}

const order: Order | undefined = isMainThread ? undefined : workerData?.floodOrder
if (order) parentPort?.postMessage(await pour(order))

/** In a thread of its own: what the flood's client does with its answers must not keep B's client waiting. */
async function pourBeside(floodOrder: Order): Promise<Poured> {
  const thread = new Worker(new URL(import.meta.url), { workerData: { floodOrder } })
  const [poured] = await once(thread, 'message')
  await thread.terminate()
  return poured
}

async function peakMbOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return round(Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024)
}

async function measure(world: World, flood: FloodName | null, from: string, ms: number) {
  const { url, b, email } = world
  const flooded =
    flood === null ? { answers: {}, faults: {} } : pourBeside({ flood, world, ms: ms + THREAD_STARTS_MS })
  if (flood !== null) await sleep(THREAD_STARTS_MS)
  const end = performance.now() + ms
  // A client of its own: whoever asks for B waits for none of the flood's connections.
  const own = new Agent({ connections: 50 })
  const [lists, health]: [number[], number[]] = [[], []]
  let failed5xx = 0
  const timed = async (into: number[], work: () => Promise<number>): Promise<boolean> => {
    const since = performance.now()
    const status = await work().catch(() => 0)
    into.push(performance.now() - since)
    if (status >= 500) failed5xx += 1
    return status === 200
  }
  const signIns: number[] = []
  const person = sleep(ms / 2).then(() => timed(signIns, () => signIn(own, url, email, from)))
  const under: Promise<boolean>[] = []
  for (let n = 0; performance.now() < end; n += 1) {
    const headers = { authorization: `Bearer ${b}` }
    under.push(timed(lists, () => statusOf(own, `${url}/v1/orders?limit=50`, { headers })))
    if (n % 10 === 0) under.push(timed(health, () => statusOf(own, `${url}/healthz`, {})))
    await sleep(EACH_MS)
  }
  const signedIn = await person
  const failed = (await Promise.all(under)).filter((good) => !good).length
  const poured = await flooded
  await own.close()
  return {
    p50Ms: round(percentile(lists, 0.5)),
    p95Ms: round(percentile(lists, 0.95)),
    maxMs: round(Math.max(...lists)),
    failed,
    failed5xx,
    healthP95Ms: round(percentile(health, 0.95)),
    signInMs: round(signIns[0] ?? Number.NaN),
    signedIn,
    ...poured,
    peakMb: await peakMbOf(world.pid),
  }
}

export const floodsTable = (runs: readonly FloodRun[]): string =>
  table(
    [
      'flood',
      'p95 alone',
      'elsewhere',
      'B p50 ms',
      'p95',
      'most',
      '× alone',
      '× elsewhere',
      'B failed',
      '/healthz p95',
      'sign-in ms',
      'answers',
    ],
    runs.map(({ compared, ...run }) => [
      ...[
        run.flood,
        compared?.aloneP95Ms ?? '–',
        compared?.elsewhereP95Ms ?? '–',
        run.p50Ms,
        run.p95Ms,
        run.maxMs,
        // The machine may have other work, which both of them feel.
        compared ? round(run.p95Ms / compared.aloneP95Ms) : '–',
        compared ? round(run.p95Ms / compared.elsewhereP95Ms) : '–',
        run.failed,
        run.healthP95Ms,
        run.signedIn ? run.signInMs : 'no',
      ].map(String),
      JSON.stringify(run.answers),
    ]),
  )
