import { useState } from 'react'
import type { Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import { keep, kept } from '../kept.ts'
import { Field } from '../parts/field.tsx'
import { ShownOnce } from '../parts/shown-once.tsx'

type Invitation = Pick<Schemas['InvitationMade'], 'email' | 'mailed' | 'url'>

const ADDRESS = 'publicUrl'
/** Only a browser on the same machine opens these. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** Who was invited, and without a mail server the link to hand over. */
export function Invited({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) {
  const { email, url } = invitation
  const [address, setAddress] = useState(() => kept(ADDRESS) ?? '')
  if (url === null)
    return (
      <p className="note" role="status">
        {t(
          `${email} に招待メールを送りました。リンクは7日間有効です。`,
          `The invitation went to ${email}. Its link is good for seven days.`,
        )}
      </p>
    )
  // A service that does not know its own address gives the path alone.
  const link = new URL(url, location.origin)
  const here = LOOPBACK.test(link.hostname)
  const usable = here && URL.canParse(address) ? new URL(link.pathname + link.hash, address) : link
  return (
    <div className="stack">
      {here && (
        <div className="note stack form-narrow">
          <p>
            {t(
              `リンクのアドレス ${link.host} は、このコンピューターでしか開けません。ほかのコンピューターの人に渡すときは、その人が開けるアドレスを入力してください。サーバーの設定 PUBLIC_URL に同じアドレスを書くと、次からはそのリンクになります（設定 HOST と、https の中継も必要です）。`,
              `Only this computer opens ${link.host}. For somebody at another one, enter the address that they can open. With the same address in the server’s setting PUBLIC_URL links are made with it (HOST and a proxy with https are needed, too).`,
            )}
          </p>
          <Field
            label={t('ほかの人が開けるアドレス', 'Address that others can open')}
            name="publicUrl"
            type="url"
            placeholder="https://torikomi.example.jp"
            value={address}
            onChange={({ target }) => {
              setAddress(target.value)
              keep(ADDRESS, URL.canParse(target.value) ? target.value : null)
            }}
          />
        </div>
      )}
      <ShownOnce
        title={t(`${email} の招待リンク`, `Invitation of ${email}`)}
        text={t(
          'メールサーバーの設定がないため、本人に直接渡してください。7日間、1人だけが使えます。',
          'There is no mail server: hand it over yourself. It is good for seven days and one person.',
        )}
        secret={usable.href}
        onKept={onClose}
      />
    </div>
  )
}
