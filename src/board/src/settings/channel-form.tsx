import { useState } from 'react'
import { answer, api, Refusal, type Schemas } from '../api.ts'
import { useShops } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice, Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { useOpened } from '../parts/opened.ts'
import { Tick, Ticks, turned } from '../parts/ticks.tsx'
import { useIsOwner } from '../session.ts'
import {
  type ChannelKind,
  KINDS,
  kindWord,
  PACES,
  type Pace,
  paceWord,
  TOPICS,
  type Topic,
  topicWord,
} from './channel-words.ts'

type Channel = Schemas['NoticeChannel']
type Secret = 'url' | 'roomId' | 'token'

/** Fields of each kind of channel, and where to find their values. */
const needsOf = (kind: ChannelKind): readonly [name: Secret, label: string, support: string][] => {
  const url = t('Webhook URL', 'Webhook URL')
  switch (kind) {
    case 'slack':
      return [
        ['url', url, t('Slackの「Incoming Webhook」で発行したURL', 'Made at Slack’s Incoming Webhooks')],
      ]
    case 'line_works':
      return [
        [
          'url',
          url,
          t('LINE WORKSの「Incoming Webhook」で発行したURL', 'Made at LINE WORKS’ Incoming Webhook'),
        ],
      ]
    case 'webhook':
      return [['url', t('送信先URL', 'Address'), t('httpsで始まるURL', 'Begins with https')]]
    case 'chatwork':
      return [
        [
          'roomId',
          t('ルームID', 'Room'),
          t('ルームのURLの「rid」に続く数字', 'The number behind rid in the room’s address'),
        ],
        [
          'token',
          t('APIトークン', 'API token'),
          t('Chatworkの「サービス連携」で発行', 'Made at Chatwork’s Integrations'),
        ],
      ]
    default:
      return []
  }
}

type Kept = Pick<Channel, 'name' | 'topics' | 'pace' | 'shopIds'> & Partial<Record<Secret, string>>

const fieldWords = (): Record<keyof Kept, string> => ({
  name: t('名前', 'Name'),
  topics: t('受け取る通知', 'Topics'),
  pace: t('届け方', 'Pace'),
  shopIds: t('店舗', 'Shops'),
  url: 'URL',
  roomId: t('ルームID', 'Room'),
  token: t('APIトークン', 'API token'),
})

async function readChannel(id: string): Promise<Kept> {
  const { channels } = await answer(api.GET('/v1/notice-channels'))
  const one = channels.find((channel) => channel.id === id)
  if (!one) throw new Refusal(t('この通知先は削除されています。', 'It has been removed.'))
  const { name, topics, pace, shopIds } = one
  return { name, topics: topics.toSorted(), pace, shopIds: shopIds.toSorted() }
}

/** Makes a channel, or changes one; what is secret is never shown again, and left empty it stays. */
export function ChannelForm(props: {
  channel: Channel | null
  onDone: (secret: string | null) => void
  onCancel: () => void
}) {
  const { channel } = props
  const owner = useIsOwner()
  const shops = useShops().data ?? []
  const [kind, setKind] = useState<ChannelKind>(channel?.kind ?? 'mail')
  const [name, setName] = useState(channel?.name ?? '')
  const [whose, setWhose] = useState(channel?.for ?? 'me')
  const [topics, setTopics] = useState<ReadonlySet<Topic>>(
    new Set(channel?.topics ?? ['attention', 'expiry']),
  )
  const [pace, setPace] = useState<Pace>(channel?.pace ?? 'soon')
  const [shopIds, setShopIds] = useState<ReadonlySet<string>>(new Set(channel?.shopIds ?? []))
  const [secrets, setSecrets] = useState<Partial<Record<Secret, string>>>({})
  const needs = needsOf(kind)
  const shown: Kept = { name, topics: [...topics].sort(), pace, shopIds: [...shopIds].sort() }
  const keep = useOpened(shown, (field) => [fieldWords()[field]])
  const save = async () => {
    if (topics.size === 0)
      throw new Refusal(t('受け取る通知を1つ以上選んでください。', 'Choose what to be told.'))
    const typed = Object.fromEntries(
      needs.flatMap(([one]) => (secrets[one]?.trim() ? [[one, secrets[one].trim()]] : [])),
    )
    const body = { ...shown, ...typed }
    if (channel) {
      const params = { path: { id: channel.id } }
      await keep(
        body,
        () => readChannel(channel.id),
        (changes) => answer(api.PATCH('/v1/notice-channels/{id}', { params, body: changes })),
      )
      return props.onDone(null)
    }
    const made = await answer(
      api.POST('/v1/notice-channels', { body: { ...body, kind, for: whose, enabled: true } }),
    )
    props.onDone(made.secret)
  }
  return (
    <Form of={channel?.id} send={save}>
      {!channel && (
        <Choice
          label={t('種類', 'Kind')}
          value={kind}
          onChange={setKind}
          options={KINDS.map((one) => [one, kindWord(one)] as const)}
        />
      )}
      {!channel && owner && (
        <Choice
          label={t('だれの通知先か', 'Whose')}
          value={whose}
          onChange={setWhose}
          options={[
            ['me', t('自分', 'mine')],
            ['tenant', t('契約店全体', 'everybody’s')],
          ]}
        />
      )}
      <Field
        label={t('名前', 'Name')}
        name="name"
        required
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      {needs.map(([one, label, support]) => (
        <Field
          key={one}
          name={one}
          label={label}
          support={
            channel ? `${support} ${t('変えるときだけ入力してください。', 'Enter only to change.')}` : support
          }
          required={!channel}
          type={one === 'token' ? 'password' : 'text'}
          autoComplete="off"
          value={secrets[one] ?? ''}
          onChange={(event) => setSecrets({ ...secrets, [one]: event.target.value })}
        />
      ))}
      {kind === 'mail' && (
        <p className="support">
          {t(
            '自分の通知先はログインのメールアドレスに、契約店全体の通知先は契約の連絡先に届きます。',
            'Sent to the address that one signs in with; everybody’s to the addresses of the contract.',
          )}
        </p>
      )}
      <Ticks legend={t('受け取る通知', 'What to be told')}>
        {TOPICS.map((topic) => (
          <Tick
            key={topic}
            label={topicWord(topic)}
            on={topics.has(topic)}
            set={() => setTopics(turned(topics, topic))}
          />
        ))}
      </Ticks>
      <Choice
        label={t('送る間隔', 'How often')}
        value={pace}
        onChange={setPace}
        options={PACES.map((one) => [one, paceWord(one)] as const)}
      />
      <Ticks legend={t('対象の店舗（選ばなければすべて）', 'Shops (none: all)')}>
        {shops.map(({ id, name: shop }) => (
          <Tick key={id} label={shop} on={shopIds.has(id)} set={() => setShopIds(turned(shopIds, id))} />
        ))}
      </Ticks>
      <FormEnd label={channel ? t('変更する', 'Change') : t('登録する', 'Add')} onCancel={props.onCancel} />
    </Form>
  )
}
