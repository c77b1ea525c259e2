import { factsOf } from '../api.ts'
import { t } from '../i18n.ts'

/** Actions of the audit in the words of the screens; `audit-words.test.ts` holds that none is missing. */
export const AUDIT_WORDS: Readonly<Record<string, readonly [ja: string, en: string]>> = {
  'tenant.created': ['契約店を作成', 'Tenant made'],
  'tenant.updated': ['契約店を変更', 'Tenant changed'],
  'tenant.ended': ['契約を終了', 'Contract ended'],
  'tenant.deleted': ['契約店を削除', 'Tenant deleted'],
  'tenant.left': ['契約店の移転を開始', 'Move begun'],
  'tenant.kept': ['契約店の移転を中止', 'Move called off'],
  'tenant.moved': ['契約店が移転', 'Moved away'],
  'tenant.arrived': ['移転する契約店を読込', 'Tenant imported'],
  'tenant.started': ['移転した契約店を利用開始', 'Started after a move'],
  'tenant.dropped': ['移転する契約店の読込を取消', 'Import dropped'],
  'api_key.created': ['APIキーを発行', 'API key made'],
  'api_key.rotated': ['APIキーを更新', 'API key rotated'],
  'api_key.revoked': ['APIキーを取消', 'API key revoked'],
  'shop.created': ['店舗を追加', 'Shop added'],
  'shop.updated': ['店舗を変更', 'Shop changed'],
  'shop.deleted': ['店舗を削除', 'Shop removed'],
  'shop.consent_begun': ['モールの同意を開始', 'Consent begun'],
  'shop.consent_ended': ['モールの同意を完了', 'Consent ended'],
  'shop.rehearsal_begun': ['リハーサルを開始', 'Rehearsal begun'],
  'shop.rehearsal_ended': ['リハーサルを終了', 'Rehearsal ended'],
  'shop.push_secret_set': ['通知の署名鍵を設定', 'Push secret set'],
  'mailbox.created': ['受信箱を追加', 'Mailbox added'],
  'mailbox.updated': ['受信箱を変更', 'Mailbox changed'],
  'mailbox.deleted': ['受信箱を削除', 'Mailbox removed'],
  'mailbox.consent_begun': ['受信箱の同意を開始', 'Consent begun'],
  'mailbox.consent_ended': ['受信箱の同意を完了', 'Consent ended'],
  'mailbox.secret_rotated': ['受信箱の署名鍵を更新', 'Mailbox secret rotated'],
  'buyer.erased': ['購入者の情報を消去', 'Buyer erased'],
  'webhook.created': ['Webhookを追加', 'Webhook added'],
  'webhook.updated': ['Webhookを変更', 'Webhook changed'],
  'webhook.deleted': ['Webhookを削除', 'Webhook removed'],
  'webhook.secret_rotated': ['Webhookの署名鍵を更新', 'Webhook secret rotated'],
  'notice_channel.created': ['通知先を追加', 'Channel added'],
  'notice_channel.updated': ['通知先を変更', 'Channel changed'],
  'notice_channel.deleted': ['通知先を削除', 'Channel removed'],
  'label_settings.updated': ['送り状の設定を変更', 'Label settings changed'],
  'labels.exported': ['送り状を出力', 'Labels written'],
  'orders.exported': ['受注をCSVに出力', 'Orders exported'],
  'staff.invited': ['スタッフを招待', 'Person invited'],
  'staff.invitation_withdrawn': ['招待を取消', 'Invitation withdrawn'],
  'staff.joined': ['スタッフが参加', 'Person joined'],
  'staff.updated': ['スタッフを変更', 'Person changed'],
  'staff.deleted': ['スタッフを削除', 'Person removed'],
  'staff.password_changed': ['パスワードを変更', 'Password changed'],
  'staff.password_reset_asked': ['パスワードの再設定を依頼', 'Password reset asked for'],
  'staff.second_factor_set': ['2段階認証を設定', 'Second factor set'],
  'staff.second_factor_removed': ['2段階認証を解除', 'Second factor removed'],
  'staff.recovery_codes_made': ['回復コードを発行', 'Recovery codes made'],
  'staff.passkey_added': ['パスキーを追加', 'Passkey added'],
  'staff.passkey_removed': ['パスキーを削除', 'Passkey removed'],
  'staff.identity_bound': ['外部ログインを登録', 'Identity bound'],
  'staff.identity_removed': ['外部ログインを解除', 'Identity removed'],
  'staff.unlocked': ['ロックを解除', 'Unlocked'],
  'keys.rotated': ['暗号鍵を更新', 'Encryption keys rotated'],
  'backup.restored': ['バックアップから復元', 'Backup restored'],
  'session.begun': ['ログイン', 'Signed in'],
  'session.refused': ['ログインを拒否', 'Sign-in refused'],
  'session.ended': ['ログアウト', 'Signed out'],
  'application.received': ['利用の申し込み', 'Application received'],
  'application.approved': ['申し込みを承認', 'Application approved'],
  'application.refused': ['申し込みを拒否', 'Application refused'],
  'audit.exported': ['監査記録を出力', 'Audit exported'],
  'order.viewed': ['受注を表示', 'Order viewed'],
  'orders.listed': ['受注一覧を表示', 'Orders listed'],
  'orders.pulled': ['受注取込', 'Orders pulled'],
  'desk.begun': ['受注取込の開始', 'Desk begun'],
  'desk.history_begun': ['別のデータからの受注取込', 'Desk in another history'],
  'desk.put_back': ['前の位置からの受注取込', 'Desk put back'],
  'desk.closed': ['取込先を使用停止', 'Desk out of use'],
  'desk.reopened': ['取込先の使用を再開', 'Desk in use again'],
  'mails.viewed': ['メールを表示', 'Mails viewed'],
  'applications.viewed': ['申し込みを表示', 'Applications viewed'],
  'notifications.viewed': ['通知を表示', 'Notifications viewed'],
  'blocked_buyers.viewed': ['要注意顧客を表示', 'Blocked buyers viewed'],
  'items.imported': ['商品リストを取込', 'Item list read'],
  'order_file.received': ['注文ファイルを受信', 'Order file received'],
  'shop.papers_updated': ['納品書の設定を変更', 'Papers set'],
  'blocked_buyer.created': ['要注意顧客を登録', 'Buyer blocked'],
  'blocked_buyer.deleted': ['要注意顧客を削除', 'Buyer no longer blocked'],
  'mark_rules.updated': ['独自のマークを変更', 'Mark rules changed'],
  'move_rules.updated': ['自動仕分けのルールを変更', 'Sorting rules changed'],
  'assistant.called': ['AIアシスタントの操作', 'Assistant’s call'],
}

