import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { shopifyContent } from '../../../sandbox/malls/shopify/mail.ts'
import { recogniseMail } from '../../../src/mail/recognition/judge.ts'
import { parseMail } from '../../../src/mail/recognition/parse-mail.ts'
import { mayMatter } from '../../../src/mail/recognition/shop-rules.ts'
import { recogniseShopifyMail, shopifyMailRules } from '../../../src/marketplaces/shopify/mail.ts'
import { present } from '../../../src/platform/narrow.ts'
import { testMalls } from '../../support/malls/test-malls.ts'
import { SHOP, type ShopifyRig, shopifyRig } from './test-kit.ts'

let rig: ShopifyRig
beforeAll(async () => {
  rig = await shopifyRig()
})
afterAll(() => rig.mall.close())

describe('webhooks', () => {
  const verify = (hook: { headers: Record<string, string>; body: string }, secrets?: string[]) => {
    const push = present(rig.marketplace.push)
    const own = push.secretsOf?.(rig.mall.credentialsFor(SHOP)) ?? []
    const sent = { headers: hook.headers, body: Buffer.from(hook.body), now: 0 }
    return push.verify?.(sent, { code: SHOP, secrets: secrets ?? own })
  }
  const hook = (topic: string, id?: string) => rig.mall.webhook(topic, { name: '#1001', shopCode: SHOP }, id)

  it('name their order: a new one by orders/create, a changed one by the others', () => {
    expect(verify(hook('orders/create', 'w1'))).toEqual({ orders: [{ orderNumber: '1001', id: 'w1' }] })
    expect(verify(hook('orders/updated', 'w2'))).toEqual({
      orders: [{ orderNumber: '1001', id: 'w2', news: 'changed' }],
    })
    expect(verify(hook('products/update'))).toEqual({ orders: [] })
    for (const topic of ['__proto__', 'constructor']) expect(verify(hook(topic))).toEqual({ orders: [] })
  })

  it('signed by any of two secrets count, as Shopify goes on with the old one for an hour', () => {
    const [own = ''] = present(rig.marketplace.push).secretsOf?.(rig.mall.credentialsFor(SHOP)) ?? []
    expect(verify(hook('orders/create', 'w1'), ['another', own])).toMatchObject({
      orders: [{ orderNumber: '1001' }],
    })
  })

  it.each<[string, (hook: { headers: Record<string, string>; body: string }) => object]>([
    ['another body', ({ headers, body }) => ({ headers, body: body.replace('1001', '1002') })],
    ['no digest', ({ headers, body }) => ({ headers: { ...headers, 'x-shopify-hmac-sha256': '' }, body })],
    [
      'a digest in hex',
      ({ headers, body }) => ({ headers: { ...headers, 'x-shopify-hmac-sha256': 'ab'.repeat(32) }, body }),
    ],
  ])('with %s are forged', (_, change) => {
    expect(verify(change(hook('orders/create')) as ReturnType<typeof hook>)).toEqual({ refusal: 'forged' })
  })

  it.each([['another-shop.myshopify.com'], ['mihon-shop.myshopify.com.evil.example'], ['']])(
    'signed by the app’s secret but of the shop %j are forged: shops of one app share it',
    (domain) => {
      const { headers, body } = hook('orders/create')
      expect(verify({ body, headers: { ...headers, 'x-shopify-shop-domain': domain } })).toEqual({
        refusal: 'forged',
      })
    },
  )

  it('another shop’s signature is forged here, and without the header it is a program’s own push', () => {
    expect(verify(hook('orders/create'), ['shpss_other'])).toEqual({ refusal: 'forged' })
    const { 'x-shopify-hmac-sha256': _, ...headers } = hook('orders/create').headers
    expect(verify({ headers, body: '{}' })).toBeNull()
  })
})

describe('mails', () => {
  const mailOf = (text: string, subject = '[見本商店] 星野 小春様が注文#1001を行いました') => ({
    from: ['store+1234567@g.shopifyemail.com'],
    to: ['orders@shop.example'],
    subject,
    text,
    forwarded: [],
  })
  const recognise = (text: string, subject?: string) =>
    recogniseShopifyMail(mailOf(text, subject), shopifyMailRules)

  it.each([
    ['placed', 'new_order'],
    ['cancelled', 'cancelled'],
    ['paid', 'payment'],
    ['changed', 'changed'],
  ] as const)('%s', (type, kind) => {
    const { text, subject } = shopifyContent({ type, order: rig.mall.place() })
    expect(recognise(text, subject)).toMatchObject({
      kind,
      shop: SHOP,
      orderNumbers: [expect.stringMatching(/^\d{4}$/)],
    })
  })

  it.each([
    [
      'Hana placed order #1001 on Nov 20.\nhttps://admin.shopify.com/store/mihon-shop/orders/45',
      ['1001'],
      SHOP,
    ],
    ['注文番号: ＃1002\nhttps://mihon-shop.myshopify.com/admin/orders/45', ['1002'], SHOP],
    ['注文 #1003、#1004', ['1003', '1004'], undefined],
    ['https://mihon-shop.myshopify.com.evil.example/ 注文 #1005', ['1005'], undefined],
    ['色 #333333 color:#abc123', ['333333'], undefined],
  ])('%s', (text, numbers, shop) => {
    const recognition = recognise(text)
    expect(recognition?.orderNumbers).toEqual(numbers)
    expect(recognition?.shop).toBe(shop)
  })

  it.each(['forwarded-inline', 'forwarded-attached'] as const)(
    '%s by a person are read too',
    async (shape) => {
      const malls = testMalls(rig.mall)
      for (const type of ['placed', 'cancelled', 'paid', 'changed'] as const) {
        const order = rig.mall.place()
        const source = composeMail({ type, order }, { to: 'orders@shop.example', charset: 'utf-8', shape })
        const mail = await parseMail(source)
        expect(mayMatter(mail, malls)).toBe(true)
        expect(recogniseMail(mail, malls)).toMatchObject({ shop: SHOP, orderNumbers: [order.orderNumber] })
      }
    },
  )

  it('come from domains that everybody’s trial shop has: they name no shop and are never trusted', () => {
    expect(shopifyMailRules.domains).toBeUndefined()
    expect(shopifyMailRules.sharedDomains).toContain('shopifyemail.com')
  })

  it('reads 256 KiB of signs and slashes in no time', () => {
    const began = performance.now()
    recognise('#'.repeat(100_000) + 'https://admin.shopify.com/store/'.repeat(5_000))
    expect(performance.now() - began).toBeLessThan(1_000)
  })
})
