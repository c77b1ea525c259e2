import { connect, createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { seeded } from '../../../sandbox/kit/seeded.ts'
import { pullAfter } from '../../../src/orders/hand-over/hand-over.ts'
import { present } from '../../../src/platform/narrow.ts'
import { newId } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'
import {
  ADDRESS,
  type Side,
  sealers,
  type TwoInstallations,
  twoInstallations,
} from '../../support/service/two-installations.ts'

/**
 * A move whose commands lose their database again and again, while orders come, workers of both sides work
 * and a client pulls: nothing is lost or doubled, and never both sides run.
 */

let both: TwoInstallations
let proxies: Awaited<ReturnType<typeof cuttingProxy>>[]
beforeEach(async () => {
  both = await twoInstallations()
  proxies = []
})
afterEach(async () => {
  await Promise.all(proxies.map((proxy) => proxy.close()))
  await both.close()
})

const ENOUGH = 1_000_000

/** Postgres behind a proxy that ends every connection once, when its clients have sent so many messages. */
async function cuttingProxy(url: string) {
  const target = new URL(url)
  const postgres = { host: target.hostname, port: Number(target.port) }
  const sockets = new Set<Socket>()
  let left = ENOUGH
  const server = createServer((client) => {
    const upstream = connect(postgres)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (chunk) => {
      if (--left >= 0) return upstream.write(chunk)
      // What was sent before stands or not: the answer to it is lost in either case.
      left = ENOUGH
      for (const socket of sockets) socket.destroy()
      return false
    })
    upstream.on('data', (chunk) => client.write(chunk))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  target.port = String((server.address() as { port: number }).port)
  return {
    url: target.href,
    cutAfter(messages: number) {
      left = messages
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const last = (text: string) => present(text.trim().split(/\s/).at(-1))

test('a move that breaks off at every step loses and doubles nothing', async () => {
  const dice = seeded(7, 44)
  const here = await importBench(both.databases.here)
  const { tenantId } = here
  const there = await importBench(both.databases.there, {}, here, sealers.there)
  const benches: Record<Side, ImportBench> = { here, there }
  const wanted = numbers(12)
  for (const number of wanted) here.mall.place(number)
  const puller = { tenantId, actor: `key:${newId()}` }
  const got: string[] = []
  let position: string | null = null
  const pull = async (side: Side) => {
    const batch = await pullAfter(benches[side].deps, puller, { after: position, limit: 3 })
    got.push(...batch.orders.map(({ orderNumber }) => orderNumber))
    position = batch.position ?? position
    return batch.orders.length
  }
  const statuses = () => Promise.all([both.statusAt('here', tenantId), both.statusAt('there', tenantId)])
  const ordersAt = (side: Side) => both.databases[side].db.order.count({ where: { tenantId } })

  await here.want(wanted.slice(0, 8))
  await here.run()
  await pull('here')
  // Mails that came before the move, and nobody has worked on.
  await here.want(wanted.slice(8, 10))

  const direct = { here: both.databases.here.url, there: both.databases.there.url }
  const cut = {
    here: await cuttingProxy(direct.here),
    there: await cuttingProxy(direct.there),
  }
  proxies.push(cut.here, cut.there)
  Object.assign(both.databases.here, { url: cut.here.url })
  Object.assign(both.databases.there, { url: cut.there.url })

  /**
   * Given again and again, so often cut off at another of its messages, until it comes to its end. One that
   * is to be cut behind that comes there at once.
   */
  async function broken(
    side: Side,
    { cuts, among }: { cuts: number; among: number },
    command: () => string[],
  ): Promise<string> {
    for (let attempt = 0; ; attempt++) {
      cut[side].cutAfter(attempt < cuts ? dice.int(1, among) : ENOUGH)
      const output = await both
        .run(side, ...command())
        .then((ended) => ended.output)
        .catch((error: unknown) => {
          // Nothing else breaks it.
          if (attempt >= cuts) throw error
          return null
        })
      cut[side].cutAfter(ENOUGH)
      expect((await statuses()).filter((status) => status === 'active').length).toBeLessThanOrEqual(1)
      const before = await ordersAt('here')
      for (const one of ['here', 'there'] as const) await benches[one].run()
      if ((await statuses())[0] === 'suspended') expect(await ordersAt('here')).toBe(before)
      if (output !== null) return output
    }
  }

  const { output: key } = await both.run('there', 'tenant', 'key')
  let exports = 0
  let file = ''
  const exported = (cuts: number) =>
    broken('here', { cuts, among: 250 }, () => {
      file = both.file(`export-${exports++}`)
      return ['tenant', 'export', tenantId, '--for', key, file]
    })
  await exported(3)
  // One that was let in before writes late: what it wrote is in no file.
  await here.want(wanted.slice(10, 11))
  let receipt = last(await broken('there', { cuts: 3, among: 120 }, () => ['tenant', 'import', file]))
  const release = () => ['tenant', 'release', tenantId, receipt, '--to', ADDRESS]
  await expect(both.run('here', ...release())).rejects.toThrow('export again')
  await exported(2)
  await expect(both.run('there', 'tenant', 'import', file)).rejects.toThrow('drop')
  await broken('there', { cuts: 2, among: 200 }, () => ['tenant', 'drop', tenantId])
  receipt = last(await broken('there', { cuts: 2, among: 120 }, () => ['tenant', 'import', file]))
  const word = last(await broken('here', { cuts: 6, among: 16 }, release))
  await broken('there', { cuts: 6, among: 12 }, () => ['tenant', 'start', tenantId, word])
  expect(await statuses()).toEqual(['suspended', 'active'])

  await there.want(wanted.slice(11))
  await there.run()
  while ((await pull('there')) > 0);
  expect(got.toSorted()).toEqual(wanted.toSorted())
  const { rows } = await both.databases.there.pool.query<{ number: string }>(
    'select order_number as number from orders where tenant_id = $1 order by 1',
    [tenantId],
  )
  expect(rows.map(({ number }) => number)).toEqual(wanted.toSorted())
})
