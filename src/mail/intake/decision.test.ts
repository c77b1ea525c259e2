import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ListenedMalls } from '../../marketplaces/mails.ts'
import type { MailKind } from '../../marketplaces/port/mail-rules.ts'
import type { Marketplace } from '../../marketplaces/port/marketplace.ts'
import type { MailboxShop, SeenMail } from './batch.ts'
import { decideMail } from './intake.ts'

const fake = (name: 'rakuten' | 'amazon', label: string, ownsOrderNumber: Marketplace['ownsOrderNumber']) =>
  [name, { name, label, shopCodeLabel: '店舗ID', ownsOrderNumber }] as const

const malls = new Map([
  fake('rakuten', '楽天市場', (code, number) => number.startsWith(`${code}-`)),
  fake('amazon', 'Amazon', () => null),
]) as unknown as ListenedMalls

const shop = (id: string, marketplace: MailboxShop['marketplace'], code: string): MailboxShop => ({
  id,
  marketplace,
  code,
})

function mail(
  kind: MailKind,
  orderNumbers: string[],
  more: Partial<SeenMail['recognition']> = {},
  trust: SeenMail['trust'] = 'verified',
): SeenMail {
  const recognition = { marketplace: 'rakuten' as const, kind, orderNumbers, reason: null, ...more }
  return {
    uid: 1,
    size: 1,
    messageId: '',
    subject: '',
    from: [],
    to: [],
    sentAt: null,
    text: '',
    recognition,
    trust,
  }
}

const shops = [shop('r1', 'rakuten', '111111'), shop('r2', 'rakuten', '222222'), shop('a1', 'amazon', 'A1')]

describe('a mail that brings order files', () => {
  const files = [{ name: 'a.csv', bytes: new Uint8Array(1) }]
  const brought = {
    ...mail('notice', [], { marketplace: 'connector', reason: '受け付けました' }),
    from: ['a@cart.example'],
    files,
  }
  const fileShop = (id: string): MailboxShop => ({
    ...shop(id, 'connector', id),
    name: `店${id}`,
    senders: ['a@cart.example'],
    takesFiles: true,
  })

  it.each<[string, MailboxShop[], MailboxShop[], string | RegExp]>([
    ['the one shop that names its sender', [fileShop('1'), ...shops], [], '1'],
    ['none where two do', [fileShop('1'), fileShop('2')], [], /複数の店舗/],
    ['none where one of the two is off', [fileShop('1')], [fileShop('2')], /複数の店舗/],
    ['none where the only one is off', [], [fileShop('1')], /店舗「店1」の自動取込がオフ/],
    ['none where the shop takes none any more', shops, [], /取り込む店舗がなくなった/],
  ])('is for %s', (_name, on, off, found) => {
    const decision = decideMail(brought, on, malls, off)
    if (typeof found === 'string') expect(decision).toMatchObject({ state: 'recognised', fileShopId: found })
    else expect(decision).toMatchObject({ state: 'unreadable', reason: expect.stringMatching(found) })
  })

  it('is the only thing for which a shop counts that is off', () => {
    const off = shop('r1', 'rakuten', '111111')
    const { state, requests } = decideMail(mail('new_order', ['111111-1']), [], malls, [off])
    expect([state, requests]).toEqual(['unreadable', []])
  })
})

