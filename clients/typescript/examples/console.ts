import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { isProblem, keepPulling, type Order, type OrderStore, Torikomi } from '../src/index.ts'
import { fileStore } from '../src/node.ts'
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
  await mkdir(join(folder, 'csv'), { recursive: true })
  await keepPulling(client, storeIn(folder), {
    limit: Number(TORIKOMI_BATCH),
    signal: stopping.signal,
    everyMs: Number(TORIKOMI_EVERY_MS),
    onBatch: ({ orders, again }) => console.log(`${orders.length} orders${again ? ', again' : ''}`),
    onError: (error) => console.error(error instanceof Error ? error.message : error),
  })
}

/** The files of the library, and a CSV before them: the position is what is written last. */
function storeIn(folder: string): OrderStore {
  const files = fileStore(folder)
  return {
    ...files,
    async save(orders, position, batch) {
      if (orders.length > 0) await put(join(folder, 'csv', `${batch.pullId}.csv`), csvOf(orders))
      return files.save(orders, position, batch)
    },
  }
}

/** It holds nothing of the buyer, so an erasure leaves it. */
function csvOf(orders: readonly Order[]): string {
  const rows = orders.map(({ id, marketplace, orderNumber, orderedAt, billedAmount, holds }) =>
    csvLine([id, marketplace, orderNumber, orderedAt, String(billedAmount), holds.join(' ')]),
  )
  // Excel takes a file for UTF-8 by its first character.
  return `\uFEFF${csvLine(HEAD)}${rows.join('')}`
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
