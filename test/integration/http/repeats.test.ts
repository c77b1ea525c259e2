import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { canonical, storedKey } from '../../../src/http/idempotency.ts'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { present } from '../../../src/platform/narrow.ts'
import { NewShop } from '../../../src/shops/shops/shop-schemas.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeTenant, newId, testSealer } from '../../support/fixtures.ts'
import { OPERATOR_KEY, wholeServer } from '../../support/http/rest-server.ts'
import { startSeveringProxy } from '../../support/proxies.ts'

/** Requests that come again under their Idempotency-Key: after a lost commit, beside others, beside 1.0.0. */

type Severing = Awaited<ReturnType<typeof startSeveringProxy>>

let database: TestDatabase
let proxy: Severing
let through: Awaited<ReturnType<typeof openDatabase>>
let app: App
let tenantId = ''
let owner = ''

beforeAll(async () => {
  database = await freshDatabase()
  const target = new URL(database.url)
  proxy = await startSeveringProxy({ host: target.hostname, port: Number(target.port) })
  target.hostname = '127.0.0.1'
  target.port = String(proxy.port)
  through = await openDatabase({ url: target.href, log: { warn: () => undefined }, maxConnections: 5 })
  app = await wholeServer(through, { eventLoopDelayMs: 0, requestsPerMinute: 100_000, requestMs: 20_000 })
})
afterAll(async () => {
  await app?.close()
  await through?.close()
  await proxy?.close()
  await database?.close()
})
beforeEach(async () => {
  tenantId = (await makeTenant(database.db)).id
  owner = (await apiKey()).key
})

async function apiKey(role = 'owner'): Promise<{ id: string; key: string }> {
  const payload = { tenantId, name: 'client', role }
  return (await send('/v1/admin/api-keys', payload, undefined, OPERATOR_KEY)).json()
}

function send(url: string, payload: object, key?: string, as = owner, at = app) {
  const headers = { authorization: `Bearer ${as}`, ...(key === undefined ? {} : { 'idempotency-key': key }) }
  return at.inject({ method: 'POST', url, headers, payload })
}

const said = ({ statusCode, json }: Awaited<ReturnType<typeof send>>) => {
  const { code, reason } = json()
  return [statusCode, code, reason].filter((one) => one !== undefined)
}

const webhook = (name: string) => ({ name, url: 'https://93.184.216.34/w' })
const shop = { marketplace: 'rakuten', code: '400001', name: 'とりこみ商店' }
const made = (name = 'w') => database.db.webhook.count({ where: { tenantId, name } })
const shops = () => database.db.shop.count({ where: { tenantId } })
const audited = (action: string) => database.db.auditEntry.count({ where: { tenantId, action } })

/** The commit stands in the database, and nobody hears of it. */
async function losingCommit(work: () => ReturnType<typeof send>) {
  const lost = proxy.swallowAnswerTo('commit').then(() => proxy.sever())
  const answer = await work()
  await lost
  return answer
}

async function untilSettled(work: () => ReturnType<typeof send>) {
  for (let tries = 0; ; tries += 1) {
    const answer = await work()
    if (tries > 500 || answer.json().code !== 'IDEMPOTENCY_KEY_IN_PROGRESS') return answer
  }
}

describe('a commit whose answer was lost', () => {
  it('is not done a second time: the repeat gets what the first one would have got', async () => {
    const first = await losingCommit(() => send('/v1/shops', shop, 'lost'))
    expect(said(first)).toEqual([503, 'UNAVAILABLE'])
    const again = await untilSettled(() => send('/v1/shops', shop, 'lost'))
    expect([again.statusCode, again.headers['idempotency-replayed']]).toEqual([201, 'true'])
    expect(again.json().name).toBe(shop.name)
    expect(again.headers.location).toBe(`/v1/shops/${again.json().id}`)
    expect([await shops(), await audited('shop.created')]).toEqual([1, 1])
  })

  it('with a secret in its answer: the repeat is told that it was done', async () => {
    expect(said(await losingCommit(() => send('/v1/webhooks', webhook('w'), 'lost')))).toEqual([
      503,
      'UNAVAILABLE',
    ])
    const again = await untilSettled(() => send('/v1/webhooks', webhook('w'), 'lost'))
    expect(said(again)).toEqual([409, 'CONFLICT', 'answer_not_kept'])
    expect([await made(), await audited('webhook.created')]).toEqual([1, 1])
  })
})

