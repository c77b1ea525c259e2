import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SandboxOrder } from '../../../sandbox/kit/types.ts'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { SANDBOX_SHOPS } from '../../../sandbox/malls/index.ts'
import { type Dovecot, dovecotMissing, startDovecot } from '../../support/mail/dovecot.ts'
import { type ListenerBench, listenerBench } from '../../support/mail/listener.ts'
import { rakutenOrder } from '../../support/malls/sandbox-orders.ts'

/** Mails of a size that nobody writes by hand, on a real mail server: what comes behind them is read. */

const USER = 'orders@shop.example'
const MIB = 1024 * 1024
/** What a server may send in one piece, twice: read and copied. */
const MOST_BYTES = 40 * MIB
const missing = dovecotMissing()

const realMail = (orderNumber: string): Buffer => {
  const { code, name } = SANDBOX_SHOPS.rakuten
  const order: SandboxOrder = {
    ...rakutenOrder,
    marketplace: 'rakuten',
    shopCode: code,
    shopName: name,
    orderNumber,
  }
  return composeMail({ type: 'placed', order }, { to: USER, charset: 'utf-8', shape: 'plain' })
}

/** A mall's mail with an attachment behind it. */
function withAttachment(mail: Buffer, bytes: number): Buffer {
  const line = Buffer.from(`${'QUJD'.repeat(18)}\r\n`)
  return Buffer.concat([mail, ...Array.from({ length: Math.ceil(bytes / line.length) }, () => line)])
}

/** Nothing but recipients in its headers. */
function withHeaders(bytes: number): Buffer {
  const line = `To: ${'a'.repeat(60)}@example.com\r\n`
  const head = `From: stranger@example.com\r\nSubject: x\r\nMessage-ID: <many@example.com>\r\n`
  return Buffer.from(`${head}${line.repeat(Math.ceil(bytes / line.length))}\r\nx\r\n`)
}

describe.skipIf(missing !== null)(`huge mails on Dovecot${missing === null ? '' : ` [${missing}]`}`, () => {
  let dovecot: Dovecot
  let bench: ListenerBench
  beforeAll(async () => {
    dovecot = await startDovecot({ [USER]: 'secret-password' })
    const login = { host: 'localhost', port: dovecot.tlsPort, security: 'tls' as const }
    bench = await listenerBench({
      login: { ...login, username: USER, password: 'secret-password' },
      ca: dovecot.ca,
    })
  })
  afterAll(async () => {
    await bench?.close()
    await dovecot?.stop()
  })

  test.each([
    ['100 MB behind a mall’s order', () => withAttachment(realMail('123456-20260519-0000000101'), 100 * MIB)],
    ['20 MB of recipients in a stranger’s headers', () => withHeaders(20 * MIB)],
    ['100 MB of recipients in a stranger’s headers', () => withHeaders(100 * MIB)],
  ])('%s: the order behind it is asked for, in little memory', { timeout: 120_000 }, async (name, make) => {
    const listener = bench.listen({})
    await expect.poll(async () => (await bench.mailbox()).state, { timeout: 20_000 }).toBe('connected')
    const orderNumber = `123456-20260519-00000002${String(name.length).padStart(2, '0')}`
    // Kept until the end, so that what is measured is the reading alone.
    const source = make()
    await dovecot.drop(USER, source)
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    const sampler = setInterval(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }, 5)
    await dovecot.drop(USER, realMail(orderNumber))
    const asked = async () => (await bench.requests()).some((request) => request.orderNumber === orderNumber)
    await expect.poll(asked, { timeout: 60_000, interval: 50 }).toBe(true)
    clearInterval(sampler)
    await listener.stop(5_000)
    console.info(`${name}: at most ${Math.round(most / MIB)} MiB`)
    expect(most, `${source.length} bytes`).toBeLessThan(MOST_BYTES)
  })
})
