import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { answer, api, type Schemas } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { number, shortTime } from '../parts/format.ts'
import { ShownOnce } from '../parts/shown-once.tsx'
import { Sign, type Tone } from '../parts/sign.tsx'
import { Answered, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { TwiceButton } from '../parts/twice-button.tsx'
import { useSend } from '../parts/use-send.ts'
import { ConnectionTest } from './connection-test.tsx'
import { MailboxForm } from './mailbox-form.tsx'

type Shop = Schemas['Shop']
type Mailbox = Schemas['Mailbox']

/** States that pass by themselves within seconds, which whoever turned a mailbox on waits for. */
const PASSING = ['waiting', 'connecting']

/** @param everyMs while somebody waits for the first mail */
export const useMailboxes = (everyMs = 30_000) =>
  useQuery({
    queryKey: ['mailboxes'],
    refetchInterval: ({ state: { data } }) =>
      data?.some((box) => box.enabled && PASSING.includes(box.state)) ? 3_000 : everyMs,
    queryFn: async () => (await answer(api.GET('/v1/mailboxes'))).mailboxes,
  })

/** Shows the addresses to enter at the mall for this shop's mails, in whole where an owner looks. */
export function MailAddresses({ shopId }: { shopId: string }) {
  const boxes = useMailboxes().data?.filter(({ shopIds }) => shopIds.includes(shopId))
  if (!boxes) return null
  if (boxes.length === 0)
    return (
      <p className="note">
        {t(
          'この店舗の注文メールを読む受信箱がまだありません。ここで選ぶか、追加してください。',
          'No mailbox is read for this shop yet: choose one here, or add one.',
        )}
      </p>
    )
  return (
    <ul className="plain">
      {boxes.map(({ id, address, username, name }) => (
        <li key={id}>
          {t('モールに入力するメールアドレス: 受信箱', 'Address to enter at the mall: that of')}「{name}」{' '}
          <code>{address ?? username}</code>
        </li>
      ))}
    </ul>
  )
}

const STATES: Readonly<Record<string, readonly [Tone, string, string]>> = {
  connecting: ['unproven', '接続中', 'Connecting'],
  connected: ['done', '受信中', 'Listening'],
  polling: ['done', '定期確認中', 'Looked at regularly'],
  waiting: ['unproven', '待機', 'Waiting'],
  attention: ['attention', '要対応', 'Needs you'],
  disabled: ['hold', '停止中', 'Off'],
}
export function MailboxState({ box }: { box: Mailbox }) {
  // Nothing is read of one that has no server of its own: it is known by what comes.
  if (box.kind === 'inbound' && box.enabled)
    return box.lastMailAt ? (
      <Sign tone="done">{t('受信中', 'Receiving')}</Sign>
    ) : (
      <Sign tone="unproven">{t('まだ届いていません', 'Nothing came yet')}</Sign>
    )
  const [tone, ja, en] = STATES[box.state] ?? ['unproven', box.state, box.state]
  return <Sign tone={tone}>{t(ja, en)}</Sign>
}

export function Mailboxes(props: {
  owner: boolean
  shops: readonly Shop[]
  adding: boolean
  onClose: () => void
}) {
  const { owner, shops, adding, onClose } = props
  const list = useMailboxes()
  const [made, setMade] = useState<string | null>(null)
  return (
    <section className="desk-part" id="mailboxes">
      <h2>{t('受信箱', 'Mailboxes')}</h2>
      <p className="support">
        {t(
          '受信箱は読むだけです。既読にも移動にもしません。1つの受信箱を何店舗で使ってもかまいません。',
          'Mailboxes are only read: nothing is marked or moved. One may serve many shops.',
        )}
      </p>
      <Answered query={list}>
        {(data) =>
          data.map((box) => (
            <MailboxCard key={box.id} box={box} owner={owner} shops={shops} isNew={box.id === made} />
          ))
        }
      </Answered>
      {owner && adding && (
        <div className="panel">
          <MailboxForm
            mailbox={null}
            shops={shops}
            onDone={(id) => {
              setMade(id)
              onClose()
              toast(t('受信箱を追加しました。接続を確かめています。', 'Added. The connection is tried.'))
            }}
            onCancel={onClose}
          />
        </div>
      )}
      <p>
        <Link href="/desk">{t('読み取れなかったメールを見る', 'Mails that could not be read')}</Link>
      </p>
    </section>
  )
}

export function MailboxCard(props: { box: Mailbox; owner: boolean; shops: readonly Shop[]; isNew: boolean }) {
  const { box, owner, shops } = props
  const [changing, setChanging] = useState(false)
  const [saved, setSaved] = useState(0)
  const names = box.shopIds.map((id) => shops.find((shop) => shop.id === id)?.name ?? '').filter(Boolean)
  return (
    <article className={`change-card${box.attention ? ' change-warning' : ''}`} aria-label={box.name}>
      <header>
        <strong>{box.name}</strong>
        <MailboxState box={box} />
        {box.kind === 'imap' && (
          <span className="quiet wrap">
            {box.username} ({box.host}:{box.port} {box.folder})
          </span>
        )}
      </header>
      {box.attention && <p>{box.attention.message}</p>}
      <p>
        {t(
          `注文メール ${number(box.mails.recognised)}通 読み取り不可 ${number(box.mails.unreadable)}通 対象外 ${number(box.mails.ignored)}通 最終受信 ${shortTime(box.lastMailAt) || 'なし'}`,
          `${box.mails.recognised} order mails, ${box.mails.unreadable} unreadable, ${box.mails.ignored} others, last ${shortTime(box.lastMailAt) || 'none'}`,
        )}
      </p>
      <p className="quiet">
        {t('読む店舗: ', 'Shops: ')}
        {names.length > 0 ? names.join('、') : t('まだ選ばれていません', 'none yet')}
      </p>
      {owner && (box.auth.consentNeeded || box.auth.consentedAt !== null) && <MailConsent id={box.id} />}
      {changing ? (
        <MailboxForm
          mailbox={box}
          shops={shops}
          onDone={() => {
            setChanging(false)
            setSaved(saved + 1)
            toast(t('受信箱を変更しました。接続を確かめています。', 'Changed. The connection is tried.'))
          }}
          onCancel={() => setChanging(false)}
        />
      ) : (
        owner && (
          <MailboxActions box={box}>
            <button type="button" className="button" onClick={() => setChanging(true)}>
              {t('変更', 'Change')}
              <span className="for-reader"> {box.name}</span>
            </button>
          </MailboxActions>
        )
      )}
      {owner && box.kind === 'imap' && (
        <ConnectionTest path="mailboxes" id={box.id} main={props.isNew} auto={saved + Number(props.isNew)} />
      )}
    </article>
  )
}

function MailboxActions({ box, children }: { box: Mailbox; children: ReactNode }) {
  const { busy, error, send } = useSend()
  const [secret, setSecret] = useState<string | null>(null)
  const params = { path: { id: box.id } }
  const turn = async () => {
    await answer(api.PATCH('/v1/mailboxes/{id}', { params, body: { enabled: !box.enabled } }))
    refresh('mailboxes')
  }
  const remove = async () => {
    await answer(api.DELETE('/v1/mailboxes/{id}', { params }))
    refresh('mailboxes')
    toast(t('受信箱を削除しました。取り込んだ受注は残ります。', 'Removed. What was imported from it stays.'))
  }
  const renew = async () =>
    setSecret((await answer(api.POST('/v1/mailboxes/{id}/secret', { params }))).secret)
  return (
    <>
      {secret && (
        <ShownOnce
          title={t('メール転送サービスに設定する署名鍵', 'Signing secret for the mail service')}
          text={t(
            `送信先は ${location.origin}/v1/mailboxes/${box.id}/mails です。前の署名鍵は使えなくなりました。`,
            `It posts to ${location.origin}/v1/mailboxes/${box.id}/mails. The secret before does not count any more.`,
          )}
          secret={secret}
          onKept={() => setSecret(null)}
        />
      )}
      <div className="row">
        {children}
        {box.kind === 'inbound' && (
          <button type="button" className="button" aria-disabled={busy} onClick={() => send(renew)}>
            {t('送信先と署名鍵を表示', 'Address and a new secret')}
          </button>
        )}
        <button type="button" className="button" aria-disabled={busy} onClick={() => send(turn)}>
          {box.enabled ? t('停止', 'Turn off') : t('再開', 'Turn on')}
          <span className="for-reader"> {box.name}</span>
        </button>
        <TwiceButton
          label={t('削除', 'Remove')}
          again={t('もう一度押すと削除します', 'Press again to remove')}
          of={box.name}
          busy={busy}
          act={() => send(remove)}
        />
      </div>
      <Problem error={error} />
    </>
  )
}

/** The provider's own page asks for the consent, and comes back to the service. */
function MailConsent({ id }: { id: string }) {
  const { error, send } = useSend()
  const begin = async () => {
    location.assign((await answer(api.POST('/v1/mailboxes/{id}/consent', { params: { path: { id } } }))).url)
  }
  return (
    <div>
      <button type="button" className="button button-main" onClick={() => send(begin)}>
        {t('メール事業者の画面で同意する', 'Give the consent at the mail provider')}
      </button>
      <Problem error={error} />
    </div>
  )
}
