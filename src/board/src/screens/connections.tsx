import { DeskList } from '../connections/desk-list.tsx'
import { KeyList } from '../connections/key-list.tsx'
import { RequestList } from '../connections/request-list.tsx'
import { WebhookList } from '../connections/webhook-list.tsx'
import { t } from '../i18n.ts'

/** 連携: what lets programs in, and what tells them. For owners. */
export default function Connections() {
  return (
    <div className="desk">
      <h1>{t('連携（APIキー・Webhook）', 'API keys and webhooks')}</h1>
      <KeyList />
      <DeskList />
      <WebhookList />
      <RequestList />
    </div>
  )
}
