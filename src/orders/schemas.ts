import { z } from 'zod'
import { documentOnly } from '../http/answers.ts'
import {
  AskedTime,
  CommaList,
  CutLater,
  DryRun,
  Id,
  NextCursor,
  pageQuery,
  QueryFlag,
  Time,
  WasDryRun,
  wholeQuery,
} from '../http/schemas.ts'
import { NormalisedOrder } from '../marketplaces/port/order.ts'
import { keysOf } from '../platform/narrow.ts'
import { isStorableTime } from '../platform/storable.ts'
import { MarketplaceNameSchema } from '../shops/shops/shop-schemas.ts'
import { ChangeState, OrderStatus } from '../shops/terms.ts'
import { LONGEST_POSITION } from './hand-over/position.ts'
import { listedFields, OF_THE_MALL } from './store/columns.ts'
import { APPLY_MODES } from './store/content.ts'

const detail = NormalisedOrder.nullable().describe(
  'The whole order (受注詳細); null when it was removed at the end of the retention time, or cannot be read (see detailMissing)',
)

const detailMissing = z
  .enum(['purged', 'erased', 'unreadable'])
  .nullable()
  .describe('Why detail is null: purged 保存期間満了, erased 消去請求により消去済み, unreadable 復号不可')

export const OrderLabels = z
  .object({
    status: z.string().describe('受注ステータス'),
    changeState: z.string().describe('サイト変更の状態'),
    mallState: z.string().describe('モール側の状態'),
    paymentKind: z.string().nullable().describe('支払方法区分'),
    holds: z.array(z.string()).describe('In the order of `holds` (出荷保留)'),
    flags: z.array(z.string()).describe('In the order of `flags` (注意マーク)'),
  })
  .meta({ id: 'OrderLabels', description: 'What the codes of the order say, in Japanese (コードの表示名)' })

const summaryFields = {
  ...listedFields,
  mallStatusCode: z.string().describe('The mall’s own status code (モールステータス)'),
  mallSubStatusCode: z.string().nullable().describe('The mall’s sub-status code (サブステータス)'),
  labels: OrderLabels,
}

export const OrderSummary = z
  .object(summaryFields)
  .meta({ id: 'OrderSummary', description: 'Order without its detail (受注)' })

const onHoldReason = z
  .string()
  .nullable()
  .describe('Why staff put it on 保留; null when nobody said, and once it left (保留の理由)')

export const OrderWithDetail = z
  .object({ ...summaryFields, onHoldReason, detail, detailMissing })
  .meta({ id: 'Order', description: 'Order with its detail (受注)' })

const SORT_KEYS = [
  'number',
  'marketplace',
  'item',
  'quantity',
  'amount',
  'paymentKind',
  'deliveryMethod',
  'wishedOn',
  'shipBy',
] as const
export type SortKey = (typeof SORT_KEYS)[number]

export const OrderSort = z.enum([
  ...(['newest', 'oldest', ...SORT_KEYS] as const),
  ...SORT_KEYS.map((key) => `-${key}` as const),
])

const Day = z.iso.date({ error: '日付を 2026-01-31 の形で指定してください。' }).optional()
const Yen = z.coerce.number().int().min(0).max(2_000_000_000).optional()

const SearchText = z.string().trim().min(1).max(200).optional()

/** Filters since 1.0.0, behind all others: generated methods take parameters by position. */
export const newerFilters = {
  cancelledAtMall: QueryFlag.optional().describe(
    'true: only what the mall cancelled and what is neither shipped, completed nor cancelled here, false: only the others (モール取消)',
  ),
  note: SearchText.describe(
    'Words of the shop’s memo as they stand there, up to four neighbours of its first sixty words (店舗メモ)',
  ),
  onHoldTo: Day.describe('On 保留 until this day in Japan or an earlier one (保留の期日の終了)'),
  dueOn: Day.describe(
    'With `total`: also count them by their deadline for shipping, beside this day in Japan (発送期限ごとの件数の基準日)',
  ),
  toShip: QueryFlag.optional().describe(
    'true: only orders of which something has still to leave, 1 of 2 recipients too, false: only those that have left whole (未出荷の送付先がある)',
  ),
}

