import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readMail, toListedMail } from '../../../src/mail/listener/mailbox-reader.ts'
import { createJudge, type Judged } from '../../../src/mail/recognition/judge.ts'
import { createJudgeThreads } from '../../../src/mail/recognition/judge-threads.ts'
import { listMailboxShops } from '../../../src/mail/statements.ts'
import { presetOf } from '../../../src/marketplaces/order-files/form.ts'
import { attentionText } from '../../../src/notices/texts.ts'
import { createMailedFiles } from '../../../src/order-files/mail-files.ts'
import { createFileReader } from '../../../src/order-files/reader.ts'
import { MOST_OPEN_BYTES } from '../../../src/order-files/uploads.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { encodeCp932 } from '../../../src/platform/csv.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { clearAttention } from '../../../src/shops/attention.ts'
import { decide } from '../../../src/why/decide.ts'
import { readFacts } from '../../../src/why/facts.ts'
import { beginTurn, turnStatement } from '../../../src/worker/shop-worker.ts'
import { firstPage, readDueShops } from '../../../src/worker/statements.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant, newId, testSealer } from '../../support/fixtures.ts'
import { type Dovecot, dovecotMissing, startDovecot } from '../../support/mail/dovecot.ts'
import { type ListenerBench, listenerBench } from '../../support/mail/listener.ts'
import { testMalls } from '../../support/malls/test-malls.ts'

const USER = 'orders@shop.example'
const CART = 'report@cart.example'
const HOST = 'mx.shop.example'
const missing = dovecotMissing()
const WAIT = { timeout: 20_000, interval: 20 }

const HEAD =
  '店舗伝票番号,受注日,受注名,受注住所１,商品名,商品価格,受注数量,発送先名,発送先住所１,発送先住所２,発送郵便番号,出荷済フラグ'
const rowOf = (number: string, price = 1_000) =>
  `${number},2026/01/14 09:00:00,見本 花子,福井県福井市1-1,皿,${price},1,見本 花子,福井県福井市1-1,,9100005,0`
const csv = (...rows: string[]) => encodeCp932(`${[HEAD, ...rows].join('\r\n')}\r\n`)

interface Mail {
  id: string
  from?: string
  /** Domain that the receiving host verified; null: none. */
  proven?: string | null
  sentAt?: string
  files?: { name: string; bytes: Buffer; type?: string }[]
  tail?: string
}

function mailOf({ id, from = CART, proven = 'cart.example', sentAt, files = [], tail }: Mail): Buffer {
  const head = [
    ...(proven === null ? [] : [`Authentication-Results: ${HOST}; dkim=pass header.d=${proven}`]),
    `From: ${from}`,
    `To: ${USER}`,
    `Subject: =?UTF-8?B?${Buffer.from('受注データ').toString('base64')}?=`,
    `Date: ${sentAt ?? 'Wed, 14 Jan 2026 10:00:00 +0900'}`,
    `Message-ID: <${id}@cart.example>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="cut"',
  ]
  const parts = files.map(({ name, bytes, type = 'text/csv' }) =>
    [
      '--cut',
      `Content-Type: ${type}; name="=?UTF-8?B?${Buffer.from(name).toString('base64')}?="`,
      'Content-Transfer-Encoding: base64',
      `Content-Disposition: attachment; filename="=?UTF-8?B?${Buffer.from(name).toString('base64')}?="`,
      '',
      bytes.toString('base64').replace(/.{76}/g, '$&\r\n'),
    ].join('\r\n'),
  )
  const body = ['--cut\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n受注データです。', ...parts]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body.join('\r\n')}\r\n${tail ?? '--cut--\r\n'}`)
}

const rules = [
  {
    marketplace: 'connector' as const,
    rules: { senders: [CART, '@wide.example'] },
    fileSenders: [CART],
  },
]
const orders = { name: 'orders.csv', bytes: csv(rowOf('1')) }

