import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser'
import { callSession, Refusal } from '../api.ts'
import { t } from '../i18n.ts'
import type { Session } from '../session.ts'

/** WebAuthn in the browser. The library is loaded when somebody presses a button of it. */
const load = () => import('@simplewebauthn/browser')

export const hasPasskeys = (): boolean => window.PublicKeyCredential !== undefined

/** Signs in alone, or completes a sign-in by password. */
export const showPasskey = (path: '/v1/session/passkey' | '/v1/session/second-factor/passkey') =>
  show<Session>(path)

/** New recovery codes without the app. */
export const recoveryCodesByPasskey = async () =>
  (await show<{ recoveryCodes: string[] }>('/v1/session/recovery-codes/passkey')).recoveryCodes

async function show<Answer>(path: string): Promise<Answer> {
  const begun = await callSession<{ options: PublicKeyCredentialRequestOptionsJSON }>(
    'POST',
    `${path}/options`,
  )
  const { startAuthentication } = await load()
  const response = await startAuthentication({ optionsJSON: begun.options }).catch(notShown)
  return callSession<Answer>('POST', path, { response })
}

export type AddedPasskey = Session & { recoveryCodes: string[] | null }

/** @param currentPassword left out where the second factor is being set up at the sign-in */
export async function addPasskey(name: string, currentPassword?: string): Promise<AddedPasskey> {
  const path = '/v1/session/passkeys'
  const begun = await callSession<{ options: PublicKeyCredentialCreationOptionsJSON }>(
    'POST',
    `${path}/options`,
    { currentPassword },
  )
  const { startRegistration } = await load()
  const response = await startRegistration({ optionsJSON: begun.options }).catch(notShown)
  return callSession<AddedPasskey>('POST', path, { name, response })
}

/** Browsers tell little, so that no page learns which passkeys there are. */
function notShown(error: unknown): never {
  const name = error instanceof Error ? error.name : ''
  if (name === 'InvalidStateError')
    throw new Refusal(
      t('この端末のパスキーはすでに登録されています。', 'This device has a passkey of yours already.'),
    )
  throw new Refusal(
    t(
      `パスキーを使えませんでした。取り消したか、時間が過ぎたか、この端末に使えるパスキーがありません。（${name || 'ERROR'}）`,
      `No passkey was shown: cancelled, too late, or none on this device. (${name || 'ERROR'})`,
    ),
  )
}

/** Default name of a passkey: the system that made it. */
export function deviceName(): string {
  const systems = [
    ['iPhone', /iPhone/],
    ['iPad', /iPad/],
    ['Android', /Android/],
    ['Windows', /Windows/],
    ['Mac', /Mac OS X/],
    ['ChromeOS', /CrOS/],
  ] as const
  return systems.find(([, looks]) => looks.test(navigator.userAgent))?.[0] ?? t('この端末', 'This device')
}
