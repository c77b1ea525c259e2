import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitFor } from '../../sandbox/demo/client.ts'
import { READY_TO_SHIP, SANDBOX_SHOPS } from '../../sandbox/malls/index.ts'
import { CHAIN } from '../../scripts/postman-collection.ts'
import { compile, consoleExample, monoMissing, windowsForms } from '../support/clients/csharp.ts'
import { startWorld, type World, waitForStaged } from '../support/service/world.ts'

/** The blocks of docs/client.md, run as they stand there. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)
let world: World
let folder: string
let environment: Record<string, string>

beforeAll(async () => {
  world = await startWorld()
  folder = await mkdtemp(join(tmpdir(), 'torikomi-client-docs-'))
  const { url } = world.service()
  environment = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    // Mono writes question marks for Japanese under the locale C.
    LC_ALL: 'C.UTF-8',
    TORIKOMI_URL: url,
    TORIKOMI_API_KEY: world.registration.apiKey,
    TORIKOMI_FOLDER: folder,
  }
})
afterAll(async () => {
  await world?.close()
  await rm(folder, { recursive: true, force: true })
})

/** @param place 0: the language's first block of the page */
async function block(page: string, language: string, place = 0): Promise<string> {
  const text = await readFile(join(ROOT, page), 'utf8')
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))
  return [...blocks][place]?.[1] ?? ''
}

/** Writes the block as a program that imports the client from this tree. */
async function writeModule(place: number): Promise<string> {
  const source = (await block('docs/client.md', 'ts', place))
    .replace("'torikomi-client/node'", `'${join(ROOT, 'clients/typescript/src/node.ts')}'`)
    .replace("'torikomi-client'", `'${join(ROOT, 'clients/typescript/src/index.ts')}'`)
  const file = join(folder, `page-${place}.mts`)
  await writeFile(file, source)
  return file
}

async function compileBlock(place: number, beside: readonly string[] = []): Promise<string> {
  const [source, program] = [join(folder, `page-${place}.cs`), join(folder, `page-${place}.exe`)]
  await writeFile(source, await block('docs/client.md', 'csharp', place))
  compile(program, [source, ...beside])
  return program
}

async function place(): Promise<string> {
  const { orderNumber } = world.sandbox.malls.rakuten.place()
  await waitForStaged(world, 1)
  return orderNumber
}

test.each([
  ['js', 0],
  ['ts', 0],
  ['csharp', 0],
  ['ts', 1],
  ['ts', 2],
  ['csharp', 1],
  ['csharp', 2],
  ['csharp', 3],
  ['sh', 0],
  ['sh', 1],
  ['sh', 2],
  ['sh', 3],
])('both pages have the same %s %i', async (language, place) => {
  const english = await block('docs/client.md', language, place)
  expect(english.length).toBeGreaterThan(80)
  expect(await block('docs/client.ja.md', language, place)).toBe(english)
})

test('the twenty lines are those of the example, take over what is staged, and ask for it again from nothing', async () => {
  const example = join(ROOT, 'clients/typescript/examples/twenty-lines.mjs')
  expect(await readFile(example, 'utf8')).toBe(await block('docs/client.md', 'js'))
  const orderNumber = await place()
  for (const out of ['twenty', 'put-back']) {
    const own = { ...environment, TORIKOMI_FOLDER: join(folder, out) }
    expect((await run(process.execPath, [example], { env: own })).stdout).toMatch(/^(?:\d+ orders\n)+$/)
    expect((await readdir(join(folder, out))).join()).toContain(`_${orderNumber}.json`)
    // All that there is was stored with its position.
    expect((await run(process.execPath, [example], { env: own })).stdout).toBe('')
  }
})

/**
 * An empty folder, the block under the name that the page gives it, and the page's commands as they stand
 * there.
 */
