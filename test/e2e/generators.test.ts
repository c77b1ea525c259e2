import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generateAndCompile, generateCSharp, installed } from '../generators/main.ts'
import { monoMissing } from '../support/clients/csharp.ts'

/** Left out, and told so, where `npm ci` was not run in test/generators; CI runs it. */

const DOCUMENT = 'docs/openapi.json'
const RELEASED = 'docs/released/openapi-1.0.0.json'

const orderId = '00000000-0000-0000-0000-000000000000'
const memo = { orderId, action: 'memo', memo: '確認済み' }
const content = { orderId, action: 'change_content', buyerNote: '玄関前' }
const complete = { orderId, action: 'complete' }

test.skipIf(!installed())(
  'openapi-typescript, hey-api and orval make clients that compile and send nothing that was not set [npm ci in test/generators]',
  { timeout: 240_000 },
  () => {
    const ship = { orderId, action: 'ship', shippedOn: '2026-11-28', parcels: [{ carrier: 'yamato' }] }
    const all = [
      { call: 'POST /v1/orders/pull', body: { limit: 10 } },
      ...[memo, ship, content, complete].map((change) => ({
        call: 'POST /v1/site-changes',
        body: { changes: [change] },
      })),
      ...['mailboxes', 'shops', 'webhooks'].map((name) => ({ call: `PATCH /v1/${name}/i`, body: {} })),
      { call: 'PATCH /v1/orders/i', body: { notes: { shop: '確認済み' } } },
    ]
    expect(generateAndCompile(DOCUMENT)).toEqual({ hey: all, orval: all })
  },
)

test.skipIf(!installed())(
  'a field that is gone from the document breaks the use of it [npm ci in test/generators]',
  { timeout: 240_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'torikomi-generators-'))
    try {
      const document = JSON.parse(readFileSync(DOCUMENT, 'utf8'))
      delete document.components.schemas.Board.properties.staged
      writeFileSync(join(folder, 'openapi.json'), JSON.stringify(document))
      expect(() => generateAndCompile(join(folder, 'openapi.json'))).toThrow(/staged/)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
)

const missing = monoMissing()
test.skipIf(!installed() || missing !== null)(
  `NSwag makes a C# client of the 3.0 document that compiles and reads every answer shown${missing ? ` [${missing}]` : ''}`,
  { timeout: 240_000 },
  () => {
    const { shown, refusedLater } = generateCSharp(DOCUMENT)
    expect(refusedLater).toEqual([])
    const [read, ...requests] = shown
    expect(Number(/^(\d+) answers read$/.exec(read ?? '')?.[1])).toBeGreaterThan(100)
    // No 0, false or first value of a list that nobody set.
    expect(requests.map((request) => JSON.parse(request))).toEqual([
      memo,
      { limit: 10 },
      {
        orderId,
        action: 'ship',
        shippedOn: expect.stringContaining('2026-11-28'),
        parcels: [expect.anything()],
      },
      content,
      complete,
      {},
      {},
      {},
    ])
  },
)

test.skipIf(!installed() || missing !== null)(
  `NSwag's client of 1.0.0 compiles and reads every answer of this release; of a fifth mall it reads what names none${missing ? ` [${missing}]` : ''}`,
  { timeout: 240_000 },
  () => {
    const { shown, refusedLater } = generateCSharp(RELEASED, DOCUMENT)
    expect(Number(/^(\d+) answers read$/.exec(shown[0] ?? '')?.[1])).toBeGreaterThan(100)
    // docs/upgrading.md says so: its lists of values are closed.
    const refused = refusedLater.map((line) => line.replace(/:.*/, ''))
    expect(refused).toEqual(expect.arrayContaining(['listOrders', 'pullOrders']))
    expect(refusedLater.filter((line) => !line.includes('not_known_yet'))).toEqual([])
  },
)
