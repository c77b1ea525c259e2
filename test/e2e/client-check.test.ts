import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CheckOptions, runCheck } from '../client-check/run.ts'
import { type Stage, startStage } from '../client-check/stage.ts'
import { isClean, type Mistake, shown, type Verdict } from '../client-check/verdict.ts'
import { compile, consoleExample, monoMissing } from '../support/clients/csharp.ts'
import { freshDatabase, type TestDatabase } from '../support/database/database.ts'

/**
 * Our clients under the kit that others are given, and wrong ones that it must find out. All at one service.
 */

const NODE_CLIENT = fileURLToPath(new URL('../../clients/typescript/examples/console.ts', import.meta.url))
const WRONG = fileURLToPath(new URL('../client-check/wrong-clients.ts', import.meta.url))
const ORDERS = 200

let folder: string
let database: TestDatabase
let stage: Stage
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'torikomi-client-'))
  database = await freshDatabase()
  // Amazon gives one order in two seconds, to all that are checked together.
  stage = await startStage(database.url, 1, 8)
})
afterAll(async () => {
  await stage?.close()
  await database?.close()
  await rm(folder, { recursive: true, force: true })
})

async function check(
  name: string,
  run: string,
  list: string,
  options: Partial<CheckOptions>,
): Promise<Verdict> {
  const watch = join(folder, name)
  await mkdir(watch)
  return runCheck(stage, {
    orders: ORDERS,
    waves: 24,
    seed: 1,
    share: 0.4,
    restarts: 0,
    kills: 8,
    restores: 0,
    delayMs: 300,
    settleMs: 60_000,
    url: new URL('http://127.0.0.1:0'),
    progress: () => undefined,
    watch,
    list: `cd ${watch} && cat ${list} 2>/dev/null || true`,
    run: `export TORIKOMI_BATCH=20 TORIKOMI_EVERY_MS=50; exec ${run}`,
    ...options,
  })
}

async function expectSafe(name: string, run: string, restarts: number) {
  const out = join(folder, name)
  const verdict = await check(name, `${run} pull ${out}`, 'csv/*.csv', {
    restarts,
    kills: 12,
    restore: out,
    restores: 2,
    kept: `ls ${out}/orders`,
  })
  expect(isClean(verdict), shown(verdict)).toBe(true)
  expect(verdict.orders).toBe(ORDERS)
  expect(verdict.faults).toBeGreaterThan(10)
  expect(verdict.putBacks).toBeGreaterThan(0)
  const files = (await readdir(join(out, 'orders'))).filter((file) => file.endsWith('.json'))
  expect(files.length).toBeLessThan(ORDERS)
  expect(files.length).toBeGreaterThan(ORDERS - 5)
  const order = JSON.parse(await readFile(join(out, 'orders', files[0] ?? ''), 'utf8'))
  expect(files[0]).toContain(`_${order.id}.json`)
  expect(order.detail.lines?.length ?? order.detail.recipients.length).toBeGreaterThan(0)
}

describe.concurrent('our clients lose no order and double none', { timeout: 600_000 }, () => {
  test('in TypeScript', () => expectSafe('typescript', `${process.execPath} ${NODE_CLIENT}`, 1))

  const missing = monoMissing()
  test.skipIf(missing !== null)(`in C#${missing ? ` [${missing}]` : ''}`, () => {
    const program = join(folder, 'console.exe')
    compile(program, [consoleExample])
    return expectSafe('csharp', `mono ${program}`, 0)
  })
})

const wrong = (name: string, options: Partial<CheckOptions> = {}, run = 1): Promise<Verdict> => {
  const own = join(folder, `${name}-${run}`)
  return check(`${name}-${run}`, `${process.execPath} ${WRONG} ${name} ${own}`, 'stored.txt changes.txt', {
    orders: 40,
    // Each order is a pull of its own.
    waves: 8,
    delayMs: 200,
    seed: run,
    ...(options.restores === undefined ? {} : { restore: own }),
    kept: `cd ${own} && touch erased.txt && grep -vxFf erased.txt stored.txt`,
    ...options,
  })
}

/** These never come to their end, so nothing is waited for. */
const SOON = { settleMs: 5_000, kills: 2, orders: 24 }
/** As many as its gap is seldom. */
const OFTEN = { kills: 14 }

describe.concurrent('of these clients the kit finds nothing', { timeout: 600_000 }, () => {
  test.each([
    ['none', { restores: 2, kills: 12 }],
    ['key', { kept: undefined }],
    ['two-desks', { kept: undefined }],
  ] as const)('%s', async (name, options) => {
    const verdict = await wrong(name, options)
    expect(isClean(verdict), shown(verdict)).toBe(true)
    expect(verdict.kills).toBeGreaterThan(3)
    expect(verdict.putBacks).toBe(name === 'none' ? 2 : 0)
  })
})

const MOST_RUNS = 4