describe('a mail that may bring order files', () => {
  const judge = createJudge(testMalls())
  const read = (mail: Mail, authservId: string | null = HOST): Promise<Judged> =>
    judge.judge(mailOf(mail), rules, { authservId })

  it('brings each attached CSV as it is, under a name that shows what it is', async () => {
    const found = await read({
      id: 'a',
      files: [
        { name: '../../受注\u202Evsc.csv', bytes: orders.bytes, type: 'application/octet-stream' },
        { name: 'logo.png', bytes: Buffer.from([137, 80]), type: 'image/png' },
      ],
    })
    expect(found).toMatchObject({ trust: 'verified', recognition: { kind: 'notice', orderNumbers: [] } })
    expect(found.files?.map(({ name, bytes }) => [name, Buffer.from(bytes)])).toEqual([
      ['受注vsc.csv', orders.bytes],
    ])
  })

  it('whose file has a long name of emoji is told in text that a database takes', async () => {
    const { recognition, files } = await read({
      id: 'j',
      files: [{ name: `${'😀'.repeat(250)}a.csv`, bytes: orders.bytes }],
    })
    expect([recognition?.reason?.isWellFormed(), files?.[0]?.name.isWellFormed()]).toEqual([true, true])
  })

  it.each<[string, Partial<Mail>, string | null, RegExp]>([
    ['whose sender nobody verified', { proven: null }, HOST, /差出人を確認していない/],
    ['verified for another domain', { proven: 'evil.example' }, HOST, /差出人を確認していない/],
    [
      'verified for a domain that only begins like it',
      { proven: 'cart.example.evil.example' },
      HOST,
      /差出人を確認していない/,
    ],
    ['at a host that names no results', {}, null, /authservId/],
    ['that was cut off', { tail: '' }, HOST, /途中で切れている/],
    ['with a ZIP', { files: [{ name: 'orders.zip', bytes: Buffer.from('PK') }] }, HOST, /orders\.zip/],
    ['with six files', { files: Array.from({ length: 6 }, () => orders) }, HOST, /5 個まで/],
  ])('%s is told to staff, and nothing is taken', async (_name, more, host, reason) => {
    const found = await read({ id: 'b', files: [orders], ...more }, host)
    expect(found.files).toBeUndefined()
    expect(found.recognition).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(reason) })
  })

  it('of a sender whom no shop names by its address, or of two at once, is read as any other', async () => {
    for (const from of ['other@cart.example', 'someone@wide.example', `${CART}, other@cart.example`])
      expect((await read({ id: 'c', from, files: [orders] })).files, from).toBeUndefined()
    expect((await read({ id: 'd' })).recognition?.kind).not.toBe('notice')
  })

  it('whose sender nobody verified is read no further than any other', async () => {
    const picture = { name: 'a.png', bytes: Buffer.alloc(300 * 1_024), type: 'image/png' }
    const reasonOf = async (proven: string | null, files: NonNullable<Mail['files']>) =>
      (await read({ id: 'k', proven, files })).recognition?.reason
    expect(await reasonOf('cart.example', [picture, orders])).toContain('orders.csv')
    expect(await reasonOf(null, [orders, picture])).toContain('差出人を確認していない')
    expect(await reasonOf(null, [picture, orders])).not.toContain('差出人を確認していない')
  })

  it('and an order number of a mall is that mall’s, whatever is attached', async () => {
    const body = '--cut\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
    for (const name of ['orders.csv', 'orders.zip']) {
      const source = mailOf({ id: 'm', files: [{ ...orders, name }] })
        .toString('latin1')
        .replace(
          body,
          `${body}[\xe5\x8f\x97\xe6\xb3\xa8\xe7\x95\xaa\xe5\x8f\xb7] 123456-20260519-0123456789\r\n`,
        )
        .replace(
          /^Subject: .*$/m,
          `Subject: =?UTF-8?B?${Buffer.from('【楽天市場】注文内容ご確認').toString('base64')}?=`,
        )
      const found = await judge.judge(Buffer.from(source, 'latin1'), rules, { authservId: HOST })
      expect([found.files, found.recognition]).toMatchObject([
        undefined,
        { marketplace: 'rakuten', orderNumbers: ['123456-20260519-0123456789'] },
      ])
    }
  })

  it('takes no text file, which may be anything', async () => {
    for (const type of ['text/plain', 'application/octet-stream'])
      expect((await read({ id: 'n', files: [{ ...orders, name: 'a.txt', type }] })).files).toBeUndefined()
    for (const [name, type] of [
      ['a.txt', 'text/csv'],
      ['a.tsv', 'text/plain'],
    ] as const)
      expect((await read({ id: 'o', files: [{ ...orders, name, type }] })).files).toHaveLength(1)
  })

  it('of eight megabytes is read by a thread within its bounds, and one of more is told', async () => {
    const threads = createJudgeThreads()
    const bytes = Buffer.alloc(8 * 1_024 * 1_024, 'x,y\r\n')
    const whole = mailOf({ id: 'e', files: [{ name: 'a.csv', bytes }] })
    const read = await threads.judge(whole, rules, { authservId: HOST })
    expect(read.files?.[0]?.bytes.length).toBe(bytes.length)
    const more = mailOf({ id: 'f', files: [{ name: 'a.csv', bytes: Buffer.concat([bytes, bytes]) }] })
    const refused = await threads.judge(more, rules, { authservId: HOST })
    expect(refused.recognition?.reason).toContain('大きすぎます')
    await threads.close()
  })

  it('that is given up is told as one with files', async () => {
    const stuck = { ...judge, judge: () => Promise.reject(new Error('not done')) }
    const reading = { malls: testMalls(), judge: stuck, rules, settings: { authservId: HOST } }
    const message = { seq: 1, uid: 1, envelope: { from: [{ address: CART }] } }
    const seen = await readMail(toListedMail(message, reading), mailOf({ id: 'p', files: [orders] }), reading)
    expect(seen?.recognition.reason).toContain('注文ファイルは画面から')
  })

  it('of many small parts, deep nesting or broken base64 harms nothing', async () => {
    const part = '--cut\r\nContent-Type: text/csv; name="a.csv"\r\n\r\n1\r\n'
    const hostile = [
      mailOf({ id: 'g', tail: `${part.repeat(5_000)}--cut--\r\n` }),
      mailOf({
        id: 'h',
        tail: `${'--cut\r\nContent-Type: multipart/mixed; boundary="cut"\r\n\r\n'.repeat(500)}--cut--\r\n`,
      }),
      mailOf({
        id: 'i',
        tail: '--cut\r\nContent-Type: text/csv; name="a.csv"\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%\u0000\r\n--cut--\r\n',
      }),
    ]
    for (const source of hostile) {
      const { files = [], recognition } = await judge.judge(source, rules, { authservId: HOST })
      expect(files.length).toBeLessThanOrEqual(5)
      expect(recognition).not.toBeNull()
    }
  })
})

