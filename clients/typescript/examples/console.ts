import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileJournal } from '../src/file-journal.ts'
import { type Batch, isProblem, Puller, Torikomi } from '../src/index.ts'
import { csvLine, readCsv } from './csv.ts'

/**
 * A console client:
 *   node console.ts pull <folder>   pulls until Ctrl-C: an order is orders/<id>.json, a batch csv/<pullId>.csv
 *   node console.ts ship <csv>      reports shipments: orderId,shippedOn,carrier,trackingNumber[,recipientId]
 * with TORIKOMI_URL and TORIKOMI_API_KEY set.
 */

const {
  TORIKOMI_URL = '',
  TORIKOMI_API_KEY = '',
  TORIKOMI_EVERY_MS = '5000',
  TORIKOMI_BATCH = '100',
} = process.env
const client = new Torikomi({ url: TORIKOMI_URL, apiKey: TORIKOMI_API_KEY })
const HEAD = ['orderId', 'marketplace', 'orderNumber', 'orderedAt', 'billedAmount', 'holds']
const [command, path = ''] = process.argv.slice(2)

if (command === 'pull' && path !== '') await pull(path)
else if (command === 'ship' && path !== '') await ship(path)
else {
  console.error('pull <folder> | ship <csv>')
  process.exitCode = 64
}

async function pull(folder: string): Promise<void> {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort())
  await mkdir(join(folder, 'orders'), { recursive: true })
  await mkdir(join(folder, 'csv'), { recursive: true })
  const puller = new Puller(client, {
    journal: fileJournal(join(folder, 'journal.json')),
    limit: Number(TORIKOMI_BATCH),
  })
  await puller.keep((batch) => store(folder, batch), {
    signal: stopping.signal,
    everyMs: Number(TORIKOMI_EVERY_MS),
    onError: (error) => console.error(error instanceof Error ? error.message : error),
    // The CSV holds nothing of the buyer.
    onErased: async (orderIds) => {
      for (const id of orderIds) await rm(join(folder, 'orders', `${id}.json`), { force: true })
    },
  })
}

async function store(folder: string, { pullId, orders, again }: Batch): Promise<void> {
  for (const order of orders)
    await put(join(folder, 'orders', `${order.id}.json`), JSON.stringify(order, null, 2))
  const rows = orders.map(({ id, marketplace, orderNumber, orderedAt, billedAmount, holds }) =>
    csvLine([id, marketplace, orderNumber, orderedAt, String(billedAmount), holds.join(' ')]),
  )
  // Excel takes a file for UTF-8 by its first character.
  await put(join(folder, 'csv', `${pullId}.csv`), `\uFEFF${csvLine(HEAD)}${rows.join('')}`)
  console.log(`${orders.length} orders${again ? ', again' : ''}`)
}

/** Whole and on the disk before the batch counts as taken; what comes again replaces itself. */
async function put(path: string, text: string): Promise<void> {
  const file = await open(`${path}.new`, 'w')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}

/**
 * One request for each order, under a key made of what it says: the same file twice, or again after a crash, asks for no
 * second change; a line that was mended is another request.
 */
async function ship(csv: string): Promise<void> {
  const orders = Map.groupBy(readCsv(await readFile(csv, 'utf8')), ({ orderId }) => orderId ?? '')
  for (const [orderId, rows] of orders) {
    const parcels = rows.map(({ carrier, trackingNumber, recipientId }) => ({
      carrier: carrier as 'yamato',
      ...(trackingNumber ? { trackingNumber } : {}),
      ...(recipientId ? { recipientId } : {}),
    }))
    const shippedOn = rows[0]?.shippedOn ?? ''
    const body = { changes: [{ orderId, action: 'ship' as const, shippedOn, parcels }] }
    const key = `ship-${createHash('sha256').update(JSON.stringify(body)).digest('hex')}`
    try {
      const headers = { 'Idempotency-Key': key }
      const { siteChanges } = await client.post('/v1/site-changes', { headers, body })
      console.log(`${orderId} ${siteChanges[0]?.state}`)
    } catch (error) {
      if (!isProblem(error) || error.status !== 422) throw error
      console.error(`${orderId} ${error.message}`)
      process.exitCode = 1
    }
  }
}
