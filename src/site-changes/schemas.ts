import { z } from 'zod'
import { renamedTo } from '../http/deprecation.ts'
import { DryRun, Id, NextCursor, pageQuery, QueryFlag, Time, WasDryRun } from '../http/schemas.ts'
import { Shipping } from '../marketplaces/port/shipping.ts'
import {
  CHANGE_ACTIONS,
  type ChangeAction,
  ChangeParameters,
  describeActions,
} from '../marketplaces/port/site-changes.ts'
import { StepRecord } from './steps.ts'

const Action = z.enum(CHANGE_ACTIONS).describe(`${describeActions(CHANGE_ACTIONS)} (操作)`)

const OrderId = Id.describe('Order (受注ID)')

const wanted = <A extends ChangeAction>(action: A) =>
  ChangeParameters[action].extend({ orderId: OrderId, action: z.literal(action).describe('操作') })

const [first, ...others] = CHANGE_ACTIONS

export const WantedChange = z
  .discriminatedUnion('action', [wanted(first), ...others.map((action) => wanted(action))])
  .describe('One change of one order; fields as in GET /v1/marketplaces (サイト変更)')
export type WantedChange = z.infer<typeof WantedChange>

export const MOST_CHANGES = 500

export const ChangeRequest = z
  .strictObject({
    changes: z
      .array(WantedChange)
      .min(1)
      .max(MOST_CHANGES)
      .describe('Those of one order run in this order (サイト変更の一覧)'),
    mode: z
      .enum(['all', 'each'])
      .optional()
      .describe(
        'all, also when left out: all are taken or none; each: those without a fault are taken, and `results` says what became of each (all すべてまたはなし, each 1件ずつ)',
      ),
    dryRun: DryRun,
  })
  .describe('Changes to make at the malls (サイト変更の依頼)')

const SITE_CHANGE_STATES = ['queued', 'changing', 'succeeded', 'warning', 'failed'] as const

const SiteChangeState = z
  .enum(SITE_CHANGE_STATES)
  .describe('queued 待機中, changing 変更中, succeeded 成功, warning 警告あり, failed 失敗 (状態)')

const StepAnswer = z
  .object({
    name: StepRecord.shape.name.describe('Name of the call (操作名)'),
    label: StepRecord.shape.label.describe('Japanese (表示名)'),
    state: StepRecord.shape.state.describe(
      'waiting 未送信, sent 送信済み・結果未確認, answered 受付済み, rejected 拒否, applied 反映済み (状態)',
    ),
    sentAt: Time.nullable().describe('送信日時'),
    mallCode: z.string().nullable().describe('The mall’s code (モールのコード)'),
    mallMessage: z.string().nullable().describe('The mall’s own words (モールのメッセージ)'),
  })
  .describe('One call at the mall (モールへの操作)')

export const SiteChangeAnswer = z
  .object({
    id: Id,
    orderId: OrderId,
    orderNumber: z.string().describe('The mall’s order number (受注番号)'),
    shopId: Id.describe('Shop (店舗ID)'),
    action: Action,
    parameters: z
      .record(z.string(), z.unknown())
      .describe('As it was asked for; words are left out after the retention time (変更内容)'),
    state: SiteChangeState,
    code: z.string().nullable().describe('Why it waits or ended like that, for programs (理由コード)'),
    message: z.string().nullable().describe('The same in Japanese (理由)'),
    nextStep: z.string().nullable().describe('What to do now, Japanese (次にすること)'),
    mallCode: z.string().nullable().describe('The mall’s code (モールのコード)'),
    mallMessage: z.string().nullable().describe('The mall’s own words (モールのメッセージ)'),
    waitingFor: z
      .object({
        code: z.string().describe('For programs (コード)'),
        message: z.string().describe('Japanese (説明)'),
        until: Time.nullable().describe('When it goes on at the latest, if that is known (再開予定)'),
      })
      .nullable()
      .describe('Set while it is queued and cannot run now (待機の理由)'),
    steps: z.array(StepAnswer).describe('Empty before the order was read at the mall (操作の進み)'),
    attempts: z.int().describe('Looks without progress (確認回数)'),
    nextAttemptAt: Time.nullable().describe('次回確認予定'),
    deadline: Time.nullable().describe('When it ends with a warning at the latest (確認期限)'),
    actor: z.string().describe('key:<API key id>, staff:<account id>, or import (依頼者)'),
    actorName: z.string().describe('The same for staff, by name (依頼者名)'),
    labels: z
      .object({ action: z.string().describe('操作'), state: z.string().describe('状態') })
      .describe('What the codes say, in Japanese (コードの表示名)'),
    requestedAt: Time.describe('依頼日時'),
    startedAt: Time.nullable().describe('開始日時'),
    finishedAt: Time.nullable().describe('終了日時'),
    dismissedAt: Time.nullable().describe(
      'Seen, or overtaken by a later change that went well (確認済み日時)',
    ),
  })
  .meta({ id: 'SiteChange', description: 'A change to be made at the mall (サイト変更)' })