/** Filters since 1.2.0, behind those and what else 1.1.0 had at each list. */
export const latestFilters = {
  shipBy: z
    .enum(['none', 'some'])
    .optional()
    .describe(
      'none: only orders without a deadline for shipping, some: only those with one (発送期限の有無)',
    ),
}

const OrderFilters = z.strictObject({
  status: OrderStatus.optional(),
  statuses: CommaList(OrderStatus, 8).describe('Any of these, with commas between them (ステータス、複数)'),
  ids: CommaList(Id, 500).describe(
    'These orders, up to 500 ids with commas between them; what is not there or of others is left out (受注ID、複数)',
  ),
  pullId: Id.optional().describe('Handed over in this batch (取込バッチID)'),
  updatedSince: AskedTime.optional().describe(
    'The feed told of it from this time on: imported, pulled, moved, edited, marked, changed by the mall or a site change. At most 30 days ago, as the feed is kept; later than a restore of the database, which begins the feed anew (更新日時の開始)',
  ),
  shopId: Id.optional().describe('Only this shop (店舗)'),
  marketplace: MarketplaceNameSchema.optional(),
  changeState: ChangeState.optional(),
  number: z.string().trim().min(1).max(100).optional().describe('Begins like this (受注番号の前方一致)'),
  numberEnd: z.string().trim().min(2).max(100).optional().describe('Ends like this (受注番号の後方一致)'),
  tracking: z
    .enum(['none', 'some'])
    .optional()
    .describe('none: only orders without a tracking number, some: only those with one (送り状番号の有無)'),
  hold: QueryFlag.optional().describe('true: only what must not ship yet, false: only the others (出荷保留)'),
  paymentKind: z.string().trim().min(1).max(60).optional().describe('支払方法区分'),
  q: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .describe(
      'Whatever a person typed: orders whose number begins or ends so, whose buyer or a recipient is called so, whose phone (all digits or the last four) or mail address it is, with a parcel of this tracking number, or with it in an item’s name or code, or as words of the shop’s memo (検索文字)',
    ),
  name: SearchText.describe(
    'Whole family name, given name or both, of buyer or a recipient, in kanji or kana; 吉 finds 𠮷 too (注文者・送付先の氏名)',
  ),
  buyer: SearchText.describe('Whole family name, given name or both, in kanji or kana (注文者名)'),
  phone: SearchText.describe('All digits, or the last four; of buyer or recipient (電話番号)'),
  email: SearchText.describe('Whole mail address (メールアドレス)'),
  mark: z
    .string()
    .regex(/^[a-z0-9_:]{1,60}$/, {
      error: 'マークのコードを指定してください。コードは GET /v1/marks で確認できます。',
    })
    .optional()
    .describe('Only orders with this mark, a code of GET /v1/marks (マーク)'),
  item: SearchText.describe('Part of an item’s name or code (商品名・商品コード)'),
  shipByFrom: Day.describe('Must ship on this day in Japan or later (発送期限の開始)'),
  shipByTo: Day.describe('… and on this day or earlier (発送期限の終了)'),
  wishedFrom: Day.describe('A recipient wishes for this day or a later one (お届け希望日の開始)'),
  wishedTo: Day.describe('… the earliest of them on this day or earlier (お届け希望日の終了)'),
  prefecture: SearchText.describe('Prefecture of a recipient, whole (都道府県)'),
  amountFrom: Yen.describe('Billed yen at least (請求金額の下限)'),
  amountTo: Yen.describe('… and at most (請求金額の上限)'),
  deliveryMethod: SearchText.describe('The mall’s name of the delivery method, whole (配送方法)'),
  labelled: QueryFlag.optional().describe(
    'true: only orders of which a carrier’s file was written, false: only the others (送り状の出力済み・未出力)',
  ),
  from: AskedTime.optional().describe('Ordered from this time on (注文日時の開始)'),
  to: AskedTime.optional().describe('… and before this time (注文日時の終了)'),
  total: QueryFlag.optional().describe('true: count all that match (件数を数える)'),
  sort: OrderSort.default('newest').describe(
    'newest, oldest: by order time. By other fields, with `-` from the highest on and without a value last, as conditions without an index: beside a status before shipping, 31 days of from and to, or a name, phone, mail address, ids, pullId or hold=true. A cursor goes with the order it was made in (並び順)',
  ),
  detail: QueryFlag.optional().describe('true: each order with its detail (詳細を含める)'),
  ...pageQuery(1_000),
  ...newerFilters,
})