describe('decideMail', () => {
  it.each([
    ['new_order', 'import'],
    ['cancelled', 'refresh'],
    ['payment', 'refresh'],
    ['changed', 'refresh'],
  ] as const)('%s asks to %s the order, of the shop in its number', (kind, purpose) => {
    expect(decideMail(mail(kind, ['222222-1']), shops, malls)).toEqual({
      state: 'recognised',
      reason: null,
      requests: [{ shopId: 'r2', orderNumber: '222222-1', purpose }],
      compare: false,
    })
  })

  it.each(['shipped', 'notice'] as const)('%s asks for nothing, whoever owns the number', (kind) => {
    expect(decideMail(mail(kind, ['999999-1']), shops, malls)).toEqual({
      state: 'recognised',
      reason: null,
      requests: [],
      compare: false,
    })
  })

  const named = (orderNumber: string, kind: MailKind) => ({ orderNumber, kind })

  it('asks of each number of a forward what its own part says of it', () => {
    const namedOrders = [
      named('111111-1', 'new_order'),
      named('111111-2', 'shipped'),
      named('222222-3', 'cancelled'),
      named('111111-4', 'new_order'),
      named('111111-4', 'cancelled'),
      named('111111-4', 'changed'),
    ]
    const numbers = [...new Set(namedOrders.map(({ orderNumber }) => orderNumber))]
    expect(decideMail(mail('new_order', numbers, { namedOrders }), shops, malls).requests).toEqual([
      { shopId: 'r1', orderNumber: '111111-1', purpose: 'import' },
      { shopId: 'r2', orderNumber: '222222-3', purpose: 'refresh', additional: true },
      { shopId: 'r1', orderNumber: '111111-4', purpose: 'import', additional: true },
      { shopId: 'r1', orderNumber: '111111-4', purpose: 'refresh', additional: true },
    ])
  })

  it('asks every shop of the mall when numbers do not tell', () => {
    const two = [shop('a1', 'amazon', 'A1'), shop('a2', 'amazon', 'A2'), ...shops.slice(0, 2)]
    const { requests, state } = decideMail(
      mail('new_order', ['250-1'], { marketplace: 'amazon' }),
      two,
      malls,
    )
    expect(state).toBe('recognised')
    expect(requests.map((request) => request.shopId)).toEqual(['a1', 'a2'])
  })

  it('shows a mail with a number that is no shop’s, and asks for its others', () => {
    const decision = decideMail(mail('new_order', ['111111-1', '999999-2']), shops, malls)
    expect(decision.state).toBe('unreadable')
    expect(decision.reason).toMatch(/店舗ID: 111111、222222.*確認/)
    expect(decision.requests).toEqual([{ shopId: 'r1', orderNumber: '111111-1', purpose: 'import' }])
  })

  it('says that the mailbox has no shop of the mall', () => {
    const decision = decideMail(mail('new_order', ['111111-1']), [shop('a1', 'amazon', 'A1')], malls)
    expect(decision.reason).toMatch(/楽天市場の店舗が結び付けられていません.*店舗を追加/)
    expect(decision.compare).toBe(true)
  })

  it('shows a mail without a number, with the reason it was given', () => {
    const decision = decideMail(mail('unknown', [], { reason: '本文がありません。' }), shops, malls)
    expect(decision).toEqual({
      state: 'unreadable',
      reason: '本文がありません。',
      requests: [],
      compare: true,
    })
  })

  it('shows a mail of unknown kind, asks for none of its numbers and has the list read', () => {
    const decision = decideMail(mail('unknown', ['111111-1'], { reason: '種類が不明です。' }), shops, malls)
    expect(decision).toEqual({ state: 'unreadable', reason: '種類が不明です。', requests: [], compare: true })
  })

  const many = Array.from({ length: 50 }, (_, n) => `111111-${n}`)

  it('asks for one number of a stranger’s mail, and has the list read for the others', () => {
    const decision = decideMail(mail('new_order', many, {}, 'unknown'), shops, malls)
    expect(decision).toMatchObject({ state: 'recognised', compare: true })
    expect(decision.reason).toMatch(/先頭の1件だけ/)
    expect(decision.requests).toEqual([{ shopId: 'r1', orderNumber: '111111-0', purpose: 'import' }])
  })

  it('has the list read where a mail named more than was read of it, and only there', () => {
    const decided = (numbers: string[], cut?: true) =>
      decideMail(mail('new_order', numbers, cut ? { cut } : {}), shops, malls).compare
    expect(decided(['111111-1'], true)).toBe(true)
    expect(decided(['111111-1'])).toBe(false)
    expect([decided(many.slice(0, 20)), decided(many.slice(0, 21))]).toEqual([false, true])
  })

  it('asks for some numbers of a believed mail, all but the first behind other mails’ first', () => {
    const { requests, compare } = decideMail(mail('new_order', many), shops, malls)
    expect(compare).toBe(true)
    expect(requests).toHaveLength(20)
    expect(requests.filter((request) => !request.additional)).toHaveLength(1)
  })
})

