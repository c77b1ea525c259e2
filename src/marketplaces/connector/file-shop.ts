import { z } from 'zod'
import { answered } from '../kit/changes/plans.ts'
import { rejected } from '../kit/failures.ts'
import type { FileShop } from '../order-files/form.ts'
import type { FileShopRules, Marketplace } from '../port/marketplace.ts'
import type { MarketplaceSession, MarketplaceTools, ShopContext } from '../port/session.ts'
import { changeRules } from './changes/index.ts'
import { Capabilities, Order } from './contract.ts'
import { CONNECTOR } from './facts.ts'
import { toOrder } from './orders.ts'

/** A shop whose orders come as files: without list, fetch and push; its shipments leave as a file. */

const BY_FILE = 'この店舗の受注は注文ファイルで取り込みます。カートから出力したファイルを取り込んでください。'

export function fileMarketplace(
  general: Marketplace<unknown>,
  { label, form }: FileShop,
): Marketplace<unknown> {
  const names = { ...CONNECTOR, label }
  const can = Capabilities.parse({
    contract: '1',
    shop: { code: '-', name: label },
    actions: [
      {
        action: 'ship',
        preconditions:
          'カートには送信しません。発送した受注は追跡番号CSVに載り、カートの管理画面で取り込みます。',
      },
    ],
    carriers: Object.entries(form.shipped.carriers).map(([carrier, code]) => ({ carrier, code })),
  })
  const { push: _none, ...rest } = general
  return {
    ...rest,
    label,
    byFile: { parse: (value, shopCode) => parseOrder(value, shopCode, can) },
    credentials: z.object({}),
    credentialFields: [],
    limits: { fetchBatch: 100, listWindowDays: 31, historyDays: 3_650, freshBy: 'list' },
    changes: changeRules(names, can),
    open: openFileSession,
  }
}

function openFileSession(_shop: ShopContext<unknown>, tools: MarketplaceTools): MarketplaceSession {
  return {
    changes: { applyStep: async () => answered('applied', null) },
    /** Between two files nothing is known of an order but its stored content. */
    async *fetchOrders(numbers) {
      const here = (await tools.stored?.(numbers)) ?? new Map()
      for (const orderNumber of numbers) {
        const found = here.get(orderNumber)
        yield found
          ? { kind: 'found' as const, orderNumber, ...found }
          : { kind: 'skipped' as const, orderNumber, reason: BY_FILE }
      }
    },
    async listOrders() {
      throw rejected('ORDERS_BY_FILE', BY_FILE)()
    },
    checkCredentials: async () => ({ messages: [BY_FILE], expiries: [] }),
  }
}

/** Rows of a file make the same order as an answer of a server does. */
function parseOrder(value: object, shopCode: string, can: Capabilities): ReturnType<FileShopRules['parse']> {
  const parsed = Order.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return { ok: false, reason: `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}` }
  }
  return {
    ok: true,
    toOrder(state) {
      const order = toOrder({ ...parsed.data, state }, shopCode, can)
      const { revision: _own, ...mallFields } = order.mallFields
      return { ...order, mallFields }
    },
  }
}
