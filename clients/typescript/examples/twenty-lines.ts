import { mkdir, rename, writeFile } from 'node:fs/promises'
import { fileJournal } from '../src/file-journal.ts'
import { Puller, Torikomi } from '../src/index.ts'

const { TORIKOMI_URL = '', TORIKOMI_API_KEY = '', TORIKOMI_FOLDER = 'torikomi' } = process.env
const client = new Torikomi({ url: TORIKOMI_URL, apiKey: TORIKOMI_API_KEY })
const puller = new Puller(client, { journal: fileJournal(`${TORIKOMI_FOLDER}/journal.json`) })
await mkdir(`${TORIKOMI_FOLDER}/orders`, { recursive: true })

const orders = await puller.all(async (batch) => {
  for (const order of batch.orders) {
    // Named by its id and renamed when whole: an order that comes again replaces itself.
    const file = `${TORIKOMI_FOLDER}/orders/${order.id}.json`
    await writeFile(`${file}.new`, JSON.stringify(order, null, 2))
    await rename(`${file}.new`, file)
  }
})
console.log(`${orders} orders`)
