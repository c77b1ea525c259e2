import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orderChange } from '../../../sandbox/malls/amazon/notifications.ts'
import { arnOf, readNotification } from '../../../src/marketplaces/amazon/notifications.ts'

const FACTS = {
  shopCode: 'A2EXAMPLESELLER',
  orderNumber: '250-5013327-8846201',
  changeType: 'OrderStatusChange',
  status: 'Unshipped',
  at: Date.parse('2026-09-01T01:43:10Z'),
  notificationId: 'n-1',
}

describe('what an ORDER_CHANGE says', () => {
  it.each([
    ['OrderStatusChange', 'Unshipped', 'new'],
    ['OrderStatusChange', 'Shipped', 'changed'],
    ['OrderStatusChange', 'Canceled', 'changed'],
    ['BuyerRequestedChange', 'Unshipped', 'new'],
    ['BuyerRequestedChange', 'PartiallyShipped', 'changed'],
  ])('%s %s is %s', (changeType, status, news) => {
    expect(readNotification(orderChange({ ...FACTS, changeType, status }))).toEqual({
      kind: 'order',
      id: 'n-1',
      shopCode: FACTS.shopCode,
      orderNumber: FACTS.orderNumber,
      news,
      what: `${changeType} ${status}`,
      at: new Date(FACTS.at),
    })
  })

  it('asks for nothing while the payment is not settled, or when it is of another kind', () => {
    expect(readNotification(orderChange({ ...FACTS, status: 'Pending' }))).toMatchObject({ kind: 'other' })
    const other = JSON.stringify({
      NotificationType: 'REPORT',
      NotificationMetadata: { NotificationId: 'x' },
    })
    expect(readNotification(other)).toEqual({ kind: 'other', id: 'x', what: 'REPORT' })
  })

  it.each([
    ['no JSON', 'hello'],
    ['an order number of no order', orderChange({ ...FACTS, orderNumber: '1 or 1=1' })],
    ['no seller', orderChange({ ...FACTS, shopCode: '' })],
    ['no id', orderChange({ ...FACTS, notificationId: '' })],
    ['more than any message holds', `"${'x'.repeat(300_000)}"`],
    ['a list', '[]'],
  ])('cannot be read: %s', (_name, text) => {
    expect(readNotification(text)).toBeNull()
  })

  it('never throws, whatever stands in a field', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (status, when) => {
        const message = JSON.parse(orderChange(FACTS))
        message.Payload.OrderChangeNotification.Summary = status
        message.Payload.OrderChangeNotification.OrderChangeTrigger = when
        message.EventTime = when
        readNotification(JSON.stringify(message))
      }),
    )
  })
})

it('makes the ARN of a queue from its URL', () => {
  expect(arnOf('https://sqs.ap-northeast-1.amazonaws.com/123456789012/orders')).toBe(
    'arn:aws:sqs:ap-northeast-1:123456789012:orders',
  )
  expect(arnOf('https://sqs.ap-northeast-1.amazonaws.com/orders')).toBeNull()
  expect(arnOf('nonsense')).toBeNull()
})
