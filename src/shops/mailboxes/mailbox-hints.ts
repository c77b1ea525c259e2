import { z } from 'zod'
import { Time } from '../../http/schemas.ts'

/** Hints for staff about a working mailbox. They stop nothing. */

export const MailboxHints = z
  .array(
    z
      .object({
        code: z.string().describe('For programs: MAILBOX_QUIET (コード)'),
        message: z.string().describe('What it means and what to check, Japanese (説明)'),
        since: Time.describe('発生日時'),
      })
      .meta({ id: 'MailboxNotice', description: 'A hint; the mailbox goes on working (受信箱のお知らせ)' }),
  )
  .describe('Hints that stop nothing (お知らせ)')

interface HintFacts {
  enabled: boolean
  quietSince: Date | null
  quietExpected: number | null
  skippedAt: Date | null
}

export const mailboxHints = (row: HintFacts): z.infer<typeof MailboxHints> =>
  row.enabled ? [...quiet(row), ...skipped(row)] : []

const quiet = ({ quietSince, quietExpected }: HintFacts) =>
  quietSince === null
    ? []
    : [
        {
          code: 'MAILBOX_QUIET',
          message:
            '下の時刻以降、注文メールが1通も届いていません。過去4週の同じ曜日・時間帯には、少ない週でも' +
            `${quietExpected ?? 0}通届いていました。モールの通知メールの宛先と、転送・振り分け・迷惑メールの設定を確認してください。` +
            '休業などで注文がないだけなら対応は不要です。受注はモールの注文一覧との定期照合でも取り込まれます。',
          since: quietSince.toISOString(),
        },
      ]

/** Shown for a week, until src/mail/quiet-mailbox/store.ts clears it. */
const skipped = ({ skippedAt }: HintFacts) =>
  skippedAt === null
    ? []
    : [
        {
          code: 'MAILBOX_MAILS_SKIPPED',
          message:
            'メールサーバーが渡さないメールがあったため、読み飛ばしました。ほかのメールは通常どおり取り込んでいます。' +
            '対象店舗のモールの注文一覧との照合を早めました。メールソフトで受信箱の新しいメールが開けるか確認してください。',
          since: skippedAt.toISOString(),
        },
      ]