describe('the end of an order file by mail', () => {
  const FLAG = ',出荷済フラグ'
  const lines = (...all: string[]) => encodeCp932(`${all.join('\r\n')}\r\n`)
  const clean = csv(rowOf('1'))
  const lost = lines(HEAD.replace(FLAG, ''), rowOf('2').replace(/,0$/, ''))
  const unknown = lines(HEAD, rowOf('3').replace(/,0$/, ',出荷待'))
  let database: TestDatabase
  let tenantId: string
  beforeAll(async () => {
    database = await freshDatabase()
    tenantId = (await makeTenant(database.db)).id
  })
  afterAll(() => database.close())

  async function rig() {
    const { db, pool } = database
    const { id: shopId } = await makeShop(db, {
      tenantId,
      marketplace: 'connector',
      code: newId(),
      sealedCredentials: null,
      capabilities: { contract: 'files', label: 'わたしの店', form: presetOf('ne_hanyo') },
    })
    const reader = createFileReader({
      pool,
      sealer: testSealer,
      clock: systemClock,
      newId,
      log: createLogger({ level: 'silent' }),
      metrics: createMetrics(),
      marketplaces: testMalls(),
    })
    const store = createMailedFiles({ sealer: testSealer, newId })
    const read = () => reader.run(new AbortController().signal)
    let sent = Date.UTC(2026, 0, 14)
    const next = () => {
      sent += 60_000
      return sent
    }
    const stored = async (bytes: Buffer, sentAt = next()) => {
      const file = { tenantId, shopId, mailId: newId(), name: `${sentAt}.csv`, bytes }
      await store(pool, [{ ...file, sentAt: new Date(sentAt) }], new Date())
      return db.orderFile.findFirstOrThrow({ where: { shopId }, orderBy: { id: 'desc' } })
    }
    const take = async (bytes: Buffer, sentAt?: number) => {
      const { id } = await stored(bytes, sentAt)
      await read()
      return id
    }
    const shop = () => db.shop.findUniqueOrThrow({ where: { id: shopId } })
    return { shopId, read, stored, take, shop, code: async () => (await shop()).attentionCode }
  }

  it('is told at the shop where orders are missing, once, and healed by a newer one', async () => {
    const { shopId, take, shop, code } = await rig()
    await take(clean)
    expect(await code()).toBeNull()
    await take(lost)
    const told = await shop()
    expect(told).toMatchObject({
      attentionCode: 'ORDER_FILE_FAILED',
      attentionMessage: expect.stringMatching(
        /^メールで届いた注文ファイル「\d+\.csv」を取り込めませんでした。/,
      ),
      attentionSince: expect.any(Date),
    })
    const fed = await database.pool.query(
      "select data ->> 'code' as code from events where kind = 'attention' and data ->> 'shopId' = $1",
      [shopId],
    )
    expect(fed.rows).toEqual([{ code: 'ORDER_FILE_FAILED' }])
    await take(unknown)
    expect(await shop()).toMatchObject({
      attentionCode: 'ORDER_FILE_FAILED',
      attentionMessage: expect.stringContaining('の1件の受注を取り込めませんでした'),
      attentionSince: told.attentionSince,
    })
    // A late one says nothing of what the newer ones had.
    await take(clean, Date.UTC(2026, 0, 13))
    expect(await code()).toBe('ORDER_FILE_FAILED')
    await take(clean)
    expect(await shop()).toMatchObject({
      attentionCode: null,
      attentionMessage: null,
      attentionSince: null,
    })
  })

  it('is told where it was given up, or was empty', async () => {
    const { db } = database
    const { read, stored, take, code } = await rig()
    const { id } = await stored(clean)
    await db.orderFile.update({ where: { id }, data: { attempts: 5 } })
    await read()
    expect(await code()).toBe('ORDER_FILE_FAILED')
    await take(clean)
    expect(await code()).toBeNull()
    await take(Buffer.alloc(0))
    expect(await code()).toBe('ORDER_FILE_FAILED')
  })

  it('leaves an attention that stops the shop, and a file by hand is told to who sent it', async () => {
    const { db } = database
    const { shopId, read, stored, take, code } = await rig()
    await db.shop.update({ where: { id: shopId }, data: { attentionCode: 'CREDENTIALS_INVALID' } })
    await take(lost)
    await take(clean)
    expect(await code()).toBe('CREDENTIALS_INVALID')
    await db.shop.update({ where: { id: shopId }, data: { attentionCode: null } })
    const byHand = async (bytes: Buffer, more = {}) => {
      const { id } = await stored(bytes)
      await db.orderFile.update({ where: { id }, data: { source: 'person', exportedAt: null, ...more } })
      await read()
    }
    await byHand(lost)
    expect(await code()).toBeNull()
    await take(lost)
    await byHand(clean, { dryRun: true })
    expect(await code()).toBe('ORDER_FILE_FAILED')
    // The mended export of the day before says so of itself.
    await byHand(clean, { exportedAt: new Date(Date.UTC(2026, 0, 13)) })
    expect(await code()).toBeNull()
  })

  it('is told as what it is, and ended by no mall that answers', async () => {
    const { shopId, take, code, shop } = await rig()
    await take(lost)
    const { name, code: shopCode, credentialsVersion, ...row } = await shop()
    await clearAttention(database.db, shopId, { credentialsVersion, at: new Date() })
    expect(await code()).toBe('ORDER_FILE_FAILED')
    const told = { code: 'ORDER_FILE_FAILED', message: row.attentionMessage ?? '', since: new Date() }
    const { subject, text } = attentionText({ name, code: shopCode, mallLabel: 'わたしの店' }, told)
    expect(subject).toContain('注文ファイルを取り込めませんでした')
    expect(text).not.toContain('接続テスト')
  })

  it('stops nothing of the shop: no probe heals it, and a turn begins as ever', async () => {
    const { pool } = database
    const { shopId, take, code } = await rig()
    await take(lost)
    const now = Date.now()
    const due = await readDueShops(pool, [], new Date(now), firstPage(500))
    expect(due.due.map((one) => one.shopId)).not.toContain(shopId)
    const begun = await beginTurn(pool, turnStatement(['true']), { shopId, holder: newId() }, now)
    expect(begun?.shop.attention).toBeNull()
    expect(await database.db.shopWait.count({ where: { shopId } })).toBe(0)
    expect(await code()).toBe('ORDER_FILE_FAILED')
  })
})

