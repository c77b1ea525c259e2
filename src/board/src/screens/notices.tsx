import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, type Schemas } from '../api.ts'
import { refresh, useShops } from '../data.ts'
import { t } from '../i18n.ts'
import { shortTime } from '../parts/format.ts'
import { MadeBy } from '../parts/made-by.tsx'
import { ShownOnce } from '../parts/shown-once.tsx'
import { Sign } from '../parts/sign.tsx'
import { Empty, Failed, Loading, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { TwiceButton } from '../parts/twice-button.tsx'
import { useSend } from '../parts/use-send.ts'
import { useIsOwner } from '../session.ts'
import { ChannelForm } from '../settings/channel-form.tsx'
import { kindWord, paceWord, topicWord } from '../settings/channel-words.ts'

type Channel = Schemas['NoticeChannel']

const refreshChannels = (): void => refresh('notice-channels')

/** 通知先: where each person, and all of a tenant, is told what happened. */
export default function Notices() {
  const list = useQuery({
    queryKey: ['notice-channels'],
    queryFn: async () => (await answer(api.GET('/v1/notice-channels'))).channels,
  })
  const [adding, setAdding] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  const made = (newSecret: string | null) => {
    setAdding(false)
    setSecret(newSecret)
    refreshChannels()
    toast(t('通知先を登録しました。テスト送信で確かめてください。', 'Added. Now send a test.'))
  }
  return (
    <div className="desk">
      <h1>{t('通知先', 'Notices')}</h1>
      <p className="support">
        {t(
          '要対応、期限のお知らせ、日次レポートの届け先です。自分の通知先は自分だけが変更できます。',
          'Where attention, ends of keys and the daily report are sent. One’s own are changed by oneself alone.',
        )}
      </p>
      {secret && (
        <ShownOnce
          title={t('署名鍵', 'Signing secret')}
          text={t('受信側に設定してください。', 'Give it to the receiver.')}
          secret={secret}
          onKept={() => setSecret(null)}
        />
      )}
      {list.isPending ? (
        <Loading />
      ) : !list.data ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : list.data.length === 0 ? (
        <Empty>{t('通知先はまだありません。', 'No channels yet.')}</Empty>
      ) : (
        <div className="card-list">
          {list.data.map((channel) => (
            <ChannelCard key={channel.id} channel={channel} />
          ))}
        </div>
      )}
      {adding ? (
        <section className="panel">
          <h2>{t('通知先を追加', 'Add a channel')}</h2>
          <ChannelForm channel={null} onDone={made} onCancel={() => setAdding(false)} />
        </section>
      ) : (
        <p>
          <button type="button" className="button button-main" onClick={() => setAdding(true)}>
            {t('通知先を追加', 'Add a channel')}
          </button>
        </p>
      )}
    </div>
  )
}

function ChannelCard({ channel }: { channel: Channel }) {
  const owner = useIsOwner()
  const [changing, setChanging] = useState(false)
  const shops = useShops().data ?? []
  const mayChange = owner || channel.for === 'me'
  const names = channel.shopIds.map((id) => shops.find((shop) => shop.id === id)?.name ?? '').filter(Boolean)
  return (
    <article
      className={`change-card${channel.failures > 0 ? ' change-failed' : ''}`}
      aria-label={channel.name}
    >
      <header>
        <strong>{channel.name}</strong>
        <span className="quiet">
          {kindWord(channel.kind)} {channel.for === 'me' ? t('自分', 'mine') : t('契約店全体', 'everybody’s')}
        </span>
        <State channel={channel} />
      </header>
      <p>
        {channel.topics.map(topicWord).join('、')}（{paceWord(channel.pace)}）{' '}
        <span className="quiet">{names.length > 0 ? names.join('、') : t('すべての店舗', 'All shops')}</span>
      </p>
      {channel.for === 'tenant' && (
        <p className="quiet">
          {t('登録者: ', 'Made by ')}
          <MadeBy by={channel.createdBy} />
        </p>
      )}
      {changing ? (
        <ChannelForm
          channel={channel}
          onDone={() => {
            setChanging(false)
            refreshChannels()
            toast(t('通知先を変更しました。', 'Changed.'))
          }}
          onCancel={() => setChanging(false)}
        />
      ) : (
        mayChange && <Actions channel={channel} onChange={() => setChanging(true)} />
      )}
    </article>
  )
}

function State({ channel }: { channel: Channel }) {
  if (!channel.enabled) return <Sign tone="hold">{t('停止中', 'Off')}</Sign>
  if (channel.failures > 0)
    return (
      <Sign tone="failed">
        {t(
          `${shortTime(channel.failingSince)}から送信できません（${channel.code}）`,
          `Not sent since ${shortTime(channel.failingSince)} (${channel.code})`,
        )}
      </Sign>
    )
  return channel.lastSentAt ? (
    <Sign tone="done">
      {t(`最終送信 ${shortTime(channel.lastSentAt)}`, `Last sent ${shortTime(channel.lastSentAt)}`)}
    </Sign>
  ) : (
    <Sign tone="unproven">{t('まだ送信していません', 'Nothing sent yet')}</Sign>
  )
}

function Actions({ channel, onChange }: { channel: Channel; onChange: () => void }) {
  const { busy, error, send } = useSend()
  const [tried, setTried] = useState<Schemas['NoticeChannelTest'] | null>(null)
  const params = { path: { id: channel.id } }
  const attempt = async () => {
    setTried(null)
    setTried(await answer(api.POST('/v1/notice-channels/{id}/test', { params })))
    refreshChannels()
  }
  const turn = async () => {
    await answer(api.PATCH('/v1/notice-channels/{id}', { params, body: { enabled: !channel.enabled } }))
    refreshChannels()
  }
  const remove = async () => {
    await answer(api.DELETE('/v1/notice-channels/{id}', { params }))
    refreshChannels()
    toast(t('通知先を削除しました。', 'Removed.'))
  }
  const button = (label: string, act: () => void) => (
    <button type="button" className="button" aria-disabled={busy} onClick={act}>
      {label}
      <span className="for-reader">{channel.name}</span>
    </button>
  )
  return (
    <>
      <div className="row">
        {button(t('テスト送信', 'Send a test'), () => send(attempt))}
        {button(t('変更', 'Change'), onChange)}
        {button(channel.enabled ? t('停止', 'Turn off') : t('再開', 'Turn on'), () => send(turn))}
        <TwiceButton
          label={t('削除', 'Remove')}
          again={t('もう一度押すと削除します', 'Press again to remove')}
          of={channel.name}
          busy={busy}
          act={() => send(remove)}
        />
        <span role="status">{busy && t('送信しています…', 'Sending…')}</span>
      </div>
      {tried && (
        <p role="status">
          <Sign tone={tried.ok ? 'done' : 'failed'}>{tried.message}</Sign>{' '}
          {tried.code && <code className="quiet">{tried.code}</code>}
        </p>
      )}
      <Problem error={error} />
    </>
  )
}
