import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { answer, api, Refusal, type Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Choice } from '../parts/field.tsx'
import { shortTime } from '../parts/format.ts'
import { useOpened } from '../parts/opened.ts'
import { Problem } from '../parts/states.tsx'
import { Tick, Ticks, turned } from '../parts/ticks.tsx'
import { toast } from '../parts/toast.tsx'
import { TwiceButton } from '../parts/twice-button.tsx'
import { useSend } from '../parts/use-send.ts'
import { roleWord } from '../words.ts'
import {
  clientRoleOf,
  type Person,
  type Role,
  readStaff,
  refreshMade,
  refreshPeople,
  roleOptions,
  useMade,
} from './people-data.ts'

type MadeThing = Schemas['MadeThing']
type Change = Parameters<typeof patch>[1]

export const patch = (
  id: string,
  body: {
    role?: Role
    state?: 'active' | 'disabled'
    removeSecondFactor?: true
    removeIdentity?: true
    unlock?: true
    endSessions?: true
    keepMade?: string[]
  },
) => answer(api.PATCH('/v1/staff/{id}', { params: { path: { id } }, body }))

/** All that can be done about one person, each with what comes of it. */
export function PersonDialog(props: { person: Person; self: boolean; last: boolean; onClose: () => void }) {
  const { person, self, last, onClose } = props
  const { id, name } = person
  const [role, setRole] = useState<Role>(clientRoleOf(person.role))
  const [shown] = useState({ role: person.role })
  const made = useMade(id)
  const [ending, setEnding] = useState<ReadonlySet<string>>(new Set())
  // Names what was shown: what is made meanwhile ends with the rest.
  const keptMade = async (): Promise<string[]> => {
    const list = made.data ?? (await made.refetch()).data
    if (list === undefined || (made.data === undefined && list.length > 0))
      throw new Refusal(
        t(
          'この人が作成したものを確認してから、もう一度押してください。',
          'Look at what they made, then press again.',
        ),
      )
    return list.flatMap((one) => (ending.has(one.id) ? [] : one.id))
  }
  const keep = useOpened(shown, () => [t('権限', 'Role')])
  const { busy, error, send, submit } = useSend()
  const done = (words: string) => {
    refreshPeople()
    toast(words)
    onClose()
  }
  const change = (body: Change, words: string) => async () => {
    await patch(id, body)
    done(words)
  }
  const remove = async () => {
    const query = { keepMade: (await keptMade()).join(',') || 'none' }
    await answer(api.DELETE('/v1/staff/{id}', { params: { path: { id }, query } }))
    refreshMade()
    done(t(`${name}さんを削除しました。`, `${name} was removed.`))
  }
  const changeRole = async () => {
    // It would sign them out all the same.
    if (role === person.role)
      throw new Refusal(t('いまの権限と同じです。別の権限を選んでください。', 'They have this role already.'))
    const read = async () => ({ role: (await readStaff()).find((one) => one.id === id)?.role ?? shown.role })
    const keepMade = role === 'owner' ? undefined : await keptMade()
    await keep({ role }, read, () => patch(id, { role, ...(keepMade && { keepMade }) }))
    refreshMade()
    done(t(`${name}さんの権限を「${roleWord(role)}」に変更しました。`, `${name} is now: ${roleWord(role)}.`))
  }
  const own = self ? t('あなたもログアウトします。', 'You are signed out, too.') : ''
  const lost = t('ログイン中の端末はすべてログアウトします。', 'All their browsers are signed out.')
  return (
    <Dialog title={t(`${name}さんの設定`, `Settings of ${name}`)} busy={busy} onClose={onClose}>
      <Problem error={error} />
      {last && (
        <p className="note">
          {t(
            `利用中の管理者は${name}さんだけです。権限の変更、利用の停止、削除をするには、先にほかの人を管理者にしてください。`,
            `${name} is the only active owner. Make somebody else an owner before the role is changed, or the account switched off or removed.`,
          )}
        </p>
      )}
      {!last && (
        <MadeChoice
          name={name}
          made={made.data}
          ending={ending}
          onTurn={(one) => setEnding(turned(ending, one))}
        />
      )}
      {!last && (
        <form className="person-act" onSubmit={submit(changeRole)}>
          <Choice label={t('権限', 'Role')} value={role} onChange={setRole} options={roleOptions()} />
          <p className="support">{own || lost}</p>
          <button type="submit" className="button button-main" aria-disabled={busy}>
            {t('権限を変更する', 'Change the role')}
          </button>
        </form>
      )}
      {self ? (
        <p>
          <Link href="/account">
            {t(
              '自分のログイン中の端末・2段階認証は「自分のアカウント」へ',
              'Your own browsers and second factor',
            )}
          </Link>
        </p>
      ) : (
        <>
          <Act help={t('端末をなくしたとき、退席したままのとき。', 'For a lost device, or one left open.')}>
            <TwiceButton
              label={t('すべてログアウトさせる', 'Sign out everywhere')}
              again={t('もう一度押すとログアウトさせます', 'Press again to sign them out')}
              busy={busy}
              act={() =>
                send(
                  change(
                    { endSessions: true },
                    t(
                      `${name}さんをすべての端末でログアウトさせました。`,
                      `${name} is signed out everywhere.`,
                    ),
                  ),
                )
              }
            />
          </Act>
          {person.secondFactor && (
            <Act
              help={t(
                '認証アプリの入った電話をなくしたとき。次のログインで設定し直します。',
                'For a lost phone. It is set up anew at the next sign-in.',
              )}
            >
              <TwiceButton
                label={t('2段階認証を解除する', 'Take off the second factor')}
                again={t('もう一度押すと解除します', 'Press again to take it off')}
                busy={busy}
                act={() =>
                  send(
                    change(
                      { removeSecondFactor: true },
                      t(`${name}さんの2段階認証を解除しました。`, `${name}’s second factor is off.`),
                    ),
                  )
                }
              />
            </Act>
          )}
          {person.identityProvider && (
            <Act
              help={t(
                `${person.identityProvider} のアカウントでログインできなくなります。パスワードではログインできます。`,
                `No sign-in by ${person.identityProvider} any more; the password goes on.`,
              )}
            >
              <TwiceButton
                label={t('シングルサインオンを解除する', 'Remove single sign-on')}
                again={t('もう一度押すと解除します', 'Press again to remove it')}
                busy={busy}
                act={() =>
                  send(
                    change(
                      { removeIdentity: true },
                      t(
                        `${name}さんのシングルサインオンを解除しました。`,
                        `${name}’s single sign-on is removed.`,
                      ),
                    ),
                  )
                }
              />
            </Act>
          )}
        </>
      )}
      {!last && person.state === 'active' && (
        <Act
          help={t(
            `ログインできなくなります。あとで再開できます。${own}`,
            `No sign-in until it is resumed. ${own}`,
          )}
        >
          <TwiceButton
            label={t('利用を停止する', 'Switch off')}
            again={t('もう一度押すと停止します', 'Press again to switch off')}
            busy={busy}
            act={() =>
              send(async () => {
                await patch(id, { state: 'disabled', keepMade: await keptMade() })
                refreshMade()
                done(t(`${name}さんの利用を停止しました。`, `${name} is switched off.`))
              })
            }
          />
        </Act>
      )}
      {person.state === 'disabled' && (
        <Act help={t('同じパスワードで再びログインできます。', 'They sign in as before.')}>
          <button
            type="button"
            className="button"
            aria-disabled={busy}
            onClick={() =>
              send(change({ state: 'active' }, t(`${name}さんの利用を再開しました。`, `${name} is back.`)))
            }
          >
            {t('利用を再開する', 'Resume')}
          </button>
        </Act>
      )}
      {!last && (
        <Act
          help={t(
            `メールアドレスとパスワードを消します。取り消せません。氏名は履歴に残ります。${own}`,
            `Address and password go for good; the name stays in the histories. ${own}`,
          )}
        >
          <TwiceButton
            label={t('削除する', 'Remove')}
            again={t('もう一度押すと削除します', 'Press again to remove')}
            busy={busy}
            act={() => send(remove)}
          />
        </Act>
      )}
    </Dialog>
  )
}

