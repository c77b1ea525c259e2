import { japaneseTime } from '../platform/japan-time.ts'
import { untoldWebhooks } from './sql.ts'
import { keepNotices, type NewNotice, type NoticeStoreTools } from './store.ts'

interface Row {
  id: string
  tenantId: string
  name: string
  code: string | null
  since: Date
}

const MOST = 200

/** Tells of webhooks that were switched off because nothing took what they were sent. The number of new notices. */
export async function planWebhooks(tools: NoticeStoreTools & { clock: { now(): number } }): Promise<number> {
  const rows = await tools.db.$queryRaw<Row[]>(untoldWebhooks(MOST))
  return keepNotices(tools, rows.map(noticeOf), new Date(tools.clock.now()))
}

function noticeOf({ id, tenantId, name, code, since }: Row): NewNotice {
  const why =
    code === 'GONE'
      ? '送信先が 410（終了）を返しました。'
      : '送信の失敗が5日間続きました。送信先のシステムが応答していません。'
  return {
    ...{ tenantId, shopId: null, mailboxId: null, webhookId: id, kind: 'attention', threshold: 0 },
    ...{ what: 'WEBHOOK_DISABLED', occursAt: since },
    subject: `Webhook「${name}」の送信を停止しました`,
    text: [
      `Webhook: ${name}`,
      `停止日時: ${japaneseTime(since)}（日本時間）`,
      '',
      why,
      '',
      '■ 対応',
      '送信先を確認し、Webhook を有効に戻してください。停止していた間の変更は、30日以内であれば続きから送信されます。',
    ].join('\n'),
  }
}