async function walk(file: string, language: string, commands: number): Promise<void> {
  const orderNumber = await place()
  const [cwd, out] = [join(folder, `walk-${language}`), join(folder, `walked-${language}`)]
  for (const one of [cwd, out]) await mkdir(one)
  await writeFile(join(cwd, file), await block('docs/client.md', language))
  const { stdout } = await run('sh', ['-e', '-c', await block('docs/client.md', 'sh', commands)], {
    cwd,
    // Nothing of it is fetched: what the client needs is there (npm ci in clients/typescript).
    env: {
      ...environment,
      TORIKOMI: ROOT,
      TORIKOMI_FOLDER: out,
      npm_config_audit: 'false',
      npm_config_fund: 'false',
    },
  })
  // It has nothing yet, and gets what the desk's other clients got before as well.
  expect(stdout).toMatch(/(?:^|\n)\d+ orders\r?\n$/)
  const files = await readdir(out, { recursive: true })
  const name = files.find((path) => path.includes(`_${orderNumber}_`) && path.endsWith('.json')) ?? ''
  expect(JSON.parse(await readFile(join(out, name), 'utf8'))).toMatchObject({ orderNumber })
}

test.skipIf(!existsSync(join(ROOT, 'clients/typescript/node_modules')))(
  'the page leads from an empty folder to a first pull in TypeScript [npm ci in clients/typescript]',
  { timeout: 120_000 },
  () => walk('pull.ts', 'ts', 0),
)

test('the sh of the page pulls the first batch', async () => {
  await place()
  const { stdout } = await run('sh', ['-c', await block('docs/client.md', 'sh', 3)], { env: environment })
  expect(JSON.parse(stdout)).toMatchObject({ number: 1, position: expect.any(String) })
  expect(JSON.parse(stdout).orders).not.toEqual([])
})

test('SQLite: yesterday’s backup put back, and every order is there once', async () => {
  const example = join(ROOT, 'clients/typescript/examples/sqlite.ts')
  const file = join(folder, 'orders.sqlite')
  const env = { ...environment, TORIKOMI_BATCH: '1' }
  const pulled = async () => (await run(process.execPath, [example, file], { env })).stdout
  const first = await place()
  expect(await pulled()).toMatch(/^[1-9]\d* orders\n$/)
  await copyFile(file, `${file}.yesterday`)
  const second = await place()
  expect(await pulled()).toBe('1 orders\n')
  const whole = numbersIn(file)
  await copyFile(`${file}.yesterday`, file)
  expect(numbersIn(file)).not.toContain(second)
  const third = await place()
  expect(await pulled()).toBe('2 orders\n')
  expect(numbersIn(file)).toEqual([...whole, third])
  expect(whole).toContain(first)
  expect(new Set(numbersIn(file)).size).toBe(numbersIn(file).length)
})

function numbersIn(file: string): unknown[] {
  const db = new DatabaseSync(file, { readOnly: true })
  const rows = db.prepare('select number from orders order by rowid').all()
  db.close()
  return rows.map(({ number }) => number)
}

/**
 * A shipped order of its own, as the console examples report it from a CSV; the same file twice ships nothing
 * twice.
 */
async function shipsOnce(command: string, args: readonly string[]): Promise<void> {
  const { orderNumber } = world.sandbox.malls.yahoo.place({ overrides: { ...READY_TO_SHIP.yahoo } })
  await waitForStaged(world, 1)
  const { client } = world.registration
  const key = { 'idempotency-key': orderNumber }
  const { orders } = await client.post<{ orders: { id: string; orderNumber: string }[] }>(
    '/orders/pull',
    {},
    key,
  )
  const orderId = orders.find((order) => order.orderNumber === orderNumber)?.id ?? ''
  const shippedOn = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10)
  const csv = join(folder, `${orderNumber}.csv`)
  await writeFile(
    csv,
    `orderId,shippedOn,carrier,trackingNumber\r\n${orderId},${shippedOn},yamato,400000000001\r\n`,
  )
  const first = await run(command, [...args, 'ship', csv], { env: environment })
  expect(first.stdout).toMatch(new RegExp(`^${orderId} (?:queued|changing|succeeded)\\r?\\n$`))
  await run(command, [...args, 'ship', csv], { env: environment })
  const list = `/site-changes?action=ship&orderId=${orderId}`
  const { siteChanges } = await client.get<{ siteChanges: unknown[] }>(list)
  expect(siteChanges).toMatchObject([{ orderId, labels: { action: '発送完了' } }])
}

test('the TypeScript example reports shipments from a CSV, and the same file twice once', () =>
  shipsOnce(process.execPath, [join(ROOT, 'clients/typescript/examples/console.ts')]))

const missing = monoMissing()
test.skipIf(missing !== null)(
  `the C# example reports shipments from a CSV, and the same file twice once${missing ? ` [${missing}]` : ''}`,
  async () => {
    const program = join(folder, 'console.exe')
    compile(program, [consoleExample])
    await shipsOnce('mono', [program])
  },
)

