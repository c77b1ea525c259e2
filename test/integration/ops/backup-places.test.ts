import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { type FauxqsServer, startFauxqs } from 'fauxqs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { loadConfig } from '../../../src/config/load.ts'
import { type BackupFile, copyObject, fileAt, folderAt } from '../../../src/ops/backup/files.ts'
import { formatEncryptionKeys } from '../../../src/platform/crypto/sealer.ts'
import { databaseAt } from '../../../src/platform/db/hosts.ts'
import { emptyDatabase, freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { heldClock, makeTenant } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'
import { ops } from '../../support/service/service.ts'

/** Backups in object storage, and the drill that restores the newest one, from either place. */

const BACKUP_KEY = Buffer.alloc(32, 5).toString('base64')
const ENCRYPTION_KEYS = formatEncryptionKeys([
  { id: 'test', key: new Uint8Array(32).fill(7), bindsTenant: true },
])
const DAY_MS = 24 * 3_600_000

let storage: FauxqsServer
let source: TestDatabase
let target: Awaited<ReturnType<typeof emptyDatabase>>
let folder: string
let bench: ImportBench
beforeAll(async () => {
  storage = await startFauxqs({ port: 0, logger: false })
  storage.createBucket('backups')
  source = await freshDatabase()
  target = await emptyDatabase()
  folder = await mkdtemp(join(tmpdir(), 'torikomi-places-'))
  bench = await importBench(source)
  for (const number of numbers(3)) bench.mall.place(number, { orderedAt: '2026-01-01T12:00:00+09:00' })
  await bench.want(numbers(3))
  await bench.run()
})
afterAll(async () => {
  await storage?.stop()
  await source?.close()
  await target?.close()
  await rm(folder, { recursive: true, force: true })
})

const keys = () => ({
  AWS_ENDPOINT_URL_S3: storage.address,
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'secret',
})
const env = (url: string, more: Record<string, string> = {}) => ({
  DATABASE_URL: url,
  BACKUP_KEY,
  ENCRYPTION_KEYS,
  ...keys(),
  ...more,
})

test('a bucket takes a file in parts, gives it back byte by byte, and keeps the older one of a name', async () => {
  const file = fileAt('s3://backups/large', keys())
  const chunk = randomBytes(1024 * 1024)
  const [sent, got] = [createHash('sha256'), createHash('sha256')]
  const writer = await file.write()
  // Whole parts and a rest.
  for (let index = 0; index < 35; index++) {
    chunk[0] = index
    sent.update(chunk)
    await writer.put(Buffer.from(chunk))
  }
  await writer.end()
  for await (const bytes of file.read()) got.update(bytes)
  expect(got.digest('hex')).toBe(sent.digest('hex'))
  await expect(file.write()).rejects.toThrow('there is a file of that name already')
})

async function contentOf(file: BackupFile): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const bytes of file.read()) parts.push(bytes)
  return Buffer.concat(parts)
}

describe.each([
  ['a folder', (name: string) => join(folder, name)],
  ['a bucket', (name: string) => `s3://backups/${name}/`],
])('in %s', (_where, at) => {
  const place = async (name: string) => {
    await mkdir(join(folder, name), { recursive: true })
    return folderAt(at(name), keys())
  }
  const written = async (file: BackupFile) => {
    const writer = await file.write()
    await writer.put(Buffer.from('whole'))
    await writer.end()
  }

  test('nothing stands under a name whose file did not come to its end', async () => {
    const there = await place('broken')
    const made = there.add('one', async (file) => {
      const writer = await file.write()
      await writer.put(randomBytes(1024))
      await writer.discard()
      throw new Error('the database went away')
    })
    await expect(made).rejects.toThrow('the database went away')
    expect(await there.names()).toEqual([])
    await there.add('one', written)
    // One that is there stays, whatever a second one of its name comes to.
    const second = vi.fn(written)
    await expect(there.add('one', second)).rejects.toThrow('already')
    expect(second).not.toHaveBeenCalled()
    expect(await there.names()).toEqual(['one'])
  })

  test('what was written has its name only once it was read again, and none if that fails', async () => {
    const there = await place('read-again')
    const scheduled = async () => (await there.names()).filter((name) => !name.endsWith('.partial'))
    const broken = there.add('one', async (file) => {
      await written(file)
      expect((await contentOf(file)).toString()).toBe('whole')
      // A run that is killed here leaves nothing that looks like a backup.
      expect(await scheduled()).toEqual([])
      expect((await there.leftovers()).map(({ name }) => name)).toEqual(['one'])
      throw new Error('it is not what was written')
    })
    await expect(broken).rejects.toThrow('it is not what was written')
    expect(await there.names()).toEqual([])
    expect(await there.leftovers()).toEqual([])
    await there.add('one', written)
    expect((await contentOf(there.file('one'))).toString()).toBe('whole')
    expect(await there.leftovers()).toEqual([])
  })

  test('what a killed run left under the name is told, with what to do', async () => {
    const there = await place('killed')
    await there.add('one', async (file) => {
      // Nobody ends it.
      await written(file)
      const again = there.add('one', written)
      await expect(again).rejects.toThrow(file.path)
      await expect(again).rejects.toThrow('delete it if none is at work')
    })
  })

  test('a second run of the same second leaves the first one’s file alone', async () => {
    const there = await place('second-run')
    await there.add('one', async (file) => {
      await written(file)
      await expect(there.add('one', written)).rejects.toThrow('already')
    })
    expect((await contentOf(there.file('one'))).toString()).toBe('whole')
  })
})

