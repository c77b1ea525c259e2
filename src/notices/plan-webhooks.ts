import { japaneseTime } from '../platform/japan-time.ts'
import { present } from '../platform/narrow.ts'
import { untoldWebhooks } from './sql.ts'
import { insertNotices, type NewNotice, type NoticeStoreTools } from './store.ts'

interface Row {
  id: string
  tenantId: string
  name: string
  code: string | null
  since: Date
}

const MOST = 200

/**
 * Notifies of webhooks that were disabled because deliveries failed, or that were reset. Returns the number
 * of new notices.
 */
export async function planWebhooks(tools: NoticeStoreTools & { clock: { now(): number } }): Promise<number> {
  const rows = await tools.db.$queryRaw<Row[]>(untoldWebhooks(MOST))
  return insertNotices(tools, rows.map(noticeOf), new Date(tools.clock.now()))
}

const REREAD =
  '受信側のシステムで、受注などの一覧を読み直してください（type が reset の通知も送信しています）。それ以後の変更は、通常どおり送信されます。'
const ENABLE =
  '送信先を確認し、Webhook を有効に戻してください。停止していた間の変更は、30日以内であれば続きから送信されます。'

const SAID: Readonly<Record<string, Pick<NewNotice, 'what'> & { why: string; action: string }>> = {
  GONE: { what: 'WEBHOOK_DISABLED', why: '送信先が 410（終了）を返しました。', action: ENABLE },
  FAILING: {
    what: 'WEBHOOK_DISABLED',
    why: '送信の失敗が5日間続きました。送信先のシステムが応答していません。',
    action: ENABLE,
  },
  HISTORY: {
    what: 'WEBHOOK_RESET',
    why: 'データベースの復元または切り替えがあったため、それまでの続きからは送信できません。送信待ちだった変更も送信されません。',
    action: REREAD,
  },
  GAP: {
    what: 'WEBHOOK_RESET',
    why: '停止していた期間が変更の保存期間（30日）を超えたため、その間の変更は送信できません。',
    action: REREAD,
  },
}

function noticeOf({ id, tenantId, name, code, since }: Row): NewNotice {
  const { what, why, action } = present(SAID[code ?? 'FAILING'])
  const disabled = what === 'WEBHOOK_DISABLED'
  return {
    tenantId,
    shopId: null,
    mailboxId: null,
    webhookId: id,
    kind: 'attention',
    threshold: 0,
    what,
    occursAt: since,
    subject: disabled
      ? `Webhook「${name}」の送信を停止しました`
      : `Webhook「${name}」を現在の位置から再開しました（一覧の読み直しが必要です）`,
    text: [
      `Webhook: ${name}`,
      `${disabled ? '停止' : '再開'}日時: ${japaneseTime(since)}（日本時間）`,
      '',
      why,
      '',
      '■ 対応',
      action,
    ].join('\n'),
  }
}
