import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SandboxImap, startSandboxImap } from '../../../sandbox/imap/index.ts'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { DEFAULT_TIMING } from '../../../src/mail/listener/timing.ts'
import { createMailboxTester } from '../../../src/mail/test-mailbox.ts'
import { makeMailbox, makeShop, newId } from '../../support/fixtures.ts'
import { type ListenerBench, listenerBench, mailOfNoMall, orderOf } from '../../support/mail/listener.ts'
import { noAccess } from '../../support/mail/oauth.ts'

const USER = 'orders@shop.example'
const PASSWORD = 'secret-password'
const WAIT = { timeout: 10_000, interval: 20 }

describe('listener when things go wrong', () => {
  let imap: SandboxImap
  let bench: ListenerBench

  beforeEach(async () => {
    imap = await startSandboxImap({ users: [{ user: USER, password: PASSWORD }] })
    const { host, port } = imap
    bench = await listenerBench({
      login: { host, port, security: 'plain', username: USER, password: PASSWORD },
    })
  })
  afterEach(async () => {
    await bench.close()
    await imap.close()
  })

  const deliver = (n: number, marketplace: 'rakuten' | 'yahoo' = 'rakuten') =>
    imap.deliver(
      USER,
      composeMail(
        { type: 'placed', order: orderOf(marketplace, n) },
        { to: USER, charset: 'utf-8', shape: 'plain' },
      ),
    )
  const numbers = async () => (await bench.requests()).map((request) => request.orderNumber)
  const state = async () => (await bench.mailbox()).state
  const LATER = new Date(Date.now() + 3_600_000)
  const makeSweeps = () =>
    bench.database.db.shopSweep.createMany({
      data: [bench.rakutenShopId, bench.yahooShopId].map((shopId) => ({
        shopId,
        nextAt: LATER,
        runAt: LATER,
        updatedAt: new Date(),
      })),
    })
  const hastened = () => bench.database.db.shopSweep.count({ where: { runAt: { lt: LATER } } })
  const listening = () => expect.poll(state, WAIT).toBe('connected')
  const change = (data: Parameters<typeof bench.database.db.mailbox.update>[0]['data']) =>
    bench.database.db.mailbox.update({ where: { id: bench.mailboxId }, data })

  describe('the link', () => {
    it('notices within twice the quiet time that the server went silent without closing, and connects anew', async () => {
      const quietMs = 300
      bench.listen({ timing: { quietMs } })
      await listening()
      imap.blackHole(USER)
      const silentSince = performance.now()
      deliver(1)
      await expect.poll(numbers, WAIT).toHaveLength(1)
      // Two quiet times, and the first wait of the back-off.
      expect(performance.now() - silentSince).toBeLessThan(2 * quietMs + 1_000 + 1_500)
      // With the service's own timing a dead link is noticed within 90 s.
      expect(2 * DEFAULT_TIMING.quietMs).toBeLessThan(90_000)
    })

    it('keeps an idle link alive by asking after each silence', async () => {
      bench.listen({ timing: { quietMs: 150 } })
      await listening()
      await expect.poll(() => imap.commands(USER).NOOP ?? 0, WAIT).toBeGreaterThan(2)
      expect(imap.commands('').LOGIN).toBe(1)
      expect(imap.commands(USER).EXAMINE).toBe(1)
      deliver(1)
      await expect.poll(numbers, WAIT).toHaveLength(1)
    })

    it('connects again after the server closed the connection', async () => {
      bench.listen()
      await listening()
      imap.dropConnections(USER)
      deliver(1)
      await expect.poll(numbers, WAIT).toHaveLength(1)
    })

    it('asks a server without IDLE again and again', async () => {
      imap.faults.idle = false
      bench.listen()
      await expect.poll(state, WAIT).toBe('polling')
      deliver(1)
      await expect.poll(numbers, WAIT).toHaveLength(1)
      deliver(2)
      await expect.poll(numbers, WAIT).toHaveLength(2)
      expect(imap.commands(USER)).not.toHaveProperty('IDLE')
    })

    it('asks again and again once IDLE, although offered, is refused', async () => {
      bench.listen()
      await listening()
      imap.faults.idle = false
      deliver(1)
      await expect.poll(numbers, WAIT).toHaveLength(1)
      await expect.poll(state, WAIT).toBe('polling')
      deliver(2)
      await expect.poll(numbers, WAIT).toHaveLength(2)
    })

    it('asks now and then how far the mails go, and fetches what it was not told of', async () => {
      bench.listen({ timing: { probeMs: 200 } })
      await listening()
      await expect.poll(() => imap.commands(USER).EXAMINE ?? 0, WAIT).toBeGreaterThan(2)
      imap.faults.tellsNews = false
      deliver(1)
      await expect.poll(numbers, WAIT).toHaveLength(1)
      expect(imap.commands('').LOGIN).toBe(1)
    })

    it('relies no more on IDLE that kept silent twice', async () => {
      imap.faults.tellsNews = false
      bench.listen({ timing: { probeMs: 150 } })
      await listening()
      let delivered = 0
      // Mails without a pause: a look between two of them that finds the mailbox as it was would begin the
      // count anew.
      const stateWithNews = () => {
        deliver(++delivered)
        return state()
      }
      await expect.poll(stateWithNews, WAIT).toBe('polling')
      await expect.poll(numbers, WAIT).toHaveLength(delivered)
      deliver(++delivered)
      await expect.poll(numbers, WAIT).toHaveLength(delivered)
    })

    it('asks for a person when the server keeps mails back, and goes on with the others', async () => {
      bench.listen({ timing: { probeMs: 150 } })
      await listening()
      deliver(1)
      imap.faults.withheld.add(2)
      deliver(2)
      const attention = async () => (await bench.mailbox()).attentionCode
      await expect.poll(attention, WAIT).toBe('MAILBOX_MAILS_UNREAD')
      expect(await bench.mailbox()).toMatchObject({ state: 'connected', lastUid: 1n })
      // A new link was tried once.
      expect(imap.commands('').LOGIN).toBe(2)
      const since = (await bench.mailbox()).attentionSince
      const probes = imap.commands(USER).EXAMINE ?? 0
      await expect.poll(() => imap.commands(USER).EXAMINE ?? 0, WAIT).toBeGreaterThan(probes + 2)
      expect(await bench.mailbox()).toMatchObject({
        attentionCode: 'MAILBOX_MAILS_UNREAD',
        attentionSince: since,
      })
      expect(imap.commands('').LOGIN).toBe(2)
      imap.faults.withheld.clear()
      await expect.poll(attention, WAIT).toBeNull()
      expect(await numbers()).toHaveLength(2)
    })

    it.each(['all', 'text'] as const)(
      'steps over a mail for which FETCH answers NO (%s), reads the others, shows it and has the lists read',
      async (what) => {
        await makeSweeps()
        await change({ uidValidity: 1001n, lastUid: 0n })
        for (const n of [1, 2, 3, 4, 5]) deliver(n)
        imap.faults.broken.set(3, what)
        bench.listen()
        await expect.poll(numbers, WAIT).toHaveLength(4)
        await expect.poll(async () => (await bench.mailbox()).lastUid, WAIT).toBe(5n)
        expect(await bench.mailbox()).toMatchObject({ mailsSkipped: 1n, skippedAt: expect.any(Date) })
        const shown = await bench.database.db.mail.findMany({ where: { state: 'unreadable' } })
        expect(shown.map(({ reason }) => reason)).toEqual(
          what === 'all' ? [] : [expect.stringContaining('読み飛ばしました')],
        )
        expect(await hastened()).toBe(2)
        // What comes after it is read as ever.
        deliver(6)
        await expect.poll(numbers, WAIT).toHaveLength(5)
      },
    )

    it('has the lists read when a mail is gone between listing and download', async () => {
      await makeSweeps()
      await change({ uidValidity: 1001n, lastUid: 0n })
      deliver(1)
      imap.faults.broken.set(1, 'gone')
      bench.listen()
      await expect.poll(async () => (await bench.mailbox()).lastUid, WAIT).toBe(1n)
      expect(await numbers()).toEqual([])
      expect(await hastened()).toBe(2)
    })

    it('takes no removed mail for one that is kept back', async () => {
      await change({ uidValidity: 1001n, lastUid: 0n })
      deliver(1)
      deliver(2)
      imap.remove(USER, 2)
      bench.listen({ timing: { probeMs: 100 } })
      await listening()
      await expect.poll(() => imap.commands(USER).EXAMINE ?? 0, WAIT).toBeGreaterThan(3)
      expect(await bench.mailbox()).toMatchObject({ attentionCode: null, lastUid: 1n })
      expect(imap.commands('').LOGIN).toBe(1)
    })

    it('notices at the next probe that the mails were renumbered', async () => {
      bench.listen({ timing: { probeMs: 100 } })
      deliver(1)
      await expect.poll(numbers, WAIT).toHaveLength(1)
      imap.changeUidValidity(USER, { quietly: true })
      await expect.poll(async () => (await bench.mailbox()).uidValidity, WAIT).toBe(1002n)
      deliver(2)
      await expect.poll(numbers, WAIT).toHaveLength(2)
      expect(imap.commands('').LOGIN).toBe(1)
    })

    it('says at first only that it waits when the server cannot be reached', async () => {
      await change({ port: 9 })
      bench.listen()
      await expect.poll(async () => (await bench.mailbox()).failures, WAIT).toBeGreaterThan(0)
      expect(await bench.mailbox()).toMatchObject({ state: 'waiting', attentionCode: null })
    })

    it('sends no password when STARTTLS is asked for and not offered', async () => {
      await change({ security: 'starttls' })
      bench.listen()
      await expect.poll(async () => (await bench.mailbox()).attentionCode, WAIT).toBe('MAILBOX_TLS_MISSING')
      expect(imap.commands('')).not.toHaveProperty('LOGIN')
    })

    it('connects to no private address unless the operator allows it', async () => {
      bench.listen({ allow: [] })
      await expect
        .poll(async () => (await bench.mailbox()).attentionCode, WAIT)
        .toBe('MAILBOX_HOST_NOT_ALLOWED')
      expect(imap.commands('')).toEqual({})
    })

    it('sends nothing but reading commands', async () => {
      deliver(1)
      bench.listen({ timing: { quietMs: 150, probeMs: 400 } })
      await listening()
      const probes = imap.commands(USER).EXAMINE ?? 0
      await expect.poll(() => imap.commands(USER).NOOP ?? 0, WAIT).toBeGreaterThan(1)
      await expect.poll(() => imap.commands(USER).EXAMINE ?? 0, WAIT).toBeGreaterThan(probes)
      const reading = [
        'CAPABILITY',
        'EXAMINE',
        'ID',
        'IDLE',
        'LIST',
        'LSUB',
        'NAMESPACE',
        'NOOP',
        'UID FETCH',
        'UID SEARCH',
      ]
      expect(Object.keys(imap.commands(USER)).filter((command) => !reading.includes(command))).toEqual([])
      expect(imap.mails(USER)).toEqual([{ uid: 1, flags: [] }])
    })
  })

  describe('leases', () => {
    it('lets one of two services listen, and the other take over when it stops', async () => {
      const first = bench.listen({ owner: 'first' })
      await listening()
      const second = bench.listen({ owner: 'second' })
      await second.refresh()
      await second.refresh()
      expect([first.held(), second.held()]).toEqual([[bench.mailboxId], []])
      expect(imap.connections(USER)).toBe(1)
      await first.stop(5_000)
      await expect.poll(async () => (await bench.mailbox()).leaseOwner, WAIT).toBe('second')
      deliver(1)
      await expect.poll(numbers, WAIT).toHaveLength(1)
    })

    it('takes a dead holder’s mailbox over once its lease is out, and not before', async () => {
      const until = new Date(Date.now() + 1_500)
      await bench.database.db.listener.create({ data: { id: 'dead', aliveUntil: until } })
      await change({ leaseOwner: 'dead' })
      const listener = bench.listen()
      await listener.refresh()
      expect(listener.held()).toEqual([])
      await listening()
      expect(Date.now()).toBeGreaterThan(until.getTime())
      expect(DEFAULT_TIMING.leaseMs + DEFAULT_TIMING.tickMs).toBeLessThan(60_000)
    })

    it('keeps its lease while it lives', async () => {
      bench.listen({ timing: { leaseMs: 2_500, leaseMarginMs: 500, renewEveryMs: 100 }, owner: 'living' })
      await listening()
      const until = async () =>
        (await bench.database.db.listener.findFirstOrThrow({ where: { id: 'living' } })).aliveUntil.getTime()
      const first = await until()
      await expect.poll(until, WAIT).toBeGreaterThan(first + 1_000)
      expect((await bench.mailbox()).leaseOwner).toBe('living')
    })

    it('stores nothing for a mailbox that another process took, and stops', async () => {
      const listener = bench.listen({ timing: { renewEveryMs: 600_000, tickMs: 600_000 } })
      await listening()
      await bench.database.db.listener.create({
        data: { id: 'thief', aliveUntil: new Date(Date.now() + 60_000) },
      })
      await change({ leaseOwner: 'thief' })
      const before = await bench.mailbox()
      deliver(1)
      await expect.poll(() => imap.connections(USER), WAIT).toBe(0)
      expect(await numbers()).toEqual([])
      expect((await bench.mailbox()).lastUid).toBe(before.lastUid)
      expect(await bench.database.db.mail.count()).toBe(0)
      await listener.stop(5_000)
      expect((await bench.mailbox()).leaseOwner).toBe('thief')
    })
  })

  describe('settings', () => {
    it('follows a mailbox that is added, and lets go of one that is switched off', async () => {
      const listener = bench.listen({ timing: { tickMs: 600_000 } })
      await listening()
      imap.addUser('second@shop.example', PASSWORD)
      const { host, port } = imap
      const login = { host, port, username: 'second@shop.example', password: PASSWORD }
      await makeMailbox(bench.database.db, { tenantId: bench.tenantId, ...login })
      await listener.refresh()
      await expect.poll(() => imap.connections('second@shop.example'), WAIT).toBe(1)
      await change({ enabled: false, settingsVersion: { increment: 1 } })
      await listener.refresh()
      await expect.poll(() => imap.connections(USER), WAIT).toBe(0)
      expect(await bench.mailbox()).toMatchObject({ state: 'disabled', leaseOwner: null })
    })

    it('stops listening for a tenant that is suspended', async () => {
      const listener = bench.listen()
      await listening()
      await bench.database.db.tenant.update({ where: { id: bench.tenantId }, data: { status: 'suspended' } })
      await listener.refresh()
      await expect.poll(() => imap.connections(USER), WAIT).toBe(0)
      expect(listener.held()).toEqual([])
    })

    it('tries at once when a good connection test raised the version', async () => {
      imap.faults.loginAnswer = '[AUTHENTICATIONFAILED] no'
      bench.listen()
      await expect.poll(state, WAIT).toBe('attention')
      imap.faults.loginAnswer = null
      await change({
        state: 'waiting',
        failures: 0,
        nextAttemptAt: null,
        attentionCode: null,
        attentionMessage: null,
        attentionSince: null,
        settingsVersion: { increment: 1 },
      })
      await listening()
    })

    it('says so when the stored password cannot be opened', async () => {
      await change({ sealedPassword: Buffer.from('not sealed at all') })
      bench.listen()
      await expect
        .poll(async () => (await bench.mailbox()).attentionCode, WAIT)
        .toBe('MAILBOX_SECRET_UNREADABLE')
    })
  })

  describe('mails and their shops', () => {
    const mails = () => bench.database.db.mail.findMany({ orderBy: { uid: 'asc' } })

    it('shows a mail for a shop that the mailbox does not serve, saying what to do', async () => {
      await bench.database.db.mailboxShop.deleteMany({ where: { shopId: bench.rakutenShopId } })
      deliver(1)
      deliver(2, 'yahoo')
      bench.listen()
      await expect.poll(mails, WAIT).toHaveLength(2)
      const [rakuten, yahoo] = await mails()
      expect(rakuten).toMatchObject({ state: 'unreadable', kind: 'new_order' })
      expect(rakuten?.reason).toMatch(/楽天市場の店舗が結び付けられていません.*追加してください/)
      expect(yahoo).toMatchObject({ state: 'recognised', reason: null })
      expect(await numbers()).toEqual([orderOf('yahoo', 2).orderNumber])
    })

    it('asks the shop that owns the number among two of one mall', async () => {
      const { db } = bench.database
      const other = await makeShop(db, { tenantId: bench.tenantId, code: '654321', name: '別の店' })
      await db.mailboxShop.create({ data: { mailboxId: bench.mailboxId, shopId: other.id } })
      deliver(1)
      bench.listen()
      await expect.poll(bench.requests, WAIT).toHaveLength(1)
      expect((await bench.requests())[0]?.shopId).toBe(bench.rakutenShopId)
    })

    it('asks to read an order again when it was cancelled', async () => {
      const order = orderOf('rakuten', 1)
      imap.deliver(
        USER,
        composeMail({ type: 'cancelled', order }, { to: USER, charset: 'utf-8', shape: 'plain' }),
      )
      bench.listen()
      await expect
        .poll(bench.requests, WAIT)
        .toMatchObject([{ orderNumber: order.orderNumber, purpose: 'refresh' }])
    })

    it('takes the same mail once, however often it is delivered', async () => {
      for (let times = 0; times < 3; times += 1) deliver(1)
      bench.listen()
      await expect.poll(async () => (await bench.mailbox()).lastUid, WAIT).toBe(3n)
      expect(await mails()).toHaveLength(1)
      expect(await bench.mailbox()).toMatchObject({ mailsRecognised: 1n })
    })

    it('reads thousands of mails in bounded batches', async () => {
      for (let n = 0; n < 1_200; n += 1)
        imap.deliver(USER, n % 3 === 0 ? mailOfNoMall(n) : Buffer.from(orderMail(n)))
      bench.listen()
      await expect.poll(async () => (await bench.mailbox()).lastUid, WAIT).toBe(1_200n)
      expect(await bench.mailbox()).toMatchObject({ mailsRecognised: 800n, mailsIgnored: 400n })
      expect(await bench.database.db.mail.count({ where: { state: 'recognised' } })).toBe(800)
    })
  })

  describe('connection test', () => {
    const tester = createMailboxTester({
      timing: DEFAULT_TIMING,
      hostGuard: async (host) => host,
      access: noAccess,
    })
    const login = () => ({
      host: imap.host,
      port: imap.port,
      security: 'plain' as const,
      username: USER,
      by: { kind: 'password' as const, password: PASSWORD },
      folder: 'INBOX',
    })
    const signal = new AbortController().signal

    it('tells what it found', async () => {
      deliver(1)
      expect(await tester(login(), signal)).toMatchObject({
        ok: true,
        code: null,
        messageCount: 1,
        idle: true,
      })
      expect(imap.mails(USER)).toEqual([{ uid: 1, flags: [] }])
      await expect.poll(() => imap.connections(USER), WAIT).toBe(0)
    })

    it('tells why it is refused', async () => {
      const found = await tester({ ...login(), by: { kind: 'password', password: newId() } }, signal)
      expect(found).toMatchObject({
        ok: false,
        code: 'MAILBOX_LOGIN_REFUSED',
        messageCount: null,
        idle: null,
      })
      expect(found.messages.join()).toContain('Authentication failed')
      expect(await tester({ ...login(), folder: '注文' }, signal)).toMatchObject({
        ok: false,
        code: 'MAILBOX_FOLDER_MISSING',
      })
      expect(await tester({ ...login(), port: 9 }, signal)).toMatchObject({
        ok: false,
        code: 'MAILBOX_UNREACHABLE',
      })
    })

    it('ends at once when it is aborted', async () => {
      const stop = new AbortController()
      stop.abort(new Error('gone'))
      await expect(tester(login(), stop.signal)).rejects.toThrow('gone')
    })
  })
})

function orderMail(n: number): string {
  return (
    `From: order@rakuten.co.jp\r\nTo: ${USER}\r\nSubject: =?UTF-8?B?${Buffer.from('【楽天市場】注文内容ご確認（自動配信メール）').toString('base64')}?=\r\nMessage-ID: <o${n}@rakuten.co.jp>\r\n` +
    `Content-Type: text/plain; charset=utf-8\r\n\r\n受注番号 ${orderOf('rakuten', n).orderNumber}\r\n`
  )
}