const TOP = [...keysOf(summaryFields), 'onHoldReason', 'detail', 'detailMissing']
const OF_DETAIL = keysOf(NormalisedOrder.shape).map((name) => `detail.${name}`)

/** Fields of an order that are wanted, for clients that read JSON by themselves. */
const fieldsOf = (names: readonly string[]) =>
  CommaList(z.enum(names), names.length).describe(
    'Only these fields of each order, and `id`, with commas between them: `orderNumber,status,detail.items`. Not for generated clients, which expect all (項目の指定)',
  )

export const OrderQuery = OrderFilters.extend({
  fields: fieldsOf([...TOP, ...OF_DETAIL]),
  ...latestFilters,
})

export const OneOrderQuery = z.strictObject({ fields: fieldsOf([...TOP, 'edits', ...OF_DETAIL]) })

/** An order with the wanted fields alone; of its detail those that are named `detail.…`. */
export function withFields<T extends { id: string; detail?: object | null | undefined }>(
  order: T,
  fields: readonly string[] | undefined,
): T {
  if (fields === undefined) return order
  const inDetail = fields.flatMap((name) =>
    name.startsWith('detail.') ? [name.slice('detail.'.length)] : [],
  )
  const isPart = inDetail.length > 0 && !fields.includes('detail')
  const detail = isPart && order.detail ? without(order.detail, inDetail) : order.detail
  return without({ ...order, ...(isPart ? { detail } : {}) }, [
    'id',
    ...fields,
    ...(isPart ? ['detail'] : []),
  ])
}

/** A copy without all but these. */
function without<T extends object>(whole: T, kept: readonly string[]): T {
  const copy = { ...whole }
  for (const name of Object.keys(copy)) if (!kept.includes(name)) Reflect.deleteProperty(copy, name)
  return copy
}

export const OrderList = documentOnly(
  z.object({
    orders: z
      .array(
        z.object({
          ...summaryFields,
          onHoldReason: onHoldReason.optional(),
          detail: detail.optional(),
          detailMissing: detailMissing.optional(),
        }),
      )
      .describe('In the order of `sort`, newest first unless it says else (並び順)'),
    nextCursor: NextCursor,
    total: z
      .int()
      .nullable()
      .describe('Orders that match, 10,000 when there are that many or more; null when not asked for (件数)'),
    totalIsCapped: z.boolean().describe('There are more than `total` says (上限超過)'),
    due: z
      .object({
        late: z.int().describe('Deadline before that day (期限切れ)'),
        today: z.int().describe('On that day (当日)'),
        later: z.int().describe('After it (翌日以降)'),
      })
      .nullable()
      .describe('Of those counted in `total`, by deadline; null without `dueOn` (発送期限ごとの件数)'),
  }),
)

const DeskName = z
  .string()
  .min(1)
  .max(40)
  .regex(/^\S+$/)
  .refine((name) => !/\p{C}/u.test(name), '表示できる文字で指定してください。')
  .describe(
    'Consumer whose batches are numbered, 1 to 40 visible characters. Left out: the one of `after`, or of the API key (取込先)',
  )

const Position = z.string().max(LONGEST_POSITION)

const StagedSelection = {
  shopId: Id.optional().describe('Only this shop (店舗)'),
  marketplace: MarketplaceNameSchema.optional(),
  limit: z.int().min(1).max(1_000).default(1_000).describe('Orders at most (件数)'),
}

export const PullRequest = z
  .strictObject({
    after: Position.nullable()
      .optional()
      .describe(
        '`position` of the last batch that the client has stored; null before the first one (保存済みの位置)',
      ),
    desk: DeskName.optional(),
    ...StagedSelection,
    dryRun: DryRun,
  })
  .describe('Behind which batch, and which orders a new batch takes; all when empty (取込対象)')

const OfDesk = {
  desk: z
    .string()
    .nullable()
    .describe('Desk that the batch is of; null for one that was made under a key (取込先)'),
  number: z.int().nullable().describe('Number of the batch at its desk (取込番号)'),
}

