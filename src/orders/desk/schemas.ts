import { z } from 'zod'
import { CutLater, DryRun, Id, Time, WasDryRun } from '../../http/schemas.ts'
import { documentOnly } from '../../http/serializer.ts'
import { NormalisedOrder } from '../../marketplaces/port/order.ts'
import { OrderStatus } from '../../shops/terms.ts'
import { OrderWithDetail } from '../schemas.ts'
import { APPLY_MODES } from '../store/edits.ts'
import { OF_THE_MALL } from './edit.ts'

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
