import type { Shop } from '../../generated/prisma/client.ts'
import type { Marketplaces } from '../../marketplaces/index.ts'
import { mallOfShop } from '../../marketplaces/of-shop.ts'
import { MarketplaceFailure } from '../../marketplaces/port/failures.ts'
import type { Marketplace } from '../../marketplaces/port/marketplace.ts'
import type { MarketplaceName } from '../../marketplaces/port/order.ts'
import type { MarketplaceSession, StoredOrder } from '../../marketplaces/port/session.ts'
import { type Lanes, type SharedLane, sharing } from '../../marketplaces/quota/lanes.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { RowSealer, Sealer } from '../../platform/crypto/sealer.ts'
import type { Db } from '../../platform/db/database.ts'
import type { HttpClient } from '../../platform/http/http-client.ts'
import type { Logger } from '../../platform/logger.ts'
import { factsOf } from '../../platform/narrow.ts'
import type { TokenStores } from '../credentials/tokens.ts'
import { shopNotFound } from '../tenants/shop-scope.ts'
import { createHintBook, type MallHint } from './mall-hints.ts'
import { createCallBook } from './rehearsed-calls.ts'

/** The shop as its row says; what is secret in it is sealed. */
export type ShopRow = Pick<Shop, keyof typeof FIELDS>

/** The facts of a shop that its work needs, without its secrets. */
type OpenedShop = Omit<ShopRow, 'settings' | 'sealedCredentials'>

export interface OpenedSession {
  shop: OpenedShop
  marketplace: Marketplace
  session: MarketplaceSession
  inDoubt: SharedLane['inDoubt']
  asQuestion: SharedLane['asQuestion']
  /** Hints in the mall's answers so far, each code once. None of them stops the shop. */
  hints: readonly MallHint[]
  /** Keeps them with the shop, and deletes those the mall took back. Call it when the session is over. */
  saveHints(): Promise<void>
}

export interface ShopSessions {
  /**
   * Opens a session with the shop's mall; nothing is sent yet.
   * @throws AppError NOT_FOUND when there is no such shop
   * @throws MarketplaceFailure `unauthorised` when it has no credentials, or credentials of a shape we no
   * longer know
   */
  open(shopId: string): Promise<OpenedSession>
  /**
   * The same for a caller that has the row already.
   * @throws MarketplaceFailure as `open` does
   */
  openRow(row: ShopRow): OpenedSession
}

export interface SessionTools {
  db: Db
  sealer: Pick<Sealer, 'of'>
  marketplaces: Marketplaces
  http: HttpClient
  clock: Clock
  lanes: Lanes
  tokens: TokenStores
  log: Logger
  /** Reads stored orders, for shops without a server. */
  stored?(
    shop: { id: string; tenantId: string },
    orderNumbers: readonly string[],
  ): Promise<ReadonlyMap<string, StoredOrder>>
}

const FIELDS = {
  id: true,
  tenantId: true,
  marketplace: true,
  code: true,
  enabled: true,
  // To be handed to raiseAttention and clearAttention.
  credentialsVersion: true,
  laneFailures: true,
  laneClosedUntil: true,
  attentionStops: true,
  settings: true,
  capabilities: true,
  sealedCredentials: true,
  rehearsalId: true,
} as const

export function createShopSessions(tools: SessionTools): ShopSessions {
  const sessions: ShopSessions = {
    async open(shopId) {
      const row = await tools.db.shop.findUnique({ where: { id: shopId }, select: FIELDS })
      if (!row) throw shopNotFound()
      return sessions.openRow(row)
    },
    openRow(row) {
      const { sealedCredentials, settings, ...shop } = row
      const marketplace = mallOfShop(tools.marketplaces, shop)
      if (!marketplace) throw unsupported(shop.marketplace)
      const credentials = readCredentials(
        tools.sealer.of(shop.tenantId),
        marketplace,
        shop.id,
        sealedCredentials,
      )
      const book = createHintBook()
      const lane = sharing(tools.lanes, shop.tenantId)
      const calls = shop.rehearsalId === null ? null : createCallBook(tools.http, tools.clock, marketplace)
      const whole = marketplace.open(
        {
          shopId: shop.id,
          shopCode: shop.code,
          credentials,
          settings: factsOf(settings),
          capabilities: shop.capabilities,
        },
        {
          http: calls?.http ?? tools.http,
          clock: tools.clock,
          lane,
          tokens: tools.tokens.forShop(shop, shop.credentialsVersion),
          notice: (hint) => {
            if (!book.add(hint)) return
            const facts = { shopId: shop.id, tenantId: shop.tenantId, marketplace: shop.marketplace }
            tools.log.warn({ ...facts, code: hint.code }, 'the mall gave notice')
          },
          noticeOver: book.over,
          ...(tools.stored ? { stored: (numbers) => tools.stored?.(shop, numbers) ?? NONE_STORED } : {}),
        },
      )
      return {
        shop,
        marketplace,
        session: calls ? readingOnly(whole) : whole,
        inDoubt: lane.inDoubt,
        asQuestion: lane.asQuestion,
        hints: book.hints,
        async saveHints() {
          await book.save(tools.db, shop.id, dateNow(tools.clock))
          if (shop.rehearsalId !== null) await calls?.save(tools.db, shop.rehearsalId)
        },
      }
    },
  }
  return sessions
}

/**
 * リハーサル: what changes anything at the mall is not there, so that no caller can make it by mistake. A method
 * that a mall gets later stays out until it is named here.
 */
const readingOnly = (session: MarketplaceSession): Omit<MarketplaceSession, 'changes' | 'subscribe'> => ({
  fetchOrders: session.fetchOrders.bind(session),
  listOrders: session.listOrders.bind(session),
  checkCredentials: session.checkCredentials.bind(session),
  ...(session.subStatuses ? { subStatuses: session.subStatuses.bind(session) } : {}),
  ...(session.purchaseApplications
    ? { purchaseApplications: session.purchaseApplications.bind(session) }
    : {}),
})

const NONE_STORED = Promise.resolve(new Map<string, StoredOrder>())

/** Parsed again although parsed before storing: an older release may have known another shape. */
function readCredentials(
  sealer: RowSealer,
  marketplace: Marketplace,
  shopId: string,
  sealed: Uint8Array | null,
): unknown {
  if (marketplace.byFile) return {}
  if (sealed === null) throw missingCredentials(marketplace)
  const parsed = marketplace.credentials.safeParse(sealer.openJson(`shop:${shopId}:credentials`, sealed))
  if (parsed.success) return parsed.data
  throw new MarketplaceFailure({
    kind: 'unauthorised',
    code: 'CREDENTIALS_INVALID',
    message: `${marketplace.label}の認証情報に不足または誤りがあります。店舗設定で認証情報を登録し直してください。`,
    renew: parsed.error.issues.map((issue) => issue.path.join('.')).join('、'),
  })
}

const missingCredentials = (marketplace: Marketplace) =>
  new MarketplaceFailure({
    kind: 'unauthorised',
    code: 'CREDENTIALS_MISSING',
    message: `${marketplace.label}の認証情報が登録されていません。店舗設定で登録してください。`,
    renew: marketplace.credentialFields
      .filter((field) => field.required)
      .map((field) => field.label)
      .join('、'),
  })

const unsupported = (name: MarketplaceName) =>
  new MarketplaceFailure({
    kind: 'rejected',
    code: 'MARKETPLACE_NOT_SUPPORTED',
    message: `モール「${name}」にはまだ対応していません。`,
  })
