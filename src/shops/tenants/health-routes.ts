import type { Pool } from 'pg'
import { z } from 'zod'
import type { Routes } from '../../http/app-types.ts'
import { Time } from '../../http/schemas.ts'
import type { Clock } from '../../platform/clock.ts'
import { japaneseTime } from '../../platform/japan-time.ts'
import { settlesWithin } from '../../platform/timeout.ts'
import type { ReadQueues } from './queue-routes.ts'

const Part = z
  .object({
    part: z.string().describe('For programs: mailboxes, shops, … (部品)'),
    label: z.string().describe('部品の名前'),
    state: z.enum(['ok', 'warning', 'failed']).describe('ok 正常, warning 要確認, failed 異常'),
    text: z.string().describe('Japanese: how it stands, and what to do (状況と対応)'),
  })
  .describe('One part of the service (部品ごとの状況)')

const Health = z.object({
  state: z.enum(['ok', 'warning', 'failed']).describe('The worst of the parts (全体の状態)'),
  at: Time.describe('When it was looked at (確認日時)'),
  parts: z.array(Part).describe('部品ごとの状況'),
})

type Part = z.infer<typeof Part>
type Rank = Part['state']

interface Row {
  listeners: number
  mailboxes: number
  unattended: number
  mailboxAttention: number
  shops: number
  shopAttention: number
  lanesClosed: number
  overdue: number
  changesOld: number
  quietSince: Date | null
}

const QUEUE_MS = 2_000

/** The operator's page at a glance; each part says by itself what is wrong with it and what to do. */
export const healthRoutes =
  (deps: { pool: Pool; clock: Clock; readQueues: ReadQueues }): Routes =>
  (app) => {
    app.get(
      '/health',
      {
        schema: {
          tags: ['operator'],
          operationId: 'getServiceHealth',
          summary: 'All parts at a glance (稼働状況)',
          description: 'Of all processes together, as the database shows them. In Japanese, with what to do.',
          response: { 200: Health },
        },
      },
      async () => {
        const now = new Date(deps.clock.now())
        const { rows } = await deps.pool.query<Row>(HEALTH, [now])
        const queue = await queuePart(deps.readQueues)
        const parts = [...(rows[0] ? partsOf(rows[0]) : []), queue]
        const worst = (['failed', 'warning'] as const).find((rank) =>
          parts.some(({ state }) => state === rank),
        )
        return { state: worst ?? ('ok' as const), at: now.toISOString(), parts }
      },
    )
  }

function partsOf(row: Row): Part[] {
  const part = (name: string, label: string, problem: [Rank, string] | null, well: string): Part => ({
    ...{ part: name, label, state: problem?.[0] ?? 'ok', text: problem?.[1] ?? well },
  })
  return [
    part(
      ...(['quiet', '静止モード'] as const),
      row.quietSince && [
        'failed',
        `${japaneseTime(row.quietSince)}から静止モードです。モールと受信箱に接続していません。本番として再開する場合は npm run ops -- resume を実行し、再起動してください。`,
      ],
      '通常どおり動作しています。',
    ),
    part(
      ...(['listeners', 'メール受信'] as const),
      row.mailboxes > 0 && row.listeners === 0
        ? [
            'failed',
            '受信プロセスが1つも動いていません。ROLES に listener を含むプロセスを起動してください。',
          ]
        : row.unattended > 0
          ? [
              'warning',
              `受信箱 ${row.unattended}件をどのプロセスも受信していません。2分以上続く場合は受信プロセスを増やしてください。`,
            ]
          : null,
      `受信プロセス ${row.listeners}、受信箱 ${row.mailboxes}件を受信しています。`,
    ),
    part(
      ...(['mailboxes', '受信箱'] as const),
      row.mailboxAttention > 0
        ? [
            'warning',
            `要対応の受信箱が${row.mailboxAttention}件あります。npm run ops -- attention で確認してください。`,
          ]
        : null,
      '要対応の受信箱はありません。',
    ),
    part(
      ...(['shops', '店舗'] as const),
      row.shopAttention > 0
        ? [
            'warning',
            `要対応の店舗が${row.shopAttention}件あります。npm run ops -- attention で確認してください。`,
          ]
        : row.lanesClosed > 0
          ? ['warning', `モールの都合で待機中の店舗が${row.lanesClosed}件あります。自動的に再開します。`]
          : null,
      `店舗 ${row.shops}件に問題はありません。`,
    ),
    part(
      ...(['imports', '取込'] as const),
      row.overdue > 0
        ? [
            'failed',
            `予定から10分以上過ぎた取込要求が${row.overdue}件あります。ROLES に worker を含むプロセスが動いているか確認してください。`,
          ]
        : null,
      '遅れている取込はありません。',
    ),
    part(
      ...(['changes', 'サイト変更'] as const),
      row.changesOld > 0
        ? ['warning', `1時間以上終わっていないサイト変更が${row.changesOld}件あります。`]
        : null,
      '滞っているサイト変更はありません。',
    ),
  ]
}

async function queuePart(readQueues: ReadQueues): Promise<Part> {
  const counts = readQueues().catch(() => null)
  const read = await settlesWithin(QUEUE_MS, counts)
  const queues = read ? await counts : null
  const waiting = Object.values(queues ?? {}).reduce((sum, one) => sum + one.waiting, 0)
  return queues
    ? { part: 'queue', label: 'キュー', state: 'ok', text: `待機中の起動通知は${waiting}件です。` }
    : {
        ...{ part: 'queue', label: 'キュー', state: 'warning' },
        text: 'キューが応答しません。取込は続きますが遅くなります。Redis を確認してください。',
      }
}

// What is overdue at shops that may work: others wait for a person or for their mall.
const HEALTH = `
with shop as (
  select s.id, s.attention_code, s.lane_closed_until from shops s join tenants t on t.id = s.tenant_id where t.status = 'active' and s.enabled
), box as (
  select m.id, m.kind, m.lease_owner, m.attention_code from mailboxes m join tenants t on t.id = m.tenant_id where t.status = 'active' and m.enabled
)
select (select count(*) from listeners where alive_until >= $1)::int as listeners, (select count(*) from box)::int as mailboxes,
  (select count(*) from box where kind = 'imap' and not exists (
    select from listeners l where l.id = box.lease_owner and l.alive_until >= $1))::int as unattended,
  (select count(*) from box where attention_code is not null)::int as "mailboxAttention",
  (select count(*) from shop)::int as shops, (select count(*) from shop where attention_code is not null)::int as "shopAttention",
  (select count(*) from shop where lane_closed_until > $1)::int as "lanesClosed",
  (select count(*) from import_requests r join shop s on s.id = r.shop_id where r.state = 'waiting'
    and r.next_attempt_at < $1::timestamptz - interval '10 minutes' and s.attention_code is null and coalesce(s.lane_closed_until, $1) <= $1)::int as overdue,
  (select count(*) from site_changes where state in ('queued', 'changing') and requested_at < $1::timestamptz - interval '1 hour')::int as "changesOld",
  (select made_at from data_steps where name = 'quiet') as "quietSince"`