describe.concurrent('of these clients the kit says what is wrong', { timeout: 600_000 }, () => {
  test.each<[string, Mistake, RegExp, Partial<CheckOptions>?]>([
    [
      'early-position',
      'lost',
      /It was killed \d.* after .*asked for what lies behind it.*its position was stored before them/s,
      OFTEN,
    ],
    ['no-position', 'not pulled', /asked behind the same position \(none\).*store the position/s, SOON],
    [
      'position-elsewhere',
      'lost',
      /put back to an older copy at .*went on from a newer position.*Store both in one place/s,
      { ...OFTEN, restores: 2 },
    ],
    ['skips-replayed', 'lost', /said replayed \(#.*the first that it sees of a batch/s, { kills: 0 }],
    ['seen-first', 'lost', /reached the client \d+ times .*takes for known what it has not stored/s, OFTEN],
    ['drops-holds', 'lost', /stored the others of the batch.*what is missing has holds/s],
    ['no-upsert', 'doubled', /killed in between.*so that it replaces itself/s, OFTEN],
    [
      'new-key',
      'lost',
      /(came back with another key|made no other pull).*send the same key until the batch is here/s,
      { kills: 0 },
    ],
    [
      'key-after-empty',
      'lost',
      /An empty answer reached the client.*a copy of its request that came later made the batch/s,
      { kills: 0, waves: 40 },
    ],
    ['early-forget', 'lost', /It was killed \d.* after .*Forget the key last/s, OFTEN],
    ['one-key', 'not pulled', /had the same key.*a stored batch ends its key/s, SOON],
    [
      'conflict-ends',
      'lost',
      /answered its key with 4(09|12) \(#\d+\).*took that for the end/s,
      { kills: 0 },
    ],
    ['impatient', 'impatient', /#\d+ was to wait 1 s and came again as #\d+ after 0\.\d\d s/],
    ['blind-edit', 'blind edit', /edits were sent with If-Match: \* \(#\d+/],
    ['stale-edit', 'stale edit', /#\d+ was told 412 and came again as #\d+ with the same one/],
    [
      'early-feed',
      'changes lost',
      /killed \d.*went on from \d+-\d+.*kept before the changes were worked off/s,
      OFTEN,
    ],
    ['feed-in-memory', 'feed left', /killed \d.*began at the present.*it never kept one/s, OFTEN],
    ['feed-now', 'feed left', /was told \d.*it began at the present.*Only POSITION_EXPIRED/s, { kills: 0 }],
    ['keeps-erased', 'erasure ignored', /buyer had their data erased are still kept/],
    ['new-ship-key', 'shipped twice', /asked for under [2-9] keys .*after #\d+ was told/],
    [
      'new-memo-key',
      'asked twice',
      /site change memo .* was made [2-9] times.*under [2-9] keys/,
      { kills: 0, waves: 20, share: 0.6 },
    ],
  ])('%s', async (name, mistake, words, options) => {
    const kept = name === 'keeps-erased' ? {} : { kept: undefined }
    // A run in which chance met the mistake nowhere shows nothing, and there is another.
    let verdict = await wrong(name, { ...kept, ...options })
    for (let run = 2; run <= MOST_RUNS && verdict.findings.length === 0; run++)
      verdict = await wrong(name, { ...kept, ...options }, run)
    const found = verdict.findings.find((finding) => finding.mistake === mistake && words.test(finding.words))
    expect(found, shown(verdict)).toBeDefined()
    expect(found?.calls.length).toBeGreaterThan(0)
    for (const call of found?.calls.slice(0, 8) ?? []) expect(shown(verdict)).toContain(`#${call.n} +`)
    // One mistake, and nothing else said of it.
    expect([...new Set(verdict.findings.map((finding) => finding.mistake))], shown(verdict)).toEqual([
      mistake,
    ])
  })
})

let taken: Server
beforeAll(async () => {
  taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
})
afterAll(() => new Promise((done) => taken.close(done)))

test('an address that is taken ends it before anything starts', () => {
  const { port } = taken.address() as AddressInfo
  return expectEnd(
    ['--url', `http://127.0.0.1:${port}`],
    64,
    /nothing can listen at 127\.0\.0\.1:\d+ \(EADDRINUSE\)/,
  )
})

test.each<[string[], number, RegExp]>([
  [['--help'], 0, /--watch <folder>/],
  [['--orders', 'many'], 64, /--orders is a whole number from 1 to 100000/],
  [['--share', '140'], 64, /--share is a whole number from 0 to 100/],
  [['--wait', '3'], 64, /Unknown option '--wait'/],
  [['--url', 'https://127.0.0.1:3200'], 64, /--url begins with http/],
  [['--watch', '/nowhere/at/all'], 64, /--watch is a folder that exists/],
])('%j ends before anything starts', expectEnd)

async function expectEnd(options: string[], code: number, words: RegExp): Promise<void> {
  const program = fileURLToPath(new URL('../client-check/main.ts', import.meta.url))
  // Its temporary folder would be the first thing that it makes.
  const empty = await mkdtemp(join(folder, 'empty-'))
  const ended = await promisify(execFile)(process.execPath, [program, ...options], {
    env: { ...process.env, TMPDIR: empty },
  }).then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    ({ code, stderr }) => ({ code, text: stderr as string }),
  )
  expect(ended.text).toMatch(words)
  expect(ended.code).toBe(code)
  expect(await readdir(empty)).toEqual([])
}
