import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RakutenSimulator, startRakutenSimulator } from '../../../sandbox/malls/rakuten/index.ts'
import { createRakuten } from '../../../src/marketplaces/rakuten/index.ts'
import { testTools } from '../../support/malls/test-kit.ts'

const SHOP = '123456'
const NEVER = new AbortController().signal

let mall: RakutenSimulator
beforeAll(async () => {
  mall = await startRakutenSimulator({ shops: [{ code: SHOP, name: '見本商店' }], seed: 3 })
})
afterAll(() => mall.close())

function read() {
  const rakuten = createRakuten({ apiUrl: mall.url, requestsPerSecond: 1_000 })
  const credentials = rakuten.credentials.parse(mall.credentialsFor(SHOP))
  const tools = testTools({ clock: mall.clock })
  return rakuten.open({ shopId: 'shop', shopCode: SHOP, credentials }, tools).subStatuses?.(NEVER)
}

it('names each with the status that it belongs to', async () => {
  expect(await read()).toEqual([
    { code: '1001', label: '在庫確認中', mallStatus: { code: '100', name: '注文確認待ち' } },
    { code: '3001', label: '梱包待ち', mallStatus: { code: '300', name: '発送待ち' } },
    { code: '3002', label: '取り寄せ中', mallStatus: { code: '300', name: '発送待ち' } },
  ])
})

it('tells a refused key as such', async () => {
  mall.faults.set([{ kind: 'key-refused', operation: 'getSubStatusList' }])
  await expect(read()).rejects.toMatchObject({ kind: 'unauthorised' })
  mall.faults.clear()
})

it('tells a refused call by what it was for, which is no order', async () => {
  mall.faults.set([{ kind: 'call-error', operation: 'getSubStatusList' }])
  await expect(read()).rejects.toMatchObject({
    kind: 'rejected',
    message: expect.stringMatching(/店舗の情報の取得を.*RMSで店舗の設定とAPIの利用状態を確認してください。$/),
  })
  mall.faults.clear()
})