describe('work that failed', () => {
  const broken = async (work: () => Promise<void>) => {
    await database.pool.query(`
      create function fail() returns trigger language plpgsql as $$ begin raise exception 'broken' using errcode = 'P0001'; end $$;
      create trigger fail before insert on audit_entries for each row execute function fail()`)
    try {
      await work()
    } finally {
      await database.pool.query('drop trigger fail on audit_entries; drop function fail()')
    }
  }

  it('by 5xx leaves nothing, neither rows nor key: the repeat does it', async () => {
    await broken(async () => {
      expect(said(await send('/v1/webhooks', webhook('w'), 'failed'))).toEqual([500, 'INTERNAL'])
      expect(await made()).toBe(0)
    })
    expect((await untilSettled(() => send('/v1/webhooks', webhook('w'), 'failed'))).statusCode).toBe(201)
    expect(await made()).toBe(1)
  })

  it('in several steps leaves its outcome unknown, and is not done again', async () => {
    await broken(async () => {
      expect(said(await send('/v1/erasure', { phone: '03-0000-0000' }, 'steps'))).toEqual([500, 'INTERNAL'])
    })
    const again = await send('/v1/erasure', { phone: '03-0000-0000' }, 'steps')
    expect(said(again)).toEqual([409, 'CONFLICT', 'outcome_unknown'])
    const done = await send('/v1/erasure', { phone: '03-0000-0000' }, 'steps-2')
    expect(done.statusCode).toBe(200)
    expect((await send('/v1/erasure', { phone: '03-0000-0000' }, 'steps-2')).body).toBe(done.body)
  })

  it('by the time limit is undone, also what its handler goes on to do', async () => {
    const limited = await wholeServer(through, { eventLoopDelayMs: 0, requestMs: 300 })
    const holder = await database.pool.connect()
    try {
      await holder.query('begin; lock table audit_entries in share mode')
      const late = await send('/v1/webhooks', webhook('w'), 'late', owner, limited)
      expect(said(late)).toEqual([503, 'TIMEOUT'])
      expect(said(await send('/v1/webhooks', webhook('w'), 'late'))).toEqual([
        409,
        'IDEMPOTENCY_KEY_IN_PROGRESS',
      ])
      await holder.query('commit')
      expect((await untilSettled(() => send('/v1/webhooks', webhook('w'), 'late'))).statusCode).toBe(201)
      expect([await made(), await audited('webhook.created')]).toEqual([1, 1])
    } finally {
      await holder.query('rollback')
      holder.release()
      await limited.close()
    }
  })

  it('refused, it keeps no key', async () => {
    expect((await send('/v1/webhooks', { name: 'w', url: 'https://10.0.0.1/' }, 'mended')).statusCode).toBe(
      422,
    )
    expect((await send('/v1/webhooks', webhook('w'), 'mended')).statusCode).toBe(201)
  })
})

describe('a caller', () => {
  it('is given no answer of another one, nor of another operation', async () => {
    const other = (await apiKey()).key
    expect((await send('/v1/shops', shop, 'K-1')).statusCode).toBe(201)
    const second = await send('/v1/shops', { ...shop, code: '400002' }, 'K-1', other)
    expect([second.statusCode, second.headers['idempotency-replayed']]).toEqual([201, undefined])
    expect((await send('/v1/webhooks', webhook('w'), 'K-1')).statusCode).toBe(201)
    expect(said(await send('/v1/shops', { ...shop, code: '400003' }, 'K-1'))).toEqual([
      422,
      'IDEMPOTENCY_KEY_REUSED',
    ])
    expect(await shops()).toBe(2)
  })

  it('is the same after its API key was rotated', async () => {
    const { id, key } = await apiKey()
    const first = await send('/v1/shops', shop, 'before', key)
    const rotated = await send(`/v1/admin/api-keys/${id}/rotate`, {}, undefined, OPERATOR_KEY)
    const next = await send(`/v1/admin/api-keys/${rotated.json().id}/rotate`, {}, undefined, OPERATOR_KEY)
    const again = await send('/v1/shops', shop, 'before', next.json().key)
    expect([again.statusCode, again.body]).toEqual([201, first.body])
    expect(await shops()).toBe(1)
  })
})

