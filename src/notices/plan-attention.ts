import type { Marketplace } from '../generated/prisma/enums.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import { mallOfShop } from '../marketplaces/of-shop.ts'
import { japaneseTime } from '../platform/japan-time.ts'
import { present } from '../platform/narrow.ts'
import { mailboxHints } from '../shops/mailboxes/mailbox-schemas.ts'
import { untoldMailboxes, untoldShops, untoldWebhooks } from './statements.ts'
import { insertNotices, type NewNotice, type NoticeTools } from './store.ts'
import { attentionText, mailboxText } from './texts.ts'

export interface AttentionTools extends NoticeTools {
  marketplaces: Marketplaces
}

interface ShopRow {
  id: string
  tenantId: string
  name: string
  code: string
  marketplace: Marketplace
  capabilities: unknown
  attentionCode: string
  attentionMessage: string
  attentionSince: Date
}

const MOST = 200
/** Shortest time between two notices of a shop that fails and recovers repeatedly. */
const QUIET_MS = 60 * 60 * 1000

/**
 * Notifies of shops that came under attention (要対応) since the last round. Returns the number of new notices.
 */
export async function planAttention(tools: AttentionTools): Promise<number> {
  const now = tools.clock.now()
  const rows = await tools.db.$queryRaw<ShopRow[]>(untoldShops(new Date(now - QUIET_MS), MOST))
  const notices = rows.map((row): NewNotice => {
    const mallLabel = mallOfShop(tools.marketplaces, row)?.label ?? row.marketplace
    const attention = { code: row.attentionCode, message: row.attentionMessage, since: row.attentionSince }
    return {
      tenantId: row.tenantId,
      shopId: row.id,
      kind: 'attention',
      what: row.attentionCode,
      occursAt: row.attentionSince,
      ...attentionText({ name: row.name, mallLabel, code: row.code }, attention),
    }
  })
  return insertNotices(tools, notices, new Date(now))
}

interface MailboxRow {
  id: string
  tenantId: string
  name: string
  host: string
  /** Names of the shops whose order mails come there. */
  shops: string[]
  code: string
  message: string
  since: Date
  quietExpected: number | null
}

/** Shortest time between two notices of a mail server that fails and recovers all day. */
const MAILBOX_QUIET_MS = 6 * 60 * 60 * 1000
const NO_MAILS = 'MAILBOX_QUIET'

/**
 * Notifies of mailboxes that came under attention (要対応) since the last round, or that miss their usual order
 * mails. A silence is not reported when attention was just reported, which is its cause. Returns the number
 * of new notices.
 */
export async function planMailboxes(tools: NoticeTools): Promise<number> {
  const now = tools.clock.now()
  const recent = new Date(now - MAILBOX_QUIET_MS)
  const rows = await tools.db.$queryRaw<MailboxRow[]>(untoldMailboxes(NO_MAILS, recent, MOST))
  return insertNotices(tools, rows.map(mailboxNotice), new Date(now))
}

function mailboxNotice(row: MailboxRow): NewNotice {
  const { id: mailboxId, tenantId, name, host, shops, code, since } = row
  const [quiet] = mailboxHints({
    enabled: true,
    quietSince: since,
    quietExpected: row.quietExpected,
    skippedAt: null,
    uidsUnstableSince: null,
  })
  const message = code === NO_MAILS ? (quiet?.message ?? '') : row.message
  return {
    tenantId,
    mailboxId,
    kind: 'attention',
    what: code,
    occursAt: since,
    ...mailboxText({ name, host, shops }, { code, message, since }, code !== NO_MAILS),
  }
}

interface WebhookRow {
  id: string
  tenantId: string
  name: string
  code: string | null
  since: Date
}

/**
 * Notifies of webhooks that were disabled because deliveries failed, or that were reset. Returns the number
 * of new notices.
 */
export async function planWebhooks(tools: NoticeTools): Promise<number> {
  const rows = await tools.db.$queryRaw<WebhookRow[]>(untoldWebhooks(MOST))
  return insertNotices(tools, rows.map(webhookNotice), new Date(tools.clock.now()))
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

function webhookNotice({ id, tenantId, name, code, since }: WebhookRow): NewNotice {
  const { what, why, action } = present(SAID[code ?? 'FAILING'])
  const disabled = what === 'WEBHOOK_DISABLED'
  return {
    tenantId,
    webhookId: id,
    kind: 'attention',
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