test('a file that came meanwhile stays as it is', async () => {
  const there = folderAt(join(folder, 'meanwhile'), {})
  await mkdir(join(folder, 'meanwhile'))
  const made = there.add('one', async (file) => {
    const writer = await file.write()
    await writer.end()
    await writeFile(join(folder, 'meanwhile', 'one'), 'of another program')
  })
  await expect(made).rejects.toThrow('already')
  expect((await contentOf(there.file('one'))).toString()).toBe('of another program')
  expect(await there.names()).toEqual(['one'])
})

/** In front of the store: takes notes, and answers for it where `instead` says how; "lost": not at all. */
async function inFront(instead: (asked: string, headers: IncomingHttpHeaders) => number | 'lost' | null) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const line = `${request.method} ${request.url}`
    asked.push(line)
    const status = instead(line, request.headers)
    // As stores say that they know no such header, or that the name is taken.
    const code = { 412: 'PreconditionFailed', 501: 'NotImplemented' }[Number(status)]
    const body = code ? `<Error><Code>${code}</Code><Message>no</Message></Error>` : ''
    if (typeof status === 'number')
      return void request.resume().on('end', () => response.writeHead(status).end(body))
    const { method, headers } = request
    const on = httpRequest(storage.address + request.url, { method, headers }, (answer) => {
      if (status === 'lost') return void answer.resume().on('end', () => request.socket.destroy())
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    request.pipe(on)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    env: { ...keys(), AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` },
    asked,
    [Symbol.dispose]: () => void server.close(),
  }
}

const s3At = (endpoint: string) =>
  new S3Client({
    region: 'ap-northeast-1',
    endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
  })

test('a copy that fails leaves no name, and a key that may not delete makes a whole backup', async () => {
  using refusing = await inFront((asked) => (/^PUT \S+\/copied\/one/.test(asked) ? 403 : null))
  const file = async (made: BackupFile) => {
    const writer = await made.write()
    await writer.end()
  }
  const place = folderAt('s3://backups/copied', refusing.env)
  await expect(place.add('one', file)).rejects.toThrow('cannot be written')
  expect([await place.names(), await place.leftovers()]).toEqual([[], []])
  using keeping = await inFront((asked) => (asked.startsWith('DELETE') ? 403 : null))
  const kept = folderAt('s3://backups/kept', keeping.env)
  await kept.add('one', file)
  expect(await kept.names()).toEqual(['one'])
})

test.each([
  ['of nothing', 0, undefined],
  ['at once', 1_000, undefined],
  ['in parts', 11 * 1024 * 1024, 5 * 1024 * 1024],
])('a copy %s never takes the place of a file, where the store can tell', async (_how, size, most) => {
  const name = `condition-${size}`
  const isNaming = (asked: string) => asked.includes(`/${name}-to`) && !asked.includes('partNumber=')
  const copied = async (...statuses: (number | 'lost')[]) => {
    const left = [...statuses]
    using front = await inFront((asked, headers) =>
      isNaming(asked) && headers['if-none-match'] === '*'
        ? ((left.length > 1 ? left.shift() : left[0]) ?? null)
        : null,
    )
    const client = s3At(front.env.AWS_ENDPOINT_URL_S3)
    await copyObject(client, 'backups', { from: `places/${name}`, to: `places/${name}-to`, tag: null }, most)
  }
  const writer = await fileAt(`s3://backups/places/${name}`, keys()).write()
  await writer.put(randomBytes(size))
  await writer.end()
  const names = () => folderAt('s3://backups/places', keys()).names()
  await expect(copied(412)).rejects.toThrow()
  expect(await names()).not.toContain(`${name}-to`)
  await copied(501)
  expect(await names()).toContain(`${name}-to`)
  if (size === 0) return
  // The store has named it, and its answer is lost: asked again it finds our own file there.
  await folderAt('s3://backups/places', keys()).remove(`${name}-to`)
  await copied('lost', 412)
  expect(await names()).toContain(`${name}-to`)
  // Another's stays, and is told.
  await folderAt('s3://backups/places', keys()).remove(`${name}-to`)
  const other = await fileAt(`s3://backups/places/${name}-to`, keys()).write()
  await other.put(randomBytes(size))
  await other.end()
  await expect(copied(412)).rejects.toThrow()
})

test('a copy of more than the store copies at once goes in parts, and leaves nothing of one that fails', async () => {
  using front = await inFront((asked) => (/large%20other\S*partNumber=2/.test(asked) ? 403 : null))
  const client = s3At(front.env.AWS_ENDPOINT_URL_S3)
  const most = 5 * 1024 * 1024
  const bytes = randomBytes(2 * most + 1)
  const from = fileAt('s3://backups/parts/large +1', front.env)
  const writer = await from.write()
  await writer.put(bytes)
  await writer.end()
  const names = { from: 'parts/large +1', to: 'parts/large copy', tag: null }
  await copyObject(client, 'backups', names, most)
  expect(
    front.asked.filter((asked) => asked.includes('partNumber=3&') && asked.includes('copy')),
  ).toHaveLength(1)
  const copy = await contentOf(fileAt('s3://backups/parts/large copy', front.env))
  expect(copy.equals(bytes)).toBe(true)
  await expect(copyObject(client, 'backups', { ...names, to: 'parts/large other' }, most)).rejects.toThrow()
  expect(front.asked.at(-1)).toMatch(/^DELETE \S+large%20other\?uploadId=/)
  expect((await folderAt('s3://backups/parts', keys()).names()).toSorted()).toEqual([
    'large +1',
    'large copy',
  ])
})

test.each([
  ['s3://backups/none', {}, 'there is no such file in the bucket'],
  ['s3://no-such-bucket/one', {}, 'there is no such bucket'],
  [
    's3://backups/one',
    { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' },
    'does not answer at AWS_ENDPOINT_URL_S3',
  ],
])('%s with %j: what is wrong is said', async (path, more, words) => {
  const verify = ops(['backup', 'verify', path], env(source.url, more))
  await expect(verify).rejects.toThrow(words)
})

test('an answer without a body, as to a wrong secret, says where to look', async () => {
  const server = createServer((_, response) => response.writeHead(403).end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const more = { AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` }
  try {
    await expect(ops(['backup', 's3://backups/two'], env(source.url, more))).rejects.toThrow('its secret')
  } finally {
    server.close()
  }
})

test('a bucket has a key of its own beside the one to Amazon’s queues, whole or not at all', async () => {
  const shown: string[] = []
  const server = createServer(({ headers }, response) => {
    shown.push(/Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? '')
    response.writeHead(403).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const own = { AWS_BACKUP_ACCESS_KEY_ID: 'of-the-bucket', AWS_BACKUP_SECRET_ACCESS_KEY: 'its-secret' }
  const names = (more: Record<string, string>) =>
    folderAt('s3://backups', {
      ...keys(),
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_SESSION_TOKEN: 'of the other key',
      ...more,
    }).names()
  try {
    await expect(names({})).rejects.toThrow('its secret')
    await expect(names(own)).rejects.toThrow('its secret')
    await expect(names({ ...own, AWS_BACKUP_SECRET_ACCESS_KEY: '' })).rejects.toThrow(
      'AWS_BACKUP_SECRET_ACCESS_KEY',
    )
    expect(shown).toEqual(['id', 'of-the-bucket'])
  } finally {
    server.close()
  }
})

test.each([
  ['InvalidAccessKeyId', 'does not know', 'ACCESS_KEY_ID'],
  ['SignatureDoesNotMatch', 'SECRET_ACCESS_KEY does not belong to', 'ACCESS_KEY_ID'],
])('%s names the pair that was shown', async (code, words, last) => {
  const server = createServer((_, response) =>
    response.writeHead(403).end(`<Error><Code>${code}</Code><Message>no</Message></Error>`),
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const queues = { ...keys(), AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` }
  const own = { ...queues, AWS_BACKUP_ACCESS_KEY_ID: 'of-the-bucket', AWS_BACKUP_SECRET_ACCESS_KEY: 'its' }
  const said = (env: Record<string, string>) =>
    folderAt('s3://backups', env)
      .names()
      .then(String, (error: Error) => error.message)
  try {
    expect(await said(queues)).toContain(words)
    expect(await said(queues)).toContain(`AWS_${last}.`)
    expect(await said(own)).toContain(words)
    expect(await said(own)).toContain(`AWS_BACKUP_${last}.`)
    expect(await said(own)).not.toContain('AWS_SECRET')
  } finally {
    server.close()
  }
})

test('a backup of another release is refused before anything is changed', async () => {
  const path = join(folder, 'of-another-release')
  const future = '20990101000000_of_another_release'
  await source.pool.query(
    `insert into _prisma_migrations (id, checksum, migration_name, finished_at) values ($1, '', $1, now())`,
    [future],
  )
  try {
    expect((await ops(['backup', path], env(source.url))).code).toBe(0)
  } finally {
    await source.pool.query('delete from _prisma_migrations where migration_name = $1', [future])
  }
  await expect(ops(['restore', path], env(target.url))).rejects.toThrow('the release of the backup')
  const client = new pg.Client(target.url)
  await client.connect()
  const { rows } = await client.query(`select to_regclass('orders') as orders`)
  await client.end()
  expect(rows).toEqual([{ orders: null }])
  await rm(path)
})

test.each([['s3://'], ['s3://Bucket/x'], ['s3://backups'], ['s3://backups/folder/']])(
  '%s names no file',
  async (path) => {
    expect((await ops(['backup', path], env(source.url))).code).toBe(64)
  },
)

describe.each([
  ['a folder', () => join(folder, 'daily')],
  ['a bucket', () => 's3://backups/daily'],
])('in %s', (_where, place) => {
  const clock = heldClock(Date.parse('2026-11-01T03:00:00Z'))
  const run = (...args: string[]) => ops(args, env(source.url), undefined, clock)
  beforeAll(() => mkdir(join(folder, 'daily'), { recursive: true }))
  const names = async () => (await folderAt(place(), keys()).names()).toSorted()

  test('a schedule keeps backups for a time, or for ever', async () => {
    expect((await run('backup', 'into', place())).code).toBe(0)
    clock.advance(31 * DAY_MS)
    expect((await run('backup', 'into', place(), '--keep', 'forever')).code).toBe(0)
    expect(await names()).toEqual(['torikomi-2026-11-01T030000Z', 'torikomi-2026-12-02T030000Z'])
    clock.advance(1_000)
    expect((await run('backup', 'into', place())).output).toContain('1 older than 30 days')
    expect(await names()).toEqual(['torikomi-2026-12-02T030000Z', 'torikomi-2026-12-02T030001Z'])
    // The backup is whole, and another one would not delete the old one either.
    if (!place().startsWith('s3:')) {
      await mkdir(join(place(), 'torikomi-2026-01-01T030000Z'))
      clock.advance(1_000)
      const made = await run('backup', 'into', place())
      expect(made).toMatchObject({ code: 0, output: expect.stringContaining('cannot be deleted') })
      await rm(join(place(), 'torikomi-2026-01-01T030000Z'), { recursive: true })
      await rm(join(place(), 'torikomi-2026-12-02T030002Z'))
    }
    // Of a run that was killed two days ago, and of one at work.
    for (const name of ['torikomi-2026-11-30T030000Z', 'torikomi-2026-12-02T020000Z'])
      if (!place().startsWith('s3:')) await writeFile(join(place(), `${name}.partial`), 'half')
      else {
        const writer = await fileAt(`${place()}/partial/${name}`, keys()).write()
        await writer.put(Buffer.from('half'))
        await writer.end()
      }
    clock.advance(1_000)
    expect((await run('backup', 'into', place())).code).toBe(0)
    const left = await folderAt(place(), keys()).leftovers()
    expect(left.map(({ name }) => name)).toEqual(['torikomi-2026-12-02T020000Z'])
    await left[0]?.remove()
    expect(await names()).toHaveLength(3)
    for (const days of ['0', '1.5', 'never'])
      expect((await run('backup', 'into', place(), '--keep', days)).code).toBe(64)
  })

  test('the drill restores the newest one, opens it, and leaves no database', async () => {
    const drilled = () => source.db.dataStep.findUnique({ where: { name: 'restore_drill' } })
    await source.db.dataStep.deleteMany({ where: { name: 'restore_drill' } })
    const drill = await run('backup', 'drill', place())
    expect(drill).toMatchObject({
      code: 0,
      output: expect.stringContaining(`${(await names()).at(-1)} came back whole`),
    })
    expect((await drilled())?.madeAt).toEqual(new Date(clock.now()))
    const { rows } = await source.pool.query(
      `select from pg_database where datname = 'torikomi_restore_drill'`,
    )
    expect(rows).toEqual([])
    // With other keys it comes back, and nothing in it opens.
    await source.db.dataStep.deleteMany({ where: { name: 'restore_drill' } })
    const other = formatEncryptionKeys([{ id: 'test', key: new Uint8Array(32).fill(8), bindsTenant: true }])
    const closed = await ops(['backup', 'drill', place()], env(source.url, { ENCRYPTION_KEYS: other }))
    expect(closed.code).toBe(1)
    expect(await drilled()).toBeNull()
  })
})

test('a whole restore from a bucket', async () => {
  await makeTenant(source.db)
  const path = 's3://backups/once/torikomi'
  expect((await ops(['backup', path], env(source.url))).code).toBe(0)
  expect((await ops(['restore', path], env(target.url))).code).toBe(0)
  const client = new pg.Client(target.url)
  await client.connect()
  const { rows } = await client.query(
    'select (select count(*)::int from orders), (select target from audit_entries)',
  )
  await client.end()
  expect(rows).toEqual([{ count: 3, target: 'torikomi' }])
})

test('the newest backup of a bucket comes back, and the audit of the lost database from one, too', async () => {
  const folder = 's3://backups/newest'
  const lost = await emptyDatabase()
  try {
    await expect(ops(['restore', 'newest', folder], env(lost.url))).rejects.toThrow('holds no backup')
    const clock = heldClock()
    await ops(['backup', 'into', folder], env(source.url), undefined, clock)
    await makeTenant(source.db)
    clock.advance(DAY_MS)
    await ops(['backup', 'into', `${folder}/`], env(source.url), undefined, clock)
    for (const other of ['zz-of-somebody', 'torikomi-by-hand'])
      await ops(['backup', `${folder}/${other}`], env(source.url))
    const { code, output } = await ops(['restore', 'newest', folder], env(lost.url))
    expect(code).toBe(0)
    const [, newest] = (await folderAt(folder, keys()).names())
      .filter((name) => name.endsWith('Z'))
      .toSorted()
    expect(output).toContain(`${newest} is restored`)
    const count = async (url: string) => {
      const client = new pg.Client(url)
      await client.connect()
      const { rows } = await client.query('select id from tenants order by id')
      await client.end()
      return rows
    }
    expect(await count(lost.url)).toEqual(await count(source.url))

    const audit = 's3://backups/audit/audit.jsonl'
    const after = () => ops(['after-restore', audit], env(lost.url))
    expect(await after()).toMatchObject({
      code: 64,
      output: expect.stringContaining('no such file in the bucket'),
    })
    const entry = {
      id: '01990000-0000-7000-8000-00000000a0d1',
      at: '2026-12-01T00:00:00.000Z',
      tenantId: null,
      action: 'shop.deleted',
      target: '営業所',
      data: {},
    }
    const writer = await fileAt(audit, keys()).write()
    // A character that stands on the border of two parts.
    const bytes = Buffer.from(`${JSON.stringify(entry)}\r\n`)
    const middle = bytes.indexOf(Buffer.from('営')) + 1
    await writer.put(bytes.subarray(0, middle))
    await writer.put(bytes.subarray(middle))
    await writer.end()
    const done = await after()
    expect(done.code).toBe(3)
    expect(done.output).toContain('営業所')
  } finally {
    await lost.close()
  }
})

test('a place without a backup of the schedule has nothing to drill', async () => {
  await expect(ops(['backup', 'drill', 's3://backups/empty'], env(source.url))).rejects.toThrow(
    'holds no backup',
  )
  await expect(ops(['backup', 'drill', join(folder, 'none')], env(source.url))).rejects.toThrow(
    'no such file',
  )
  expect(await readdir(folder)).not.toContain('torikomi_restore_drill')
})

test.each([
  ['postgres://u:p%2F@h:1/a?x=1', 'postgres://u:p%2F@h:1/b?x=1'],
  ['postgresql://u:p@h1,h2:2/a', 'postgresql://u:p@h1,h2:2/b'],
  ['postgresql://h', 'postgresql://h/b'],
])('%s with another database', (url, wanted) => {
  expect(databaseAt(url, 'b')).toBe(wanted)
  expect(loadConfig({ RESTORE_DRILL_URL: url, NODE_ENV: 'test' }).restoreDrillUrl).toBe(url)
})
