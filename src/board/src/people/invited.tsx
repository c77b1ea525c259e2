import type { Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import { ShownOnce } from '../parts/shown-once.tsx'

type Invitation = Pick<Schemas['InvitationMade'], 'email' | 'mailed' | 'url'>

/** Who was invited, and without a mail server the link to hand over. */
export function Invited({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) {
  const { email, url } = invitation
  if (url === null)
    return (
      <p className="note" role="status">
        {t(
          `${email} に招待メールを送りました。リンクは7日間有効です。`,
          `The invitation went to ${email}. Its link is good for seven days.`,
        )}
      </p>
    )
  return (
    <ShownOnce
      title={t(`${email} の招待リンク`, `Invitation of ${email}`)}
      text={t(
        'メールサーバーの設定がないため、本人に直接渡してください。7日間、1人だけが使えます。',
        'There is no mail server: hand it over yourself. It is good for seven days and one person.',
      )}
      // A service that does not know its own address gives the path alone.
      secret={new URL(url, location.origin).href}
      onKept={onClose}
    />
  )
}
