import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { Torikomi } from '../../clients/typescript/src/index.ts'
import { createSealer, formatEncryptionKeys } from '../../src/platform/crypto/sealer.ts'
import { present } from '../../src/platform/narrow.ts'
import { systemRandom } from '../../src/platform/random.ts'
import { freshDatabase } from '../support/database/database.ts'
import {
  makeApiKey,
  makeMailbox,
  makeOrder,
  makeShop,
  makeTenant,
  newId,
  sampleOrder,
} from '../support/fixtures.ts'
import { ops, type RunningService, startService } from '../support/service/service.ts'

type FreshDatabase = Awaited<ReturnType<typeof freshDatabase>>

/** Two installations at work, and a client between them. `here` seals as testSealer does. */
const HERE = [{ id: 'test', key: new Uint8Array(32).fill(7), bindsTenant: true }] as const
const THERE = [{ id: 'other', key: new Uint8Array(32).fill(9), bindsTenant: true }] as const
const ORDERS = 7

let folder: string
let databases: FreshDatabase[]
let services: RunningService[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenant-move-'))
  databases = await Promise.all([freshDatabase(), freshDatabase()])
  services = []
})
afterEach(async () => {
  await Promise.all(services.map((service) => service.stop()))
  await Promise.all([...databases.map((database) => database.close()), rm(folder, { recursive: true })])
})

const settings = (url: string, keys: Parameters<typeof formatEncryptionKeys>[0]) => ({
  DATABASE_URL: url,
  ENCRYPTION_KEYS: formatEncryptionKeys(keys),
  OPERATOR_API_KEY: 'operator',
  // No mall answers: what is to come is what was staged.
  RAKUTEN_API_URL: 'http://127.0.0.1:9',
})

const Batch = z.object({
  orders: z.array(z.object({ id: z.string() })),
  position: z.string(),
})

test('two services at work: the client goes on at the other one with key and position', async () => {
  const [here, there] = [present(databases[0]), present(databases[1])]
  const { id: tenantId } = await makeTenant(here.db)
  const { id: shopId } = await makeShop(here.db, { tenantId })
  // Nobody listens there: the mailbox is leased and asked again and again.
  await makeMailbox(here.db, { tenantId, shopIds: [shopId], port: 9 })
  const sealer = createSealer(HERE, systemRandom).of(tenantId)
  const wanted: string[] = []
  for (let n = 0; n < ORDERS; n++) {
    const id = newId()
    const detail = sealer.sealJson(`order:${id}:detail`, sampleOrder(`123456-20260115-000000000${n}`))
    await makeOrder(here.db, { id, tenantId, shopId, sealedDetail: detail })
    wanted.push(id)
  }
  const headers = { ...(await makeApiKey(here.db, tenantId)), 'content-type': 'application/json' }
  const [first, second] = [settings(here.url, HERE), settings(there.url, THERE)]
  services = await Promise.all([startService(first), startService(second)])
  const ask = (service: number, path: string, init: RequestInit = {}) =>
    fetch(`${present(services[service]).url}${path}`, { headers, ...init })
  const got: string[] = []
  async function pull(service: number, after: string | null): Promise<string> {
    const answer = await ask(service, '/v1/orders/pull', {
      method: 'POST',
      body: JSON.stringify({ after, limit: 3 }),
    })
    expect(answer.status).toBe(200)
    const { orders, position } = Batch.parse(await answer.json())
    got.push(...orders.map(({ id }) => id))
    return position
  }
  const before = await pull(0, null)
  const feed = z
    .object({ position: z.string() })
    .loose()
    .parse(await (await ask(0, '/v1/changes')).json())
  const run = async (side: typeof first, ...args: string[]) =>
    present((await ops(['tenant', ...args], side)).output.split(/\s/).at(-1))
  const file = join(folder, 'tenant')
  await run(first, 'export', tenantId, '--for', await run(second, 'key'), file)
  // Whoever was let in before, nobody is now.
  expect((await ask(0, '/v1/board')).status).toBe(403)
  const receipt = await run(second, 'import', file)
  expect((await ask(1, '/v1/board')).status).toBe(403)
  const word = await run(first, 'release', tenantId, receipt, '--to', present(services[1]).url)
  await run(second, 'start', tenantId, word)
  await expect.poll(async () => (await ask(1, '/v1/board')).status).toBe(200)
  let position = before
  for (let asked = 0; asked < 3; asked++) position = await pull(1, position)
  expect(got.toSorted()).toEqual(wanted.toSorted())
  // The old address leads there, and the client goes along with its key.
  await expect.poll(async () => (await ask(0, '/v1/board', { redirect: 'manual' })).status).toBe(308)
  const led = await ask(0, '/v1/orders?limit=1', { redirect: 'manual' })
  expect(led.headers.get('location')).toBe(`${present(services[1]).url}/v1/orders?limit=1`)
  const client = new Torikomi({ url: present(services[0]).url, apiKey: headers.authorization.slice(7) })
  expect((await client.get('/v1/orders')).orders).toHaveLength(ORDERS)
  expect((await ask(1, `/v1/changes?after=${feed.position}`)).status).toBe(410)
  // The listener there has it, and none here.
  const held = (database: FreshDatabase) =>
    database.db.mailbox.count({ where: { leaseOwner: { not: null } } })
  await expect.poll(() => held(there)).toBe(1)
  expect(await held(here)).toBe(0)
}, 180_000)
