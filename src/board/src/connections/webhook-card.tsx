import { useState } from 'react'
import { answer, api, Refusal, type Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import { shortTime } from '../parts/format.ts'
import { MadeBy } from '../parts/made-by.tsx'
import { Pair } from '../parts/pair.tsx'
import { Sign } from '../parts/sign.tsx'
import { Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { TwiceButton } from '../parts/twice-button.tsx'
import { useSend } from '../parts/use-send.ts'
import { Deliveries, refreshWebhooks } from './deliveries.tsx'
import { Overlap } from './overlap.tsx'
import { WebhookForm } from './webhook-form.tsx'
import { type Delivery, health, kindWord, outcome, type Webhook } from './webhook-words.ts'

type WithSecret = Schemas['WebhookWithSecret']
type Part = 'none' | 'form' | 'secret' | 'deliveries'

export function WebhookCard(props: { webhook: Webhook; onSecret: (made: WithSecret) => void }) {
  const { webhook, onSecret } = props
  const [part, setPart] = useState<Part>('none')
  const close = () => setPart('none')
  const { tone, text } = health(webhook, shortTime(webhook.disabledAt ?? webhook.failingSince))
  const rotate = async (overlapHours: number) => {
    const params = { path: { id: webhook.id } }
    const made = await answer(api.POST('/v1/webhooks/{id}/rotate-secret', { params, body: { overlapHours } }))
    close()
    onSecret(made)
  }
  return (
    <article
      className={`change-card${tone === 'failed' ? ' change-failed' : tone === 'warning' ? ' change-warning' : ''}`}
      aria-label={webhook.name}
    >
      <header>
        <strong>{webhook.name}</strong>
        <Sign tone={tone}>{text}</Sign>
      </header>
      <p className="wrap">
        <code>{webhook.url}</code>
      </p>
      <p className="quiet">
        {webhook.kinds.map(kindWord).join('、') || t('すべての内容', 'Everything')}
        {webhook.oldSecretUntil !== null &&
          Date.parse(webhook.oldSecretUntil) > Date.now() &&
          t(
            `　${shortTime(webhook.oldSecretUntil)}まで前の署名鍵でも署名`,
            `, signed with the old secret too until ${shortTime(webhook.oldSecretUntil)}`,
          )}
      </p>
      <dl className="facts">
        <Pair label={t('最終送信', 'Last sent')}>{shortTime(webhook.lastSentAt) || t('なし', 'None')}</Pair>
        <Pair label={t('登録者', 'Made by')}>
          <MadeBy by={webhook.createdBy} />
        </Pair>
      </dl>
      <Actions webhook={webhook} part={part} onPart={(next) => setPart(next === part ? 'none' : next)} />
      {part === 'form' && (
        <WebhookForm
          webhook={webhook}
          onMade={onSecret}
          onChanged={() => {
            close()
            refreshWebhooks()
            toast(t('Webhookを変更しました。', 'Changed.'))
          }}
          onCancel={close}
        />
      )}
      {part === 'secret' && (
        <Overlap
          title={t('署名鍵を変更', 'A new secret')}
          help={t(
            '受信側を新しい鍵に替えるまで、両方の鍵で署名します。',
            'Until the receiver has the new one both sign.',
          )}
          label={t('いまの鍵でも署名する時間', 'The present one signs for')}
          button={t('新しい署名鍵を発行する', 'Make the new secret')}
          hours={[24, 72, 168, 0]}
          onChoose={rotate}
          onCancel={close}
        />
      )}
      {part === 'deliveries' && <Deliveries webhook={webhook} />}
    </article>
  )
}

const LOOK_MS = 1_000
/** An attempt takes 15 s at most; before it others may be on their way. */
const PATIENCE_MS = 40_000

/** Sends a test and waits for the word of the first attempt. */
async function attempt(id: string): Promise<Delivery> {
  const sent = await answer(api.POST('/v1/webhooks/{id}/test', { params: { path: { id } } }))
  const until = Date.now() + PATIENCE_MS
  while (Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    const { deliveries } = await answer(
      api.GET('/v1/webhooks/{id}/deliveries', { params: { path: { id }, query: { limit: 100 } } }),
    )
    const found = deliveries.find((one) => one.id === sent.id)
    if (found && found.lastAttemptAt !== null) return found
  }
  throw new Refusal(
    t(
      'まだ送信していません。先に送信待ちのものがあります。結果は送信記録で確認してください。',
      'Not sent yet, as others wait before it. Look at the deliveries later.',
    ),
  )
}

function Actions({ webhook, part, onPart }: { webhook: Webhook; part: Part; onPart: (part: Part) => void }) {
  const { busy, error, send } = useSend()
  const [tried, setTried] = useState<Delivery | null>(null)
  const params = { path: { id: webhook.id } }
  const test = async () => {
    setTried(null)
    try {
      setTried(await attempt(webhook.id))
    } finally {
      refreshWebhooks()
    }
  }
  const turn = async () => {
    await answer(api.PATCH('/v1/webhooks/{id}', { params, body: { enabled: !webhook.enabled } }))
    refreshWebhooks()
  }
  const remove = async () => {
    await answer(api.DELETE('/v1/webhooks/{id}', { params }))
    refreshWebhooks()
    toast(t('Webhookを削除しました。', 'Removed.'))
  }
  const button = (label: string, act: () => void, opens?: Part) => (
    <button
      type="button"
      className="button"
      aria-disabled={busy}
      aria-expanded={opens === undefined ? undefined : part === opens}
      onClick={act}
    >
      {label}
      <span className="for-reader"> {webhook.name}</span>
    </button>
  )
  const result = tried && outcome(tried)
  return (
    <>
      <div className="row">
        {webhook.enabled && button(t('テスト送信', 'Send a test'), () => send(test))}
        {button(t('送信記録', 'Deliveries'), () => onPart('deliveries'), 'deliveries')}
        {button(t('変更', 'Change'), () => onPart('form'), 'form')}
        {button(t('署名鍵を変更', 'New secret'), () => onPart('secret'), 'secret')}
        {button(webhook.enabled ? t('停止', 'Turn off') : t('再開', 'Turn on'), () => send(turn))}
        <TwiceButton
          label={t('削除', 'Remove')}
          again={t('もう一度押すと送信記録ごと削除します', 'Press again to remove it with its deliveries')}
          of={webhook.name}
          busy={busy}
          act={() => send(remove)}
        />
      </div>
      <p role="status">
        {busy && t('送信しています…', 'Sending…')}
        {!busy && result && (
          <>
            <Sign tone={result.tone}>
              {result.tone === 'done' ? t('届きました', 'Arrived') : t('届きませんでした', 'Did not arrive')}
            </Sign>{' '}
            {result.text}
          </>
        )}
      </p>
      <Problem error={error} />
    </>
  )
}