describe('what is kept', () => {
  it('holds no secret and names no buyer', async () => {
    const [buyer, key] = [
      { kind: 'phone', value: '090-0000-0001', reason: 'r' },
      { name: 'k', role: 'owner' },
    ]
    for (const [url, body] of [
      ['/v1/webhooks', webhook('w')],
      ['/v1/blocked-buyers', buyer],
      ['/v1/api-keys', key],
    ] as const) {
      expect((await send(url, body, 'secret')).statusCode).toBe(201)
      expect(said(await send(url, body, 'secret'))).toEqual([409, 'CONFLICT', 'answer_not_kept'])
    }
    const kept = { tenantId, sealedAnswer: { not: null } }
    expect(await database.db.idempotencyKey.count({ where: kept })).toBe(0)
    expect(await database.db.apiKey.count({ where: { tenantId, name: 'k' } })).toBe(1)
  })

  it('is said by the document of every POST that shows a secret, a link or a buyer', async () => {
    type Schema = { properties?: Record<string, unknown>; $ref?: string }
    type Operation = {
      operationId: string
      parameters?: { name: string; description: string }[]
      responses: Record<string, { content?: Record<string, { schema: Schema }> }>
    }
    const { paths, components } = (await app.inject('/openapi.json')).json()
    const names = (schema: Schema | undefined): string[] => {
      const name = schema?.$ref?.split('/').at(-1)
      const found: Schema | undefined = name === undefined ? schema : components.schemas[name]
      return Object.keys(found?.properties ?? {})
    }
    const open: string[] = []
    const closed: string[] = []
    for (const { post } of Object.values<{ post?: Operation }>(paths)) {
      const header = post?.parameters?.find(({ name }) => name === 'Idempotency-Key')
      if (!post || !header) continue
      const schema = post.responses['201'] ?? post.responses['200']
      const shows = names(schema?.content?.['application/json']?.schema).filter((name) =>
        /^(secret|key|token|url|invitation|value|recoveryCodes)$/.test(name),
      )
      if (header.description.includes('answer_not_kept')) closed.push(post.operationId)
      else if (shows.length > 0) open.push(post.operationId)
    }
    expect(open).toEqual([])
    expect(closed).toContain('createOwnApiKey')
    expect(closed).toContain('approveApplication')
  })

  it('goes with a buyer’s erasure; the key stays', async () => {
    expect((await send('/v1/shops', shop, 'kept')).statusCode).toBe(201)
    expect((await send('/v1/erasure', { phone: '03-0000-0000' })).statusCode).toBe(200)
    expect(said(await send('/v1/shops', shop, 'kept'))).toEqual([409, 'CONFLICT', 'answer_not_kept'])
    expect(await shops()).toBe(1)
  })

  it('fits no request once its hash is gone', async () => {
    await send('/v1/shops', shop, 'rotated')
    await database.pool.query('update idempotency_keys set request_hash = null')
    for (const body of [shop, { ...shop, code: '400004' }])
      expect(said(await send('/v1/shops', body, 'rotated'))).toEqual([409, 'CONFLICT', 'answer_not_kept'])
    expect(await shops()).toBe(1)
  })
})

describe('beside a process of release 1.0.0', () => {
  /** As that release claims and reads a key. */
  const CLAIM = `insert into idempotency_keys (id, tenant_id, key, request_hash, runs_until, created_at) values ($1, $2, $3, $4, $5, $6)
    on conflict (key) do update set id = excluded.id, request_hash = excluded.request_hash, runs_until = excluded.runs_until,
    created_at = excluded.created_at, sealed_answer = null where idempotency_keys.created_at < $7 returning id`

  const claim = async (key: string, body: object, runsUntil: Date | null) => {
    const content = canonical(['POST', '/v1/shops', null, NewShop.parse(body)])
    const [hash] = testSealer.fingerprints('idempotent request', canonical([tenantId, content]))
    const now = new Date()
    const values = [
      newId(),
      tenantId,
      storedKey(`answers ${tenantId}`, key),
      hash,
      runsUntil,
      now,
      new Date(0),
    ]
    return { hash, rowCount: (await database.pool.query(CLAIM, values)).rowCount }
  }
  const stored = (key: string) =>
    database.db.idempotencyKey.findUniqueOrThrow({ where: { key: storedKey(`answers ${tenantId}`, key) } })

  it('what was done here is not done there', async () => {
    await send('/v1/shops', shop, 'here')
    const { rowCount, hash } = await claim('here', shop, new Date())
    expect(rowCount).toBe(0)
    // From which that release answers 409 `answer_not_kept`.
    const row = await stored('here')
    expect(row).toMatchObject({ runsUntil: null, sealedAnswer: null })
    expect(Buffer.compare(present(row.requestHash), present(hash))).toBe(0)
  })

  it('what was done or begun there is not done here', async () => {
    await claim('done', shop, null)
    expect(said(await send('/v1/shops', shop, 'done'))).toEqual([409, 'CONFLICT', 'answer_not_kept'])
    await claim('runs', shop, new Date(Date.now() + 60_000))
    expect(said(await send('/v1/shops', shop, 'runs'))).toEqual([409, 'IDEMPOTENCY_KEY_IN_PROGRESS'])
    await claim('died', shop, new Date(Date.now() - 1))
    expect(said(await send('/v1/shops', shop, 'died'))).toEqual([409, 'CONFLICT', 'outcome_unknown'])
    expect(await shops()).toBe(0)
    // Another caller's, as that release took them for one.
    await claim('other', { ...shop, code: '400005' }, null)
    expect((await send('/v1/shops', shop, 'other')).statusCode).toBe(201)
  })
})
