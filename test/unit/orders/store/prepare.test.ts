import { expect, it } from 'vitest'
import { noRequest, prepareOrder } from '../../../../src/orders/store/stage.ts'
import { sampleOrder, testSealer } from '../../../support/fixtures.ts'

it('makes all texts storable before anything is made of them, and keeps the answer as it came', () => {
  const order = sampleOrder('1')
  const [item] = order.items
  const raw = JSON.stringify({ name: '品\0名\uD83D' })
  const prepared = prepareOrder(
    {
      request: noRequest({ tenantId: 't' }, { id: 'o', orderNumber: '1' }, 'mail'),
      order: {
        ...order,
        items: [{ ...(item as NonNullable<typeof item>), name: '品\0名\uD83D' }],
        notes: { ...order.notes, buyer: '\uDE00玄関\0前' },
      },
      raw,
      rereadAt: undefined,
      revision: null,
      takenBack: [],
    },
    'o',
    testSealer,
  )
  expect([prepared.order.items[0]?.name, prepared.order.notes.buyer]).toEqual(['品名\uFFFD', '\uFFFD玄関前'])
  expect(prepared.columns.itemsText).toContain('品名\uFFFD')
  const own = testSealer.of('t')
  expect(own.openJson('order:o:detail', prepared.detail)).toEqual(prepared.order)
  expect(own.open('order:o:raw', prepared.sealedRaw).toString()).toBe(raw)
})