export const PullAnswer = documentOnly(
  z
    .object({
      pullId: Id.describe(
        'The batch, for GET /v1/pulls/{id}; one without orders, or of a `dryRun`, is not kept (取込バッチID)',
      ),
      ...OfDesk,
      since: Position.nullable().describe(
        'Position that the batch begins behind: `after`, or behind a restore of the server where the histories part (開始位置)',
      ),
      position: Position.nullable().describe(
        'Position behind the batch: store it together with the orders, and send it as `after` next. The same as `since` when there was nothing (次の位置)',
      ),
      pulledAt: Time.describe('When the batch was made (受注取込日時)'),
      orders: z.array(OrderWithDetail).describe('Oldest first (注文日時の古い順)'),
      remaining: z
        .int()
        .describe('Orders of the same selection that were left when the batch was made (残り件数)'),
      withheld: z
        .int()
        .optional()
        .describe(
          'Only under an `Idempotency-Key`, where there are any: orders in 自動受注取込 of malls that release 1.0.0 did not have, which a ' +
            'client of its document cannot read. `after`, or `marketplace` with their mall, hands them over (旧形式では渡せない件数)',
        ),
      replayed: z
        .boolean()
        .describe(
          'The batch was there already: the client is behind the last one, its key was used before, or it was asked for by its id (再送)',
        ),
      dryRun: WasDryRun,
    })
    .meta({ id: 'Pull', description: 'A batch that was handed over (受注取込の結果)' }),
)

export const AcceptRequest = z
  .strictObject(StagedSelection)
  .describe('Which staged orders to move; all when empty (取込対象)')

const DeskFields = {
  desk: z.string().describe('Its name; `key:` and an id for the own one of an API key (取込先)'),
  keyName: z.string().nullable().describe('Name of that API key (API キーの名前)'),
  lastAskedAt: Time.describe('Last pull, to the minute (最終取込依頼日時)'),
}

export const AcceptAnswer = z.object({
  orders: z
    .array(
      z.object({
        orderId: Id,
        orderNumber: z.string().describe('受注番号'),
        version: z.int().describe('Version after the move (版)'),
      }),
    )
    .describe('Moved orders, oldest first (移動した受注)'),
  remaining: z.int().describe('Staged orders of the same selection that are left (残り件数)'),
  desks: z
    .array(z.object(DeskFields))
    .describe('Programs that take orders over; each order reaches one of them later (取込先)'),
})

export const ListedDesk = z
  .object({
    ...DeskFields,
    number: z.int().describe('Number of its last batch; 0 before the first (最後の取込番号)'),
    position: Position.describe(
      'Behind its last batch: a client that wants no older batches begins here (最後の位置)',
    ),
    begunAt: Time.describe('First pull (開始日時)'),
    id: Id.describe('For `PATCH /v1/desks/{id}` (取込先ID)'),
    confirmed: z
      .int()
      .describe(
        'Last batch that its client is known to have stored, since it asked behind it; below `number` while a batch is on its way (受け取りを確認できた取込番号)',
      ),
    mayBeShared: z
      .boolean()
      .describe(
        'Clients came from behind each other three times or more within a day: two programs may use this desk (複数のプログラムで共用している可能性)',
      ),
    closedAt: Time.nullable().describe('When it was taken out of use; null: it is in use (使用停止日時)'),
  })
  .meta({ id: 'Desk', description: 'A program that takes orders over (取込先)' })

export const DeskQuery = z.strictObject({
  // Parameters of release 1.1.0 first: generated clients take them in their order.
  ...wholeQuery,
  inUse: QueryFlag.optional().describe('false: those out of use; left out: those in use (使用中)'),
})

export const DeskPatch = z
  .strictObject({
    inUse: z.boolean().describe('false: nothing is handed over to it; true: it goes on (使用する)'),
  })
  .meta({ examples: [{ inUse: false }] })

export const DeskList = z.object({
  desks: z.array(ListedDesk).describe('In the order in which they began (開始順)'),
  nextCursor: CutLater,
})

export const PullQuery = z.strictObject({
  from: AskedTime.optional().describe('Made from this time on (取込日時の開始)'),
  to: AskedTime.optional().describe('… and before this time (取込日時の終了)'),
  ...pageQuery(),
})

export const PullList = z.object({
  pulls: z
    .array(
      z.object({
        pullId: Id.describe('For `GET /v1/pulls/{id}` and `GET /v1/orders?pullId=` (取込バッチID)'),
        pulledAt: Time.describe('When the batch was made (受注取込日時)'),
        orderCount: z.int().describe('Orders that it handed over (件数)'),
        remaining: z.int().describe('Orders that were left then (残り件数)'),
        ...OfDesk,
      }),
    )
    .describe('Newest first; pulls that took nothing are not kept (新しい順)'),
  nextCursor: NextCursor,
})

