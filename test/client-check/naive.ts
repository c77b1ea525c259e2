import { randomUUID } from 'node:crypto'
import { appendFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** A client as it is often written first: a new key for each try, and stored when the answer happens to come. */

const { TORIKOMI_URL = '', TORIKOMI_API_KEY = '' } = process.env
const [file = ''] = process.argv.slice(2)

for (;;) {
  try {
    const answer = await fetch(`${TORIKOMI_URL}/v1/orders/pull`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${TORIKOMI_API_KEY}`,
        ...{ 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      },
      body: JSON.stringify({ limit: 20 }),
    })
    const { orders } = (await answer.json()) as { orders: { id: string }[] }
    if (orders.length > 0) await appendFile(file, orders.map(({ id }) => `${id}\n`).join(''))
  } catch {
    // "It will work the next time."
  }
  await sleep(20)
}