const WhyNot = z
  .array(
    z.object({
      field: z.string().describe('Path within the request (項目)'),
      message: z.string().describe('What was expected, Japanese (説明)'),
      code: z.string().describe('For programs (コード)'),
    }),
  )
  .describe('Why it is refused (受け付けられない理由)')

export const SiteChangesAccepted = z.object({
  siteChanges: z
    .array(SiteChangeAnswer)
    .describe('In the order of the request; empty for a `dryRun` (依頼順)'),
  changes: renamedTo('siteChanges', z.array(SiteChangeAnswer)),
  dryRun: WasDryRun,
  checked: z
    .array(
      z.object({
        orderId: OrderId,
        action: Action,
        ok: z.boolean().describe('It would be taken; in mode `all` no one is where one is wrong (受付可否)'),
        errors: WhyNot,
        shipping: Shipping.nullable().describe(
          'How the order will have left once a `ship` is done: part of it where a recipient gets no parcel by it; null for other actions, and where it would be refused (発送後の出荷の状態)',
        ),
      }),
    )
    .optional()
    .describe('For a `dryRun`: what would become of each change, in the order of the request (確認結果)'),
  results: z
    .array(
      z.object({
        orderId: z.string().describe('As it was sent (受注ID)'),
        action: z.string().describe('As it was sent (操作)'),
        ok: z.boolean().describe('It was taken (受付結果)'),
        siteChangeId: Id.nullable().describe(
          'Which of `siteChanges` was made of it; null where it was refused, and for a `dryRun` (サイト変更ID)',
        ),
        errors: WhyNot,
      }),
    )
    .optional()
    .describe('In mode `each`: one for each change, in the order of the request (1件ごとの受付結果)'),
  alsoShipped: z
    .array(
      z.object({
        orderId: Id.describe('Order (受注ID)'),
        orderNumber: z.string().describe('受注番号'),
        shippedWith: Id.describe('The order that was asked for (一緒に発送する受注ID)'),
      }),
    )
    .optional()
    .describe(
      'For a `dryRun`: other orders of the parcels that would be shipped, too (同梱で一緒に発送する受注)',
    ),
  notShipped: z
    .array(
      z.object({
        orderId: Id.describe('Order (受注ID)'),
        orderNumber: z.string().describe('受注番号'),
        shippedWith: Id.describe('The order of its parcel that was asked for (同梱の受注ID)'),
        code: z.string().describe('For programs (コード)'),
        message: z.string().describe('Japanese (理由)'),
      }),
    )
    .optional()
    .describe(
      'For a `dryRun`: other orders of the parcels that would not be shipped, and why; without it one that its mall would refuse is among `siteChanges` as `failed` (同梱でも発送しない受注)',
    ),
})

export const SiteChangeQuery = z.strictObject({
  state: SiteChangeState.optional(),
  shopId: Id.optional().describe('Only this shop (店舗)'),
  orderId: Id.optional().describe('Only this order (受注)'),
  action: Action.optional(),
  dismissed: QueryFlag.optional().describe('false: only what nobody has seen yet (確認済みを含めない)'),
  ...pageQuery(),
})

export const SiteChangeList = z.object({
  siteChanges: z.array(SiteChangeAnswer).describe('Newest first (新しい順)'),
  nextCursor: NextCursor,
})
