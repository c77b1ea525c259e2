import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, type Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import { ShownOnce } from '../parts/shown-once.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { refreshWebhooks } from './deliveries.tsx'
import { WebhookCard } from './webhook-card.tsx'
import { WebhookForm } from './webhook-form.tsx'

export function WebhookList() {
  const list = useQuery({
    queryKey: ['webhooks'],
    queryFn: async () => (await answer(api.GET('/v1/webhooks'))).webhooks,
    refetchInterval: 30_000,
  })
  const [adding, setAdding] = useState(false)
  const [made, setMade] = useState<Schemas['WebhookWithSecret'] | null>(null)
  const take = (next: Schemas['WebhookWithSecret']) => {
    setAdding(false)
    setMade(next)
    refreshWebhooks()
    toast(
      t('署名鍵を受信側に設定してから、テスト送信で確かめてください。', 'Set the secret, then send a test.'),
    )
  }
  return (
    <section className="desk-part" aria-label="Webhook">
      <h2>Webhook</h2>
      <p className="support">
        {t(
          '受注やサイト変更が動くたびに、指定したURLに署名付きで知らせます。受け取れなかったものは3日間、間隔を広げながら送り直します。',
          'Each change is sent to your address, signed. What is not taken is sent again for three days.',
        )}
      </p>
      {made && (
        <ShownOnce
          key={made.secret}
          title={t(`「${made.name}」の署名鍵`, `Signing secret of ${made.name}`)}
          text={t('受信側が送信元を確かめるための鍵です。', 'With it the receiver proves who sent it.')}
          secret={made.secret}
          onKept={() => setMade(null)}
        />
      )}
      {list.isPending ? (
        <Loading />
      ) : !list.data ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : list.data.length === 0 ? (
        <Empty>{t('Webhookはまだありません。', 'No webhooks yet.')}</Empty>
      ) : (
        <div className="card-list">
          {list.data.map((webhook) => (
            <WebhookCard key={webhook.id} webhook={webhook} onSecret={take} />
          ))}
        </div>
      )}
      {adding ? (
        <div className="panel">
          <h3>{t('Webhookを登録', 'Add a webhook')}</h3>
          <WebhookForm
            webhook={null}
            onMade={take}
            onChanged={refreshWebhooks}
            onCancel={() => setAdding(false)}
          />
        </div>
      ) : (
        <p>
          <button type="button" className="button" onClick={() => setAdding(true)}>
            {t('Webhookを登録', 'Add a webhook')}
          </button>
        </p>
      )}
    </section>
  )
}
