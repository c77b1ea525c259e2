import { afterAll, beforeAll, expect, test } from 'vitest'
import { SANDBOX_MALLS, SANDBOX_SHOPS } from '../../sandbox/malls/index.ts'
import { dumpDatabase } from '../support/database/dump.ts'
import { startWorld, type World, waitForStaged } from '../support/service/world.ts'

/** Invariant: who can read the database, a backup of it or the log learns no person and no key. */

let world: World

beforeAll(async () => {
  world = await startWorld({ environment: { LOG_LEVEL: 'debug' } })
})

afterAll(() => world?.close())

test('a dump of the database and the log hold no personal data and no secret in clear', async () => {
  const orders = SANDBOX_MALLS.flatMap((mall) =>
    Array.from({ length: 10 }, () => world.sandbox.malls[mall].place()),
  )
  await waitForStaged(world, orders.length)
  await world.registration.client.post('/orders/pull', {}, { 'idempotency-key': 'sealed-1' })

  const dump = await dumpDatabase(world.database.url)
  const output = world.service().output()
  // The dump is the real one: what stands in clear by design is in it.
  for (const order of orders) expect(dump).toContain(order.orderNumber)

  for (const secret of [...secrets(world), ...orders.flatMap(personalData)]) {
    const words = `${secret.what}: ${secret.value}`
    expect(dump.includes(secret.value) ? words : null, 'in the dump').toBeNull()
    expect(output.includes(secret.value) ? words : null, 'in the log').toBeNull()
  }
})

function personalData(order: {
  buyerName: string
  recipientName: string
  recipientAddress: string
  recipientPhone: string
  note: string
}): { what: string; value: string }[] {
  const { buyerName, recipientName, recipientAddress, recipientPhone, note } = order
  return [
    { what: 'buyer', value: buyerName },
    ...buyerName.split(/\s+/).map((value) => ({ what: 'part of the buyer name', value })),
    { what: 'recipient', value: recipientName },
    { what: 'address', value: recipientAddress },
    { what: 'phone', value: recipientPhone },
    { what: 'phone digits', value: recipientPhone.replaceAll('-', '') },
    { what: 'note', value: note },
  ].filter(({ value }) => value.trim().length > 1)
}

function secrets({ sandbox, registration }: World): { what: string; value: string }[] {
  const credentials = SANDBOX_MALLS.flatMap((mall) =>
    Object.entries(sandbox.malls[mall].credentialsFor(SANDBOX_SHOPS[mall].code)).map(([name, value]) => ({
      what: `${mall} ${name}`,
      value: String(value),
    })),
  )
  return [
    { what: 'mailbox password', value: sandbox.mailbox.password },
    { what: 'mailbox user', value: sandbox.mailbox.username },
    { what: 'API key', value: registration.apiKey },
    // A key version or a date says nothing of the key, and would be found by chance.
    ...credentials.filter(({ value }) => value.length >= 8 && !/^\d{4}-\d\d-\d\d/.test(value)),
  ]
}
