import { z } from 'zod'
import { operator } from '../http/access.ts'
import type { Routes } from '../http/app-types.ts'
import { operation } from '../http/operation.ts'
import { Time } from '../http/schemas.ts'
import type { Clock } from '../platform/clock.ts'
import { type Cause, decideCauses, type InstallationFacts, type Part as PartName } from './state.ts'

const Part = z
  .object({
    part: z.string().describe('For programs: mailboxes, shops, … (部品)'),
    label: z.string().describe('部品の名前'),
    state: z.enum(['ok', 'warning', 'failed']).describe('ok 正常, warning 要確認, failed 異常'),
    code: z
      .string()
      .nullable()
      .describe(
        'The cause, as the doctor and the metrics name it; null where all is well; NOT_YET: nothing is wrong, and nothing is proven yet (原因のコード)',
      ),
    text: z.string().describe('Japanese: how it stands, and what to do (状況と対応)'),
  })
  .describe('One part of the service (部品ごとの状況)')

const Health = z.object({
  state: z.enum(['ok', 'warning', 'failed']).describe('The worst of the parts (全体の状態)'),
  at: Time.describe('When it was looked at (確認日時)'),
  parts: z.array(Part).describe('部品ごとの状況'),
})

/** The operator's page at a glance; each part says by itself what is wrong with it and what to do. */
export const healthRoutes =
  (deps: { clock: Clock; readInstallation: () => Promise<InstallationFacts> }): Routes =>
  (app) => {
    operation(app, {
      id: 'getServiceHealth',
      at: 'GET /v1/admin/health',
      since: '1.0.0',
      tag: 'operator',
      who: operator('report'),
      cost: 'light',
      summary: 'All parts at a glance (稼働状況)',
      description: 'Of all processes together, as the database shows them. In Japanese, with what to do.',
      answers: { 200: Health },
      run: async () => {
        const facts = await deps.readInstallation()
        const now = deps.clock.now()
        const causes = decideCauses(facts, now)
        return {
          state: causes[0]?.rank ?? ('ok' as const),
          at: new Date(now).toISOString(),
          parts: partsOf(facts, causes),
        }
      },
    })
  }

/** One row a part, with its gravest cause. Without the database it shows only what can be known. */
function partsOf(facts: InstallationFacts, causes: readonly Cause[]): z.infer<typeof Part>[] {
  return WELL.flatMap(([part, label, well]) => {
    const cause = causes.find((one) => one.part === part)
    if (cause) return { part, label, state: cause.rank, code: cause.code, text: cause.text }
    const text = well(facts)
    if (text === null) return []
    const unproven = part === 'backup' && facts.work?.backupAt === null
    return { part, label, state: 'ok' as const, code: unproven ? 'NOT_YET' : null, text }
  })
}

type Well = (facts: InstallationFacts) => string | null
const WELL: readonly (readonly [part: PartName, label: string, well: Well])[] = [
  ['database', 'データベース', ({ database }) => (database === 'ok' ? '応答しています。' : null)],
  ['quiet', '静止モード', ({ work }) => work && '通常どおり動作しています。'],
  [
    'listeners',
    'メール受信',
    ({ work }) => work && `受信プロセス ${work.listeners}、受信箱 ${work.mailboxes}件を受信しています。`,
  ],
  ['mailboxes', '受信箱', ({ work }) => work && '要対応の受信箱はありません。'],
  ['shops', '店舗', ({ work }) => work && `店舗 ${work.shops}件に問題はありません。`],
  ['imports', '取込', ({ work }) => work && '遅れている取込はありません。'],
  ['changes', 'サイト変更', ({ work }) => work && '滞っているサイト変更はありません。'],
  ['webhooks', 'Webhook', ({ work }) => work && '失敗が続いているWebhookはありません。'],
  ['queue', 'キュー', ({ queue }) => (queue === 'ok' ? '応答しています。' : null)],
  ['clock', '時計', ({ work }) => work && '時計は合っています。'],
  [
    'backup',
    'バックアップ',
    ({ work }) =>
      work &&
      (work.backupAt ? '2日以内に実行されています。' : '稼働開始から2日以内で、まだ実行されていません。'),
  ],
]
