import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compile, databaseStore, monoMissing, SQLITE_LIBRARIES } from '../../support/clients/csharp.ts'

const CHECKS = fileURLToPath(new URL('../../support/clients/Checks.cs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'torikomi-csharp-'))
const cutting = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/csv' })
  response.write('half of it', () => response.destroy())
})
beforeAll(() => new Promise<void>((done) => cutting.listen(0, '127.0.0.1', done)))
afterAll(async () => {
  await new Promise((done) => cutting.close(done))
  rmSync(folder, { recursive: true, force: true })
})

const pull = (after: string | null, limit = 200, more = '') =>
  `POST /v1/orders/pull {"after":${JSON.stringify(after)},"limit":${limit}${more}}`

/** A program of the same files by another compiler: .github/workflows/clients.yml has .NET's on Windows. */
const GIVEN = process.env.CSHARP_CHECKS

test.skipIf(GIVEN === undefined && monoMissing() !== null)(
  'C#: odd names, typed orders, edits and ships, PUT, DELETE, headers, files, a feed behind a proxy, pulls into files and a database, erasures, and the form of 1.0.0 [needs mono]',
  async () => {
    const program = join(folder, 'checks.exe')
    if (GIVEN === undefined) compile(program, [CHECKS, databaseStore], SQLITE_LIBRARIES)
    const url = `http://127.0.0.1:${(cutting.address() as AddressInfo).port}`
    // A KeepAsync that waits the refusal out would go on for ever. Mono writes question marks for Japanese
    // under the locale C.
    const env = { ...process.env, LC_ALL: 'C.UTF-8' }
    const [command, ...first] = GIVEN === undefined ? ['mono', program] : [GIVEN]
    const { stdout } = await promisify(execFile)(command, [...first, folder, url], { timeout: 30_000, env })
    const changes = 'GET /v1/changes?wait=0&after='
    expect(stdout.trim().split(/\r?\n/)).toEqual([
      ...['digit', 'blank', 'missing'],
      ...['2026-11-28T10:00:00.0000000+00:00 7875 newer_hold True', '7875 none True'],
      '{"notes":{"shop":"確認済み","mail":null},"receiptWanted":false}',
      '{"action":"ship","orderId":"o","shippedOn":"2026-11-28","parcels":[{"carrier":"yamato","trackingNumber":"400000000001"}]}',
      '{"action":"change_content","orderId":"o","shippingFee":0}',
      ...['GET /v1/why?number=a%26b&shopId=s', 'retrying 2026-11-28T10:00:00.0000000+00:00 soon True'],
      ...['GET /v1/why?number=1', 'True'],
      ...['PUT /v1/views', 'DELETE /v1/views/v', 'True'],
      ...['POST /v1/shops', '201 /v1/shops/s "2"', 'GET /v1/shops/s', '304'],
      ...['POST /v1/orders/pull {"after":null}', 'POST there.example/v1/orders/pull {"after":null}'],
      ...[
        'POST /v1/orders/pull {}',
        'TENANT_MOVED',
        'POST /v1/orders/pull {}',
        'OTHER',
        'POST /v1/orders/pull {}',
      ],
      ...[...Array(3).fill('POST there.example/v1/orders/pull {}'), 'TENANT_MOVED'],
      ...['GET /v1/orders/export', 'GET there.example/v1/orders/pull', 'text/csv; charset=utf-8'],
      ...[...Array(3).fill('GET /v1/orders/export'), 'orders.csv 受注番号', 'GET /v1/orders/export'],
      ...['GET /v1/orders/export answers a file: use DownloadAsync', 'cut'],
      ...[...Array(4).fill(`${changes}0`), '1 3', `${changes}1`, 'POSITION_EXPIRED'],
      // From null by an answer of something in between; past a batch that is empty; a 503 is asked again.
      ...[null, null, 'p1', 'p2', 'p2'].map((after) => pull(after, 5, ',"desk":"レジ"')),
      ...['4', pull('p3'), 'position s_n%2Fa_a.json s_n%2Fb_b2.json s_n%2Fc_c.json 0'],
      ...[pull('p0'), 'HTTP_422 0', pull('p0'), '409 POSITION_UNKNOWN '],
      ...[pull(null), pull('p1'), pull('p1'), pull('p2')],
      ...[pull('p2'), 'saved False', pull('p3'), '0', 'b n/b, c n/c p3 7'],
      ...[pull(null), 'HTTP_422 0', 'POST /v1/orders/pull {"limit":7}', 'handed n True'],
      ...[pull(null), 'handed o False', 'GET /v1/changes', 'GET /v1/orders?limit=1000'],
      ...['GET /v1/orders?limit=1000&cursor=c', 'erased b'],
      ...[pull('p1'), 'handed p False', 'GET /v1/changes?limit=1000&after=5', 'erased o'],
      ...[pull('p2'), 'stopped', '{"position":"p2"}'],
    ])
  },
)