describe.skipIf(missing !== null)(
  `order files in a mailbox on Dovecot${missing ? ` [${missing}]` : ''}`,
  () => {
    let dovecot: Dovecot
    let bench: ListenerBench
    let shopId: string
    beforeAll(async () => {
      dovecot = await startDovecot({ [USER]: 'secret-password' })
      const login = { host: 'localhost', port: dovecot.tlsPort, security: 'tls' as const }
      bench = await listenerBench({
        login: { ...login, username: USER, password: 'secret-password' },
        ca: dovecot.ca,
      })
      const { db } = bench.database
      const shop = await makeShop(db, {
        tenantId: bench.tenantId,
        marketplace: 'connector',
        code: 'files',
        sealedCredentials: null,
        capabilities: { contract: 'files', label: 'わたしの店', form: presetOf('ne_hanyo') },
        settings: { mailRules: { senders: [CART] } },
      })
      shopId = shop.id
      await db.mailboxShop.create({ data: { mailboxId: bench.mailboxId, shopId } })
      await db.mailbox.update({ where: { id: bench.mailboxId }, data: { authservId: HOST } })
    })
    afterAll(async () => {
      await bench?.close()
      await dovecot?.stop()
    })

    it('are taken once, a newer one wins over an older one that comes later, and each failure is told', async () => {
      const { db, pool } = bench.database
      const long = csv(rowOf('9'), ...Array.from({ length: 30_000 }, (_, n) => rowOf(`L${n % 20}`, 1_000)))
      expect(long.length).toBeGreaterThan(1.5 * 1_024 * 1_024)
      const deliver = (mail: Mail) => dovecot.deliver(USER, mailOf(mail))
      bench.listen()
      await expect.poll(async () => (await bench.mailbox()).state, WAIT).toBe('connected')
      const first = { id: 'one', files: [{ name: 'orders.csv', bytes: csv(rowOf('1'), rowOf('2')) }] }
      await deliver(first)
      await deliver(first)
      await deliver({
        id: 'two',
        sentAt: 'Fri, 16 Jan 2026 10:00:00 +0900',
        files: [{ name: 'orders.csv', bytes: csv(rowOf('1', 2_000)) }],
      })
      await deliver({
        id: 'late',
        sentAt: 'Thu, 15 Jan 2026 10:00:00 +0900',
        files: [
          { name: 'orders.csv', bytes: csv(rowOf('1', 1_500)) },
          { name: 'broken.csv', bytes: Buffer.from('a,b\r\n1,2\r\n') },
          { name: 'empty.csv', bytes: Buffer.alloc(0) },
        ],
      })
      await deliver({ id: 'long', files: [{ name: 'long.csv', bytes: long }] })
      await deliver({ id: 'forged', proven: null, files: [{ name: 'forged.csv', bytes: csv(rowOf('666')) }] })
      await expect.poll(() => db.mail.count(), WAIT).toBe(5)
      const reader = createFileReader({
        pool,
        sealer: testSealer,
        clock: systemClock,
        newId,
        log: createLogger({ level: 'silent' }),
        metrics: createMetrics(),
        marketplaces: testMalls(),
      })
      await reader.run(new AbortController().signal)
      const files = await db.orderFile.findMany({ orderBy: { id: 'asc' } })
      expect(files.map(({ fileName, state, source }) => [fileName, state, source])).toEqual([
        ['orders.csv', 'done', 'mail'],
        ['orders.csv', 'done', 'mail'],
        ['orders.csv', 'done', 'mail'],
        ['broken.csv', 'failed', 'mail'],
        ['empty.csv', 'failed', 'mail'],
        ['long.csv', 'done', 'mail'],
      ])
      expect(files.map(({ message }) => message?.slice(0, 8) ?? null)).toEqual([
        null,
        null,
        null,
        '1行目: 見出し',
        '添付ファイルが空',
        null,
      ])
      expect(files[2]?.counts).toMatchObject({ older: 1, changed: 0 })
      const staged = await db.order.findMany({ where: { shopId }, orderBy: { orderNumber: 'asc' } })
      expect(staged.slice(0, 2).map(({ orderNumber, billedAmount }) => [orderNumber, billedAmount])).toEqual([
        ['1', 2_000],
        ['2', 1_000],
      ])
      expect(staged.some(({ orderNumber }) => orderNumber === '666')).toBe(false)
      const told = await db.mail.findMany({ where: { state: 'unreadable' }, orderBy: { id: 'asc' } })
      expect(told.map(({ reason, trust }) => [trust, reason])).toEqual([
        ['verified', '注文ファイル「empty.csv」を取り込みませんでした。添付ファイルが空です。'],
        ['unknown', expect.stringContaining('差出人を確認していない')],
      ])
      const { mailsRecognised, mailsUnreadable } = await bench.mailbox()
      expect([mailsRecognised, mailsUnreadable].map(Number)).toEqual([3, 2])
      expect(await db.importRequest.count({ where: { shopId } })).toBe(0)
      expect(await db.orderFilePart.count()).toBe(0)
      // What was read after broken.csv is older.
      expect(await db.shop.findUnique({ where: { id: shopId }, select: { attentionCode: true } })).toEqual({
        attentionCode: 'ORDER_FILE_FAILED',
      })
      const asked = { pool, marketplaces: testMalls(), sealer: testSealer }
      const why = async () => {
        const [facts] = await readFacts(
          asked,
          bench.tenantId,
          [{ number: '666', shopId }],
          [shopId],
          new Date(),
        )
        return facts && decide('666', facts)
      }
      const answer = await why()
      expect(answer?.message).toContain('これまでのどのファイルからも取り込まれていません')
      expect(answer?.evidence.map(({ message }) => message)).toContainEqual(
        expect.stringContaining('差出人を確認していない'),
      )
      await deliver({ id: 'bad', files: [{ name: 'bad.csv', bytes: Buffer.from('a\r\n1\r\n') }] })
      await expect
        .poll(async () => (await why())?.message, WAIT)
        .toBe('注文ファイル「bad.csv」が読み取りを待っています。')
      await reader.run(new AbortController().signal)
      expect((await why())?.message).toContain('最新の注文ファイル「bad.csv」は取り込めませんでした')
    })

    it('of a shop that is off are no other shop’s, and nothing else of that shop counts', async () => {
      const { db, pool } = bench.database
      const names = async () => {
        const { shops, offShops, rules } = await listMailboxShops(pool, bench.mailboxId)
        const has = (some: readonly { id: string }[]) => some.some(({ id }) => id === shopId)
        expect(has(shops)).toBe(!has(offShops))
        return [has(offShops), rules.filter(({ marketplace }) => marketplace === 'connector')]
      }
      const [, before] = await names()
      await db.shop.update({ where: { id: shopId }, data: { enabled: false } })
      expect(await names()).toEqual([true, [{ marketplace: 'connector', rules: {}, fileSenders: [CART] }]])
      await db.shop.update({ where: { id: shopId }, data: { enabled: true } })
      expect(await names()).toEqual([false, before])
      const mails = await db.mail.count()
      await db.shop.update({ where: { id: shopId }, data: { enabled: false } })
      await dovecot.deliver(USER, mailOf({ id: 'off', files: [{ name: 'off.csv', bytes: csv(rowOf('7')) }] }))
      await dovecot.deliver(USER, mailOf({ id: 'plain' }))
      await dovecot.deliver(
        USER,
        mailOf({ id: 'off2', files: [{ name: 'off.csv', bytes: csv(rowOf('7')) }] }),
      )
      await expect.poll(() => db.mail.count(), WAIT).toBe(mails + 2)
      const told = await db.mail.findMany({ orderBy: { id: 'desc' }, take: 2 })
      for (const { state, reason } of told)
        expect([state, reason]).toEqual(['unreadable', expect.stringContaining('自動取込がオフ')])
      expect(await db.orderFile.count({ where: { fileName: 'off.csv' } })).toBe(0)
      await db.shop.update({ where: { id: shopId }, data: { enabled: true } })
    })

    it('of a backlog are all taken, and what is too much is told at its mail', async () => {
      const { db, pool } = bench.database
      const store = createMailedFiles({ sealer: testSealer, newId })
      const mail = await db.mail.findFirstOrThrow({ where: { state: 'recognised' } })
      const state = () =>
        db.mail.findUnique({ where: { id: mail.id }, select: { state: true, reason: true } })
      const file = {
        tenantId: bench.tenantId,
        shopId,
        mailId: mail.id,
        name: 'z.csv',
        sentAt: null,
        bytes: csv(rowOf('1')),
      }
      await store(
        pool,
        Array.from({ length: 25 }, () => file),
        new Date(),
      )
      expect(await db.orderFile.count({ where: { fileName: 'z.csv', state: 'waiting' } })).toBe(25)
      expect(await state()).toEqual({ state: 'recognised', reason: mail.reason })
      await db.orderFile.updateMany({ where: { fileName: 'z.csv' }, data: { bytes: MOST_OPEN_BYTES / 25 } })
      await store(pool, [{ ...file, name: 'over.csv' }], new Date())
      await store(pool, [{ ...file, name: 'other.csv', shopId: newId() }], new Date())
      expect(await db.orderFilePart.count()).toBe(25)
      expect(await state()).toEqual({
        state: 'unreadable',
        reason:
          '注文ファイル「over.csv」を取り込みませんでした。読み取りを待っている注文ファイルが多すぎます。終わってから取り込んでください。' +
          '注文ファイル「other.csv」を取り込みませんでした。店舗が注文ファイルで取り込む設定ではなくなりました。',
      })
    })
  },
)
