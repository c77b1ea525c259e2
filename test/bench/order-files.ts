import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import iconv from 'iconv-lite'
import { Agent, request } from 'undici'
import { createApi } from '../../sandbox/demo/client.ts'
import { table } from '../../sandbox/demo/show.ts'
import { MOST_FILE_BYTES, MOST_PART_BYTES } from '../../src/order-files/uploads.ts'
import { startService } from '../support/service/service.ts'
import { type Databases, type Extent, percentile, round } from './harness.ts'

/**
 * A file of orders as large as it may be, in the process that another tenant asks: her list and the health of
 * the process, one after the other, alone and while the file is sent, looked at, taken in, and taken in
 * once more. An event loop that stands still shows in both.
 */
interface FilePhase {
  phase: string
  seconds: number
  /** Of the other tenant's list. */
  p50Ms: number
  p95Ms: number
  maxMs: number
  /** Of /healthz: what the event loop is late. */
  healthP95Ms: number
  healthMaxMs: number
  failed: number
  /**
   * Processor time of the process's main thread between two turns of its event loop, the longest, and that of
   * 95 in 100 half seconds: what the file itself keeps others waiting, however busy the machine is.
   */
  turnMs: number
  turnP95Ms: number
  /** Most memory of the process in this phase; so far, where the system does not forget it. */
  peakMb: number
}

export interface OrderFilesRun {
  rows: number
  megabytes: number
  orders: number
  staged: number
  unchanged: number
  phases: FilePhase[]
}

const OPERATOR_KEY = 'the-key-of-the-bench'
const EACH_MS = 50
const LINES_OF_AN_ORDER = 3
const HEADINGS =
  '店舗伝票番号,受注日,受注郵便番号,受注住所１,受注住所２,受注名,受注名カナ,受注電話番号,受注メールアドレス,発送郵便番号,発送先住所１,発送先住所２,発送先名,発送先カナ,発送電話番号,支払方法,発送方法,商品計,税金,発送料,手数料,ポイント,その他費用,合計金額,ギフトフラグ,時間帯指定,日付指定,作業者欄,備考,商品名,商品コード,商品価格,受注数量,商品オプション,出荷済フラグ,顧客区分,顧客コード,消費税率（%）,のし,ラッピング,メッセージ'

const FAMILIES = ['髙﨑', '佐藤', '鈴木', '高橋', '田中', '伊藤', '渡辺', '山本', '中村', '小林']
const GIVEN = ['花子', '次郎', '葵', '蓮', '陽菜', '湊', '結衣', '樹', '凜', '大和']
// Nobody has ordered twice: a look for earlier orders of one house is no part of reading a file.
const nameOf = (order: number) => `${FAMILIES[order % 10]} ${GIVEN[Math.floor(order / 10) % 10]}`
const phoneOf = (order: number) =>
  `03-${String(order)
    .padStart(8, '0')
    .replace(/(?=.{4}$)/, '-')}`

/** NE 汎用, CP932, with remarks so long that the rows fill the file. */
function makeFile(rows: number): Buffer {
  const head = iconv.encode(`${HEADINGS}\r\n`, 'cp932')
  const room = Math.floor((MOST_FILE_BYTES - head.length) / 200_000)
  const before = (order: number) =>
    `F${String(order).padStart(8, '0')},2026/11/30 09:15:00,9100005,福井県福井市大手${order}-17-1,見本ビル2階,${nameOf(order)},タカサキ ハナコ,${phoneOf(order)},hanako${order}@example.jp,150-0042,東京都渋谷区宇田川町${order}-1,,見本 次郎,ミホン ジロウ,${phoneOf(order)},代金引換,宅配便,3000,0,600,330,0,0,3930,0,時間帯指定[14:00-16:00],2026/12/05,,`
  const after = (line: number) => `,越前そば ①,soba-${line},1000,1,,0,0,,8,,,\r\n`
  const pieces = [head]
  for (let row = 0; row < rows; row += 1) {
    const order = Math.floor(row / LINES_OF_AN_ORDER)
    const [first, last] = [
      iconv.encode(before(order), 'cp932'),
      iconv.encode(after(row % LINES_OF_AN_ORDER), 'cp932'),
    ]
    const remarks = '備'.repeat(Math.max(0, Math.floor((room - first.length - last.length) / 2)))
    pieces.push(first, iconv.encode(remarks, 'cp932'), last)
  }
  return Buffer.concat(pieces)
}

interface FileAnswer {
  id: string
  state: string
  message: string | null
  counts: { orders: number; staged: number; unchanged: number; refused: number } | null
}