export const Timeline = z.object({
  events: z
    .array(
      z.object({
        id: Id,
        at: Time,
        kind: z
          .string()
          .describe(
            'mail_seen メール受信, staged 取込, pulled 受注取込, refreshed 再確認, cancelled_at_mall モール側キャンセル, ' +
              'reopened_at_mall キャンセル取消, changed_at_mall モール側変更, taken_back_at_mall 発送の取消, edited 編集, moved 移動, reimported 再取込, ' +
              'change_requested サイト変更依頼, change_sent 送信, change_answered モールの回答, change_read 反映確認, change_waiting 待機, ' +
              'change_succeeded 成功, change_warning 警告, change_failed 失敗, change_retried 再実行, change_dismissed 確認済み, ' +
              'taken_over サイト変更の内容の反映; what it waited for before it was staged: attempt_failed 問い合わせ失敗, waited_lane_closed モール停止, waited_attention 要対応, ' +
              'waited_disabled 店舗停止, waited_quota 回数制限; … (出来事)',
          ),
        label: z.string().describe('The same for staff, Japanese (説明)'),
        actor: z
          .string()
          .describe(
            'mail, worker, operator, key:<API key id>, staff:<account id> or rule:<code of a rule of 自動仕分け> (実行者)',
          ),
        actorName: z
          .string()
          .describe('The same for staff, Japanese; an API key and a person by their names (実行者名)'),
        data: z
          .record(z.string(), z.unknown())
          .describe('Facts, nothing of a person; `onHoldDate` of a move to or out of 保留 is its day (内容)'),
        reason: z
          .string()
          .nullable()
          .describe('Of a move to or out of 保留: what staff wrote; it goes with the content (保留の理由)'),
      }),
    )
    .describe('Oldest first (古い順)'),
  nextCursor: NextCursor,
})

const Path = z.string().describe('JSON pointer in the detail: `/recipients/0/person/phone` (項目)')

const value = (what: string) => z.unknown().optional().describe(what)

const EditsByPath = z
  .record(
    z.string(),
    z.object({
      mall: value('As the mall gave it (モールの値)'),
      edited: value('As staff wrote it (編集後の値)'),
      at: Time.describe('編集日時'),
      by: z.string().describe('key:<API key id> (編集者)'),
    }),
  )
  .describe('What staff edited, by JSON pointer, with the mall’s value beside it (編集内容)')

export const OrderWithEdits = documentOnly(
  z
    .object({ ...OrderWithDetail.shape, edits: EditsByPath })
    .meta({ id: 'OrderWithEdits', description: 'Order with its detail and its edits (受注と編集内容)' }),
)

export const OrderPatch = z
  .strictObject(
    Object.fromEntries(
      Object.entries(NormalisedOrder.shape).map(([name, field]) => {
        const description = (field as z.ZodType).description ?? name
        return [
          name,
          z
            .unknown()
            .optional()
            .meta({ description, ...(OF_THE_MALL.has(name) ? { readOnly: true } : {}) }),
        ]
      }),
    ),
  )
  .describe('JSON merge patch of the detail; lists are replaced whole, null empties a field (編集内容)')

export const MoveOrders = z
  .strictObject({
    orderIds: z.array(Id).min(1).max(1_000).describe('Orders (受注ID)'),
    to: OrderStatus,
    ifVersions: z
      .record(Id, z.int())
      .optional()
      .describe('Move only when each of these orders has this version (受注IDごとの版)'),
    onHoldReason: z
      .string()
      .trim()
      .max(200)
      .optional()
      .describe(
        'With `to` on_hold: why, for colleagues; kept encrypted, and no longer than the order’s content; empty: none (保留の理由)',
      ),
    onHoldDate: z.iso
      .date({ error: '日付を 2026-01-31 の形で指定してください。' })
      .refine(isStorableTime, '1900年以降の日付を指定してください。')
      .optional()
      .describe(
        'With `to` on_hold: the day in Japan on which the orders come up again, as `onHoldDue` of GET /v1/board and by `onHoldTo` of GET /v1/orders. ' +
          'An order that is on hold already gets this reason and this day in place of its own as soon as one of the two is named (保留の期日)',
      ),
    restoreOnHold: z
      .literal(true)
      .optional()
      .describe(
        'With `to` on_hold, in place of the two: each order gets the reason and the day with which it last left 保留 (元の理由と期日に戻す)',
      ),
    dryRun: DryRun,
  })
  .describe('Which orders go where (移動の指定)')