/** Facts of an entry by their names; one that is not here stands under its own name. */
const FACTS: Readonly<Record<string, readonly [ja: string, en: string]>> = {
  name: ['名前', 'Name'],
  email: ['メールアドレス', 'Mail address'],
  emails: ['メールアドレス', 'Mail addresses'],
  role: ['権限', 'Role'],
  status: ['状態', 'Status'],
  state: ['状態', 'State'],
  enabled: ['有効', 'On'],
  fields: ['項目', 'Fields'],
  changed: ['変更した項目', 'Changed'],
  count: ['件数', 'Count'],
  orders: ['受注', 'Orders'],
  orderNumber: ['受注番号', 'Order'],
  orderNumbers: ['受注番号', 'Orders'],
  shopId: ['店舗ID', 'Shop'],
  shopIds: ['店舗ID', 'Shops'],
  tenantId: ['契約店ID', 'Tenant'],
  marketplace: ['モール', 'Mall'],
  code: ['コード', 'Code'],
  reason: ['理由', 'Why'],
  kind: ['種類', 'Kind'],
  format: ['形式', 'Format'],
  from: ['から', 'From'],
  to: ['まで・移動先', 'To'],
  ip: ['IPアドレス', 'IP address'],
  device: ['端末', 'Device'],
  company: ['会社名', 'Company'],
  limits: ['上限', 'Limits'],
  permissions: ['権限', 'Rights'],
  expiresAt: ['有効期限', 'Ends'],
  desk: ['取込先', 'Desk'],
  position: ['取込位置', 'Position'],
}

/** Contents of an entry in words; lists and objects within it as far as they are flat. */
export function factsInWords(data: Readonly<Record<string, unknown>>): string {
  return Object.entries(data)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => {
      const words = Object.hasOwn(FACTS, name) ? FACTS[name] : undefined
      return `${words ? t(...words) : name}: ${valueInWords(value)}`
    })
    .join(t('、', ', '))
}

function valueInWords(value: unknown): string {
  if (typeof value === 'boolean') return value ? t('はい', 'yes') : t('いいえ', 'no')
  if (Array.isArray(value)) return value.map(valueInWords).join(' ')
  if (typeof value === 'object' && value !== null) return `(${factsInWords(factsOf(value))})`
  return String(value)
}
