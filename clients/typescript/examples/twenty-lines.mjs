import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

const { TORIKOMI_URL, TORIKOMI_API_KEY, TORIKOMI_FOLDER = 'torikomi' } = process.env
const headers = { authorization: `Bearer ${TORIKOMI_API_KEY}`, 'content-type': 'application/json' }
const file = (name) => `${TORIKOMI_FOLDER}/${name}`
function put(name, text) {
  writeFileSync(file('new'), text, { flush: true })
  renameSync(file('new'), file(name))
}

mkdirSync(TORIKOMI_FOLDER, { recursive: true })
for (;;) {
  const after = existsSync(file('position')) ? readFileSync(file('position'), 'utf8') : null
  const body = JSON.stringify({ after, limit: 200 })
  const answer = await fetch(`${TORIKOMI_URL}/v1/orders/pull`, { method: 'POST', headers, body })
  if (!answer.ok) throw new Error(await answer.text())
  const { orders, position, replayed } = await answer.json()
  if (orders.length === 0 && !replayed) break
  for (const order of orders)
    put(`${order.shopId}_${encodeURIComponent(order.orderNumber)}.json`, JSON.stringify(order))
  put('position', position)
  console.log(`${orders.length} orders`)
}