export const MoveResult = z
  .object({
    orders: z
      .array(
        z.object({
          orderId: Id,
          result: z.enum(['moved', 'already']).describe('moved 移動した, already 既にそのステータス (結果)'),
          from: OrderStatus,
          version: z.int().describe('Version that it has now (版)'),
        }),
      )
      .describe('As they were asked for; with `dryRun` what would become of them (受注ごとの結果)'),
    dryRun: WasDryRun,
  })
  .meta({ id: 'OrdersMoved', description: 'What was moved (移動の結果)' })

const Apply = z
  .enum(APPLY_MODES)
  .describe(
    'all モールの内容にすべて置き換え, mall-wins モール変更を優先し他の編集は残す, keep-edits 編集を優先, none 差分の確認だけ (反映方法)',
  )

export const ReimportOrders = z
  .strictObject({ orderIds: z.array(Id).min(1).max(500).describe('Orders (受注ID)'), apply: Apply })
  .describe('Which orders to read again, and what to take over (再取込の指定)')

export const ReimportAccepted = z
  .object({
    reimportId: Id.describe('For GET /v1/reimports/{id} (再取込ID)'),
    orders: z
      .array(z.object({ orderId: Id, requestId: Id.describe('Its import request (取込要求ID)') }))
      .describe('受注ごとの取込要求'),
  })
  .meta({ id: 'ReimportAccepted', description: 'What was begun (再取込の受付)' })

export const ReimportAnswer = documentOnly(
  z
    .object({
      id: Id,
      apply: Apply,
      requestedAt: Time.describe('受付日時'),
      orders: z
        .array(
          z.object({
            orderId: Id,
            requestId: Id.describe('Its import request (取込要求ID)'),
            state: z
              .enum(['waiting', 'done', 'failed'])
              .describe('waiting 待機中, done 完了, failed 失敗 (状態)'),
            outcome: z.string().nullable().describe('Why it waits or failed (コード)'),
            message: z.string().nullable().describe('The same for staff, Japanese (説明)'),
            finishedAt: Time.nullable().describe('完了日時'),
            versionBefore: z
              .int()
              .nullable()
              .describe('Readable at `GET /v1/orders/{id}/versions/{number}` (以前の版)'),
            versionAfter: z
              .int()
              .nullable()
              .describe('The same as before when nothing was applied (現在の版)'),
            differences: z
              .array(
                z.object({
                  path: Path,
                  kind: z
                    .enum(['mall', 'here', 'both'])
                    .describe('mall モール側で変更, here こちらで編集, both 両方 (種別)'),
                  mallBefore: value('The mall’s value when it was imported (以前のモールの値)'),
                  mallNow: value('The mall’s value now (現在のモールの値)'),
                  here: value('The value here before the re-import (こちらの値)'),
                  applied: z.enum(['mall', 'here']).describe('Whose value it has now (反映した値)'),
                }),
              )
              .nullable()
              .describe('Field by field; null until the mall has answered (差分)'),
          }),
        )
        .describe('受注ごとの結果'),
    })
    .meta({ id: 'Reimport', description: 'A re-import and its differences (再取込の結果)' }),
)

const version = {
  number: z.int().describe('版'),
  endedBy: z.string().describe('edited 編集, reimported 再取込: what made the next version (次の版の理由)'),
  actor: z.string().describe('key:<API key id> or staff:<account id> (実行者)'),
  actorName: z.string().describe('The same for staff, by name (実行者名)'),
  endedAt: Time.describe('Until when it was the current one (終了日時)'),
}

export const OrderVersionList = z.object({
  versions: z.array(z.object(version)).describe('Newest first (新しい順)'),
  nextCursor: CutLater,
})

export const OrderVersionAnswer = documentOnly(
  z
    .object({ ...version, detail: NormalisedOrder, edits: EditsByPath })
    .meta({ id: 'OrderVersion', description: 'An order as it was before (以前の版)' }),
)