/** Keys and webhooks outlive their maker, as programs use them: asked before the maker's rights end. */
function MadeChoice(props: {
  name: string
  made: readonly MadeThing[] | undefined
  ending: ReadonlySet<string>
  onTurn: (id: string) => void
}) {
  const { name, made, ending, onTurn } = props
  if (made === undefined || made.length === 0) return null
  const kind = (one: MadeThing) =>
    ({
      api_key: t('APIキー', 'API key'),
      webhook: 'Webhook',
      notice_channel: t('通知先', 'Channel'),
    })[one.kind]
  const used = (one: MadeThing) =>
    one.lastUsedAt
      ? t(`最終利用 ${shortTime(one.lastUsedAt)}`, `last used ${shortTime(one.lastUsedAt)}`)
      : t('まだ使われていません', 'not used yet')
  return (
    <div className="person-act">
      <Ticks legend={t(`${name}さんが作成し、いま使えるもの`, `Made by ${name}, and working`)}>
        {made.map((one) => (
          <Tick
            key={one.id}
            label={t(
              `残す: ${kind(one)}「${one.name}」（${used(one)}）`,
              `Keep: ${kind(one)} ${one.name} (${used(one)})`,
            )}
            on={!ending.has(one.id)}
            set={() => onTurn(one.id)}
          />
        ))}
      </Ticks>
      <p className="support">
        {t(
          '権限の変更・利用の停止・削除のとき、チェックを外したものは使えなくなります。プログラムが使っているAPIキーを止めると、受注の取り込みが止まります。',
          'When the role is changed, or the account switched off or removed, those without a tick stop working. A program whose key ends gets no orders.',
        )}
      </p>
    </div>
  )
}

const Act = ({ help, children }: { help: string; children: ReactNode }) => (
  <div className="person-act">
    <p className="support">{help}</p>
    <div>{children}</div>
  </div>
)
