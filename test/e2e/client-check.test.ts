import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isClean, shown } from '../client-check/ledger.ts'
import { type CheckOptions, runCheck } from '../client-check/run.ts'
import { compile, consoleExample, monoMissing } from '../support/clients/csharp.ts'
import { freshDatabase, type TestDatabase } from '../support/database/database.ts'

/** Our clients under the kit that others are given, and a naive one that it must find out. */

const NODE_CLIENT = fileURLToPath(new URL('../../clients/typescript/examples/console.ts', import.meta.url))
const NAIVE = fileURLToPath(new URL('../client-check/naive.ts', import.meta.url))
const ORDERS = 500

let folder: string
let database: TestDatabase
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'torikomi-client-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function check(run: string, options: Partial<CheckOptions> = {}) {
  database = await freshDatabase()
  try {
    const usual = {
      orders: ORDERS,
      seed: 1,
      share: 0.4,
      restarts: 1,
      kills: 8,
      delayMs: 500,
      settleMs: 60_000,
    }
    return await runCheck({
      ...{
        ...usual,
        databaseUrl: database.url,
        url: new URL('http://127.0.0.1:0'),
        progress: () => undefined,
      },
      ...{ run: `export TORIKOMI_BATCH=20 TORIKOMI_EVERY_MS=50; exec ${run}`, ...options },
    })
  } finally {
    await database.close()
  }
}

async function expectSafe(run: string, out: string) {
  const list = `cat ${join(out, 'csv')}/*.csv`
  const { verdict, ledger } = await check(`${run} pull ${out}`, { list })
  expect(isClean(verdict), shown(verdict, ledger)).toBe(true)
  expect(verdict).toMatchObject({ orders: ORDERS, impatient: 0 })
  expect(verdict.faults).toBeGreaterThan(10)
  const files = (await readdir(join(out, 'orders'))).filter((name) => name.endsWith('.json'))
  expect(files).toHaveLength(ORDERS)
  const order = JSON.parse(await readFile(join(out, 'orders', files[0] ?? ''), 'utf8'))
  expect(order).toMatchObject({ id: files[0]?.replace('.json', ''), status: 'new' })
  expect(order.detail.lines?.length ?? order.detail.recipients.length).toBeGreaterThan(0)
}

test('the TypeScript client loses no order and doubles none', { timeout: 240_000 }, () =>
  expectSafe(`${process.execPath} ${NODE_CLIENT}`, join(folder, 'typescript')),
)

const missing = monoMissing()
describe.skipIf(missing !== null)(`the C# client${missing ? ` [${missing}]` : ''}`, () => {
  test('loses no order and doubles none', { timeout: 240_000 }, async () => {
    const program = join(folder, 'console.exe')
    compile(program, [consoleExample])
    await expectSafe(`mono ${program}`, join(folder, 'csharp'))
  })
})

test('a client with a new key for each try is found out', { timeout: 240_000 }, async () => {
  const file = join(folder, 'naive.txt')
  const { verdict, ledger } = await check(`${process.execPath} ${NAIVE} ${file}`, {
    file,
    orders: 200,
    kills: 0,
    restarts: 0,
  })
  expect(verdict.lost.length).toBeGreaterThan(0)
  expect(verdict.impatient).toBeGreaterThan(0)
  expect(shown(verdict, ledger)).toMatch(
    /lost: order .*\n.*(answer lost|answer cut|sent twice|409|412|503 after)/,
  )
})