test.skipIf(missing !== null)(
  `the page leads from an empty folder to a first pull in C#${missing ? ` [${missing}]` : ''}`,
  () => walk('Pull.cs', 'csharp', 1),
)

test.skipIf(missing !== null)(
  `the C# of the page edits and ships${missing ? ` [${missing}]` : ''}`,
  async () => {
    const { orderNumber } = world.sandbox.malls.yahoo.place({ overrides: { ...READY_TO_SHIP.yahoo } })
    await waitForStaged(world, 1)
    const pull = { headers: { 'idempotency-key': orderNumber } }
    const { orders } = await world.registration.client.post<{ orders: { id: string }[] }>(
      '/orders/pull',
      {},
      pull.headers,
    )
    const program = await compileBlock(2)
    const { stdout } = await run('mono', [program, orders[0]?.id ?? '', '400000000001'], { env: environment })
    expect(stdout).toMatch(/^確認済み ship (?:queued|changing|succeeded)\r?\n$/)
  },
)

test.skipIf(missing !== null)(
  `the window of the page is told on its own thread, and closes${missing ? ` [${missing}]` : ''}`,
  async () => {
    await place()
    const program = await compileBlock(3, [windowsForms])
    // Its folder is new, so it is told the desk's first batch first.
    expect((await run('mono', [program], { env: environment })).stdout).toMatch(
      /^\d{6}-\d{8}-\d{10} \d+\r?\n/,
    )
  },
)

/** A number that no mail named: a sweep may still bring it, unless the mall itself says that it has none. */
const UNSEEN = '123456-20260115-9999999999'
const UNSEEN_ANSWER = /^(?:no_trace|mall_knows_none): .+\r?\n(?:\d{4}-\d\d-\d\dT.+ .+\r?\n)?$/

test('the TypeScript of the page says why an order is not here', async () => {
  // Before its first sweep a shop has no next one.
  const { client } = world.registration
  const ask = () => client.get<{ verdict: string }>(`/why?number=${UNSEEN}`)
  await waitFor('the first sweep', ask, ({ verdict }) => verdict !== 'unknown', { everyMs: 1_000 })
  const { stdout } = await run(process.execPath, [await writeModule(2), UNSEEN], { env: environment })
  expect(stdout).toMatch(UNSEEN_ANSWER)
})

test.skipIf(missing !== null)(
  `the C# of the page says why an order is not here${missing ? ` [${missing}]` : ''}`,
  async () => {
    const program = await compileBlock(1)
    expect((await run('mono', [program, UNSEEN], { env: environment })).stdout).toMatch(UNSEEN_ANSWER)
  },
)

const newman = join(ROOT, 'test/generators/node_modules/.bin/newman')
test.skipIf(!existsSync(newman))(
  "the collection's first folder runs green from a contract to a shipped order [npm ci in test/generators]",
  { timeout: 120_000 },
  async () => {
    const { orderNumber } = world.sandbox.withoutMail(() =>
      world.sandbox.malls.rakuten.place({ overrides: { ...READY_TO_SHIP.rakuten } }),
    )
    const { code } = SANDBOX_SHOPS.rakuten
    const given = {
      baseUrl: world.service().url,
      operatorKey: world.operatorKey,
      marketplace: 'rakuten',
      shopCode: code,
      credentials: JSON.stringify(world.sandbox.malls.rakuten.credentialsFor(code)),
      orderNumber,
    }
    const file = join(folder, 'newman.json')
    const values = Object.entries(given).flatMap(([name, value]) => ['--env-var', `${name}=${value}`])
    const report = ['--reporters', 'json', '--reporter-json-export', file]
    const args = [newman, 'run', join(ROOT, 'clients/postman/torikomi.postman_collection.json')]
    // Without the folder's green it ends with 1; the report says what was red.
    await run(process.execPath, [...args, '--folder', CHAIN, ...values, ...report], {
      env: environment,
    }).catch(() => undefined)
    const { run: ran } = JSON.parse(await readFile(file, 'utf8'))
    expect(
      ran.failures.map(({ error, source }: NewmanFailure) => `${source.name}: ${error.message}`),
    ).toEqual([])
    expect(ran.stats.assertions.total).toBeGreaterThan(14)
  },
)

interface NewmanFailure {
  error: { message: string }
  source: { name: string }
}