export async function measureOrderFiles(
  databases: Databases,
  { fileRows, floodSeconds }: Pick<Extent, 'fileRows' | 'floodSeconds'>,
): Promise<OrderFilesRun> {
  const { url: databaseUrl, drop } = await databases.create()
  const folder = await mkdtemp(join(tmpdir(), 'torikomi-turns-'))
  const turnsFile = join(folder, 'turns')
  const service = await startService({
    ROLES: 'api,worker',
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEYS: `bench:${Buffer.alloc(32, 7).toString('base64')}`,
    LOG_LEVEL: 'error',
    OPERATOR_API_KEY: OPERATOR_KEY,
    NODE_OPTIONS: `--import=${new URL('turns.mjs', import.meta.url)}`,
    TURNS_FILE: turnsFile,
  })
  try {
    const a = await openTenant(service.url, '取込商店')
    const b = await openTenant(service.url, '隣の商店')
    const { id: shopId } = await a.post<{ id: string }>('/shops', {
      marketplace: 'connector',
      code: 'file-shop',
      name: 'ファイルの店',
    })
    await a.put(`/shops/${shopId}/order-form`, { preset: 'ne_hanyo' })
    const path = `/shops/${shopId}/order-files`
    const bytes = makeFile(fileRows)
    const parts = Math.ceil(bytes.length / MOST_PART_BYTES)
    const send = async (dryRun: boolean): Promise<FileAnswer> => {
      const made = await a.post<FileAnswer>(path, { fileName: 'orders.csv', parts, dryRun })
      for (let n = 0; n < parts; n += 1) {
        const part = bytes.subarray(n * MOST_PART_BYTES, (n + 1) * MOST_PART_BYTES).toString('base64')
        await a.put(`${path}/${made.id}/parts/${n + 1}`, { part })
      }
      return made
    }
    const read = async ({ id }: FileAnswer): Promise<FileAnswer> => {
      for (;;) {
        const file = await a.get<FileAnswer>(`${path}/${id}`)
        if (file.state === 'failed') throw new Error(file.message ?? 'the file failed')
        if (file.state === 'done') return file
        await sleep(500)
      }
    }
    const beside = { url: service.url, pid: service.pid, key: b.key, turnsFile }
    // The first requests of a process load and compile.
    await measure(beside, 'warm', () => sleep(1_000))
    const phases: FilePhase[] = []
    const phase = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      const { result, ...measured } = await measure(beside, name, work)
      phases.push(measured)
      return result
    }
    await phase('alone', () => sleep(floodSeconds * 1_000))
    const looked = await phase('sent', () => send(true))
    await phase('looked at', () => read(looked))
    const taken = await send(false)
    const first = await phase('taken in', () => read(taken))
    const repeated = await send(false)
    const again = await phase('again', () => read(repeated))
    return {
      rows: fileRows,
      megabytes: round(bytes.length / 1_048_576),
      orders: first.counts?.orders ?? 0,
      staged: first.counts?.staged ?? 0,
      unchanged: again.counts?.unchanged ?? 0,
      phases,
    }
  } finally {
    await service.stop()
    await drop()
    await rm(folder, { recursive: true })
  }
}

async function openTenant(url: string, name: string) {
  const operator = createApi(url, OPERATOR_KEY)
  const { id: tenantId } = await operator.post<{ id: string }>('/admin/tenants', {
    name,
    emails: ['staff@bench.example'],
    status: 'active',
  })
  const { key } = await operator.post<{ key: string }>('/admin/api-keys', { tenantId, name: 'bench' })
  return { key, ...createApi(url, key) }
}

interface Beside {
  url: string
  pid: number
  key: string
  turnsFile: string
}

async function measure<T>({ url, pid, key, turnsFile }: Beside, phase: string, work: () => Promise<T>) {
  const agent = new Agent({ connections: 50 })
  const [lists, health]: [number[], number[]] = [[], []]
  let failed = 0
  const timed = async (into: number[], path: string) => {
    const since = performance.now()
    const headers = { authorization: `Bearer ${key}` }
    const status = await request(`${url}${path}`, { headers, dispatcher: agent }).then(
      async ({ statusCode, body }) => {
        await body.dump()
        return statusCode
      },
      () => 0,
    )
    into.push(performance.now() - since)
    if (status !== 200) failed += 1
  }
  await writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => undefined)
  await writeFile(turnsFile, '')
  const since = performance.now()
  let isOver = false
  const working = work().finally(() => {
    isOver = true
  })
  // One at a time of each, as a board asks: more would be a flood of their own on a busy machine.
  const ask = async (into: number[], path: string) => {
    while (!isOver) {
      await timed(into, path)
      await sleep(EACH_MS)
    }
  }
  const under = [ask(lists, '/v1/orders?limit=50'), ask(health, '/healthz')]
  const result = await working
  const seconds = round((performance.now() - since) / 1_000)
  await Promise.all(under)
  await agent.close()
  const turns = (await readFile(turnsFile, 'utf8')).split('\n').filter(Boolean).map(Number)
  return {
    result,
    phase,
    seconds,
    p50Ms: round(percentile(lists, 0.5)),
    p95Ms: round(percentile(lists, 0.95)),
    maxMs: round(Math.max(...lists)),
    healthP95Ms: round(percentile(health, 0.95)),
    healthMaxMs: round(Math.max(...health)),
    failed,
    turnMs: round(Math.max(0, ...turns)),
    turnP95Ms: round(percentile([0, ...turns], 0.95)),
    peakMb: await peakMbOf(pid),
  }
}

async function peakMbOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return round(Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024)
}

export const orderFilesTable = ({ phases }: OrderFilesRun): string =>
  table(
    [
      'the file is',
      'seconds',
      'list p50 ms',
      'p95',
      'most',
      '/healthz p95',
      'most',
      'failed',
      'turn p95',
      'most',
      'MB',
    ],
    phases.map((one) =>
      [
        one.phase,
        one.seconds,
        one.p50Ms,
        one.p95Ms,
        one.maxMs,
        one.healthP95Ms,
        one.healthMaxMs,
        one.failed,
        one.turnP95Ms,
        one.turnMs,
        one.peakMb,
      ].map(String),
    ),
  )
