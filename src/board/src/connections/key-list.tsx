import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, type Schemas } from '../api.ts'
import { refresh, useShops } from '../data.ts'
import { t } from '../i18n.ts'
import { dueDay, number, shortTime, span } from '../parts/format.ts'
import { MadeBy } from '../parts/made-by.tsx'
import { useNow } from '../parts/now.ts'
import { Pair } from '../parts/pair.tsx'
import { ShownOnce } from '../parts/shown-once.tsx'
import { Sign, type Tone } from '../parts/sign.tsx'
import { Empty, Failed, Loading, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { TwiceButton } from '../parts/twice-button.tsx'
import { useSend } from '../parts/use-send.ts'
import { roleWord } from '../words.ts'
import { KeyForm } from './key-form.tsx'
import { Overlap } from './overlap.tsx'

type Key = Schemas['ApiKey']

const refreshKeys = (): void => refresh('api-keys')

/** All of them: pages are few, and what lives must stand before what is over. */
async function readKeys(): Promise<Key[]> {
  const keys: Key[] = []
  let cursor: string | undefined
  do {
    const query = { limit: 500, ...(cursor === undefined ? {} : { cursor }) }
    const page = await answer(api.GET('/v1/api-keys', { params: { query } }))
    keys.push(...page.apiKeys)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return keys
}

const SOON_MS = 14 * 86_400_000

const livesAt = ({ revokedAt, expiresAt }: Pick<Key, 'revokedAt' | 'expiresAt'>, now: number): boolean =>
  revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > now)

export function KeyList() {
  const list = useQuery({ queryKey: ['api-keys'], queryFn: readKeys })
  const now = useNow(30_000)
  const [adding, setAdding] = useState(false)
  const [made, setMade] = useState<Schemas['NewApiKey'] | null>(null)
  const take = (next: Schemas['NewApiKey']) => {
    setAdding(false)
    setMade(next)
    refreshKeys()
  }
  const living = list.data?.filter((key) => livesAt(key, now)) ?? []
  const over = list.data?.filter((key) => !livesAt(key, now)) ?? []
  return (
    <section className="desk-part" aria-label={t('APIキー', 'API keys')}>
      <h2>{t('APIキー', 'API keys')}</h2>
      <p className="support">
        {t(
          '受注管理ソフトなどのプログラムが使います。1つのプログラムに1つずつ発行してください。',
          'For programs: one each.',
        )}
      </p>
      {made && (
        <ShownOnce
          key={made.id}
          title={t(`「${made.name}」のAPIキー`, `Key of ${made.name}`)}
          text={t('プログラムの設定に入れてください。', 'Put it into the program’s settings.')}
          secret={made.key}
          onKept={() => setMade(null)}
        />
      )}
      {list.isPending ? (
        <Loading />
      ) : !list.data ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : living.length === 0 ? (
        <Empty>{t('使えるAPIキーはありません。', 'There is no living key.')}</Empty>
      ) : (
        <div className="card-list">
          {living.map((key) => (
            <KeyCard key={key.id} apiKey={key} now={now} onRotated={take} />
          ))}
        </div>
      )}
      {adding ? (
        <div className="panel">
          <h3>{t('APIキーを発行', 'Make a key')}</h3>
          <KeyForm onMade={take} onCancel={() => setAdding(false)} />
        </div>
      ) : (
        <p>
          <button type="button" className="button button-main" onClick={() => setAdding(true)}>
            {t('APIキーを発行', 'Make a key')}
          </button>
        </p>
      )}
      {over.length > 0 && (
        <details>
          <summary>
            {t(`使えなくなったAPIキー ${number(over.length)}件`, `${over.length} that are over`)}
          </summary>
          <ul className="plain">
            {over.map((key) => (
              <li key={key.id}>
                <span className="struck">{key.name}</span> <code>{key.prefix}…</code>{' '}
                <span className="quiet">
                  {key.revokedAt
                    ? t(`${shortTime(key.revokedAt)}に取り消し`, `revoked ${shortTime(key.revokedAt)}`)
                    : t(`${shortTime(key.expiresAt)}に期限切れ`, `ended ${shortTime(key.expiresAt)}`)}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

function stateOf(key: Key, now: number): { tone: Tone; text: string } | null {
  if (key.expiresAt === null) return null
  const left = Date.parse(key.expiresAt) - now
  if (key.successorId !== null)
    return {
      tone: 'hold',
      text: t(`更新済み。旧キーはあと${span(left)}`, `Replaced: this one works for ${span(left)}`),
    }
  return left < SOON_MS ? { tone: 'warning', text: t(`あと${span(left)}`, `${span(left)} left`) } : null
}

function KeyCard(props: { apiKey: Key; now: number; onRotated: (made: Schemas['NewApiKey']) => void }) {
  const { apiKey: key, now } = props
  const shops = useShops().data ?? []
  const [rotating, setRotating] = useState(false)
  const { busy, error, send } = useSend()
  const params = { path: { id: key.id } }
  const revoke = async () => {
    await answer(api.DELETE('/v1/api-keys/{id}', { params }))
    refreshKeys()
    toast(t(`「${key.name}」を取り消しました。`, `${key.name} is revoked.`))
  }
  const rotate = async (overlapHours: number) => {
    const made = await answer(api.POST('/v1/api-keys/{id}/rotate', { params, body: { overlapHours } }))
    setRotating(false)
    props.onRotated(made)
  }
  const state = stateOf(key, now)
  const names = key.shopIds.map(
    (id) => shops.find((shop) => shop.id === id)?.name ?? t('削除された店舗', 'removed'),
  )
  const used = key.lastUsedAt
  return (
    <article
      className={`change-card card-split${state?.tone === 'warning' ? ' change-warning' : ''}`}
      aria-label={key.name}
    >
      <header>
        <strong>{key.name}</strong>
        <code className="quiet">{key.prefix}…</code>
        {state && <Sign tone={state.tone}>{state.text}</Sign>}
      </header>
      <dl className="facts">
        <Pair label={t('権限', 'Role')}>{roleWord(key.role)}</Pair>
        <Pair label={t('店舗', 'Shops')}>{names.join('、') || t('すべて', 'All')}</Pair>
        <Pair label={t('有効期限', 'Ends')}>
          {key.expiresAt ? dueDay(key.expiresAt) : t('なし', 'Never')}
        </Pair>
        <Pair label={t('最終利用', 'Last used')}>
          {used
            ? t(`${span(now - Date.parse(used))}前`, `${span(now - Date.parse(used))} ago`)
            : t('まだ使われていません', 'Not yet')}
        </Pair>
        <Pair label={t('発行者', 'Made by')}>
          <MadeBy by={key.createdBy} />
        </Pair>
      </dl>
      {rotating ? (
        <Overlap
          title={t(`「${key.name}」を更新`, `A new key for ${key.name}`)}
          help={t(
            '同じ権限の新しいキーを発行します。プログラムを新しいキーに替えるまで、いまのキーも使えます。',
            'With the same rights. The present one goes on until the program has the new one.',
          )}
          label={t('いまのキーを使える時間', 'The present one works for')}
          button={t('新しいキーを発行する', 'Make the new key')}
          hours={[24, 72, 168, 720, 0]}
          onChoose={rotate}
          onCancel={() => setRotating(false)}
        />
      ) : (
        <div className="row">
          {key.successorId === null && (
            <button type="button" className="button" onClick={() => setRotating(true)}>
              {t('更新', 'Rotate')}
              <span className="for-reader"> {key.name}</span>
            </button>
          )}
          <TwiceButton
            label={t('取り消す', 'Revoke')}
            again={t(
              'もう一度押すと5秒以内に使えなくなります',
              'Press again: it stops working within five seconds',
            )}
            of={key.name}
            busy={busy}
            act={() => send(revoke)}
          />
        </div>
      )}
      <Problem error={error} />
    </article>
  )
}