describe('a mall whose shops count for themselves', () => {
  const mailRules = { senders: ['@cart.example'], sharedDomains: ['cart.example'] }
  const cart = {
    name: 'aupay',
    label: 'カート',
    shopCodeLabel: '店舗ID',
    orderNumberScope: 'shop',
    mailRules,
  }
  const carts = new Map([['aupay', { ...cart, ownsOrderNumber: () => null }]]) as unknown as ListenedMalls
  const cartShop = (id: string, name: string, ...senders: string[]): MailboxShop => ({
    ...shop(id, 'aupay', `code-${id}`),
    name,
    senders,
  })
  const two = [cartShop('a', '星空工房', 'shop@hoshi.example'), cartShop('b', '青空商店', 'shop@ao.example')]
  const asked = (more: Partial<SeenMail>, hint?: string, of: readonly MailboxShop[] = two) => {
    const wanted = mail('new_order', ['#1001'], { marketplace: 'aupay', ...(hint ? { shop: hint } : {}) })
    return decideMail({ ...wanted, ...more }, of, carts)
  }
  const shopsOf = (...given: Parameters<typeof asked>) => asked(...given).requests.map(({ shopId }) => shopId)

  it.each<[string, Partial<SeenMail>, string | undefined]>([
    ['its sender', { from: ['shop@ao.example'] }, undefined],
    ['its recipient', { to: ['shop@ao.example'] }, undefined],
    ['the name in its subject', { subject: '【青空 商店】ご注文 #1001' }, undefined],
    ['the name that the mall reads in it', {}, '青空商店'],
    ['the code that the mall reads in it', { subject: '【青空商店】' }, 'CODE-b'],
  ])('asks the shop of the mail alone, by %s', (_by, more, hint) => {
    expect(asked(more, hint)).toMatchObject({ state: 'recognised', reason: null, compare: false })
    expect(shopsOf(more, hint)).toEqual(['b'])
  })

  it.each<[string, Partial<SeenMail>, string | undefined]>([
    ['nothing names one', { from: ['order@cart.example'] }, undefined],
    ['two are named', { subject: '星空工房と青空商店' }, undefined],
    ['the mall reads a shop that is not here', { from: ['shop@ao.example'] }, '第三の店'],
  ])('asks nobody where %s, and has the lists read', (_why, more, hint) => {
    const { reason, ...decision } = asked(more, hint)
    expect(decision).toEqual({ state: 'recognised', requests: [], compare: true })
    expect(reason).toMatch(/どの店舗の注文か.*照合で取り込みます/)
  })

  it('asks nobody either where one shop is here and nothing names it: the mail may be another one’s', () => {
    expect(shopsOf({}, undefined, two.slice(0, 1))).toEqual([])
    expect(shopsOf({ to: ['SHOP@hoshi.example'] }, undefined, two.slice(0, 1))).toEqual(['a'])
  })

  it('narrows by a sender that shops share, and by the name then', () => {
    const shared = [cartShop('a', '星空工房', '@cart.example'), cartShop('b', '青空商店', '@cart.example')]
    expect(shopsOf({ from: ['no-reply@cart.example'] }, undefined, shared)).toEqual([])
    expect(shopsOf({ from: ['no-reply@cart.example'], subject: '[星空工房]' }, undefined, shared)).toEqual([
      'a',
    ])
  })

  it('names no shop by a sender that all shops of the cart have, though one shop alone entered it', () => {
    const hosted = [cartShop('a', '星空工房', '@cart.example'), cartShop('b', '青空商店')]
    const from = ['no-reply@cart.example']
    expect(shopsOf({ from }, undefined, hosted)).toEqual([])
    expect(shopsOf({ from, subject: '[青空商店]' }, undefined, hosted)).toEqual(['b'])
  })

  it('asks nobody where a whole domain is one shop’s and the subject names two', () => {
    const wide = [cartShop('a', 'ご注文', '@*.example'), cartShop('b', '青空商店')]
    expect(shopsOf({ from: ['shop@ao.example'], subject: '【青空商店】ご注文' }, undefined, wide)).toEqual([])
    const exact = [cartShop('a', 'ご注文', 'shop@ao.example'), cartShop('b', '青空商店')]
    expect(shopsOf({ from: ['shop@ao.example'], subject: '【青空商店】ご注文' }, undefined, exact)).toEqual([
      'a',
    ])
  })

  it('asks nobody where sender and subject name two shops', () => {
    expect(shopsOf({ from: ['shop@ao.example'], subject: '[星空工房] ご注文' })).toEqual([])
  })

  it('never asks one shop for the order of another, however the two are set up', () => {
    const NAMES = ['星空', '星空工房', '青空商店', ''] as const
    const set = fc.record({
      name: fc.constantFrom(...NAMES),
      own: fc.boolean(),
      platform: fc.constantFrom<string[]>([], ['@cart.example'], ['order@cart.example'], ['@*.example']),
    })
    const sent = fc.record({
      of: fc.constantFrom<0 | 1>(0, 1),
      from: fc.constantFrom('own', 'cart'),
      to: fc.constantFrom('own', 'mailbox'),
      titled: fc.boolean(),
      read: fc.constantFrom('name', 'code', 'none'),
    })
    fc.assert(
      fc.property(set, set, sent, (a, b, { of, from, to, titled, read }) => {
        fc.pre(a.name !== b.name)
        const both = [a, b].map(({ name, own, platform }, n) =>
          cartShop(`s${n}`, name, ...(own ? [`shop@own${n}.test`] : []), ...platform),
        )
        const owner = both[of] as MailboxShop
        const { name = '', code } = owner
        const more = {
          from: [from === 'own' ? `shop@own${of}.test` : 'order@cart.example'],
          to: [to === 'own' ? `shop@own${of}.test` : 'orders@mailbox.test'],
          subject: titled ? `【${name}】ご注文 #1001` : 'ご注文 #1001',
        }
        const hint = { name: name || undefined, code, none: undefined }[read]
        const asked = shopsOf(more, hint, both)
        expect(asked.every((id) => id === owner.id)).toBe(true)
      }),
    )
  })
})
