import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../../sandbox/demo/client.ts'
import { enterDemo, hasBrowser, LEFT_OUT, type Rig, readApi, seriousFindings, startRig } from './rig.ts'

/** リハーサル as its owner meets it: begun, looked at, compared with a file, and ended. */

interface Shop {
  shopId: string
  name: string
  changing: number
}
type Order = { id: string; shopId: string; orderNumber: string; mallState: string }
type Change = { state: string; code: string | null }

describe.skipIf(!hasBrowser)(`a rehearsal on the board${LEFT_OUT}`, () => {
  let rig: Rig
  beforeAll(async () => {
    rig = await startRig()
  })
  afterAll(async () => {
    await rig?.close()
  })

  test('tells what would have been sent and what differs, and sends nothing until it is ended', async () => {
    const { orders } = await readApi<{ orders: Order[] }>(rig, '/orders?limit=100')
    const order = orders.find(({ mallState }) => mallState === 'open')
    if (!order) throw new Error('no order is open')
    const { shopId } = order
    // A rehearsal does not begin while changes are under way.
    const { shops } = await waitFor(
      'a shop without changes',
      () => readApi<{ shops: Shop[] }>(rig, '/board'),
      (board) => board.shops.some((shop) => shop.shopId === shopId && shop.changing === 0),
    )
    const name = shops.find((shop) => shop.shopId === shopId)?.name ?? ''

    const { page, complaints, close } = await enterDemo(rig)
    await page.goto(`${rig.url}/board/shops/${shopId}`)
    const card = page.getByRole('region', { name, exact: true })
    await card.getByRole('button', { name: 'リハーサルを始める' }).click()
    await card.getByText('まだ判断できません').first().waitFor()
    await card
      .getByText(/実施中/)
      .first()
      .waitFor()

    const { siteChanges } = await readApi<{ siteChanges: { id: string }[] }>(rig, '/site-changes', {
      changes: [
        {
          orderId: order.id,
          action: 'ship',
          shippedOn: new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10),
          parcels: [{ carrier: 'yamato', trackingNumber: '400000000056' }],
        },
      ],
    })
    const changed = await readApi<Change>(rig, `/site-changes/${siteChanges[0]?.id}`)
    expect(changed).toMatchObject({ state: 'warning', code: 'REHEARSAL' })
    await page.reload()
    const planned = card.getByRole('table', { name: '送信しなかったサイト変更' })
    await planned.getByRole('rowheader', { name: order.orderNumber }).waitFor()

    const rows = ['受注番号,請求金額', `${order.orderNumber},1`, '999-0001,100']
    await card.getByLabel('受注CSV').setInputFiles({
      name: 'orders.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(rows.join('\r\n')),
    })
    await card.getByRole('button', { name: '比べる' }).click()
    const found = card.getByRole('status').filter({ hasText: '取り込まれていない受注' })
    await found.getByText(/999-0001/).waitFor()
    await card.getByText('問題あり').first().waitFor()
    expect(await seriousFindings(page)).toEqual([])

    await card.getByRole('button', { name: 'リハーサルを終了する' }).click()
    await card.getByRole('button', { name: /もう一度押すと終了し/ }).click()
    await card.getByRole('button', { name: 'リハーサルを始める' }).waitFor()
    const ended = await readApi<{ endedAt: string | null }>(rig, `/shops/${shopId}/rehearsal`)
    expect(ended.endedAt).not.toBeNull()
    expect(complaints).toEqual([])
    await close()
  })
})
