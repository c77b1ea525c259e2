import { z } from 'zod'
import { anyone } from '../http/access.ts'
import type { Routes } from '../http/app-types.ts'
import { json, operation } from '../http/operation.ts'
import { invalid } from '../http/validation.ts'
import type { Tx } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { networkOf } from '../platform/network.ts'
import { audit, noteOf } from '../shops/tenants/audit.ts'
import { actorOf, byEmail, Email, emailOf, mailTo, type StaffTools } from './accounts.ts'
import { openDoor } from './doors.ts'
import { removeIdentity } from './identities.ts'
import { emailLock } from './locks.ts'
import { lockedOut } from './second-factor.ts'
import { hashToken, newToken, passwordFaults } from './secrets.ts'
import { BY_HAND, endResetLinks, endSessions, Password } from './sessions.ts'
import { type SignInTools, sealedPassword } from './sign-in.ts'

const LIFE_MS = 60 * 60_000
const MOST_BY_NETWORK = 20
const MOST_A_DAY = 5
/** A link that is good for less than this is worth another mail. */
const STILL_GOOD_MS = 15 * 60_000
const DAY_MS = 24 * 60 * 60_000

const notValid = () =>
  new AppError('NOT_FOUND', 'この再設定リンクは無効です。使用済みか期限切れです。もう一度お試しください。')

/** Full paths: whoever forgot the password is not signed in. The second factor is asked for all the same. */
export const passwordResetRoutes =
  (tools: SignInTools): Routes =>
  (app) => {
    operation(app, {
      id: 'askPasswordReset',
      at: 'POST /v1/password-resets',
      since: '1.0.0',
      tag: 'staff',
      who: anyone('nothing'),
      cost: 'light',
      audit: ['staff.password_reset_asked'],
      limit: { rateLimit: { max: 10, timeWindow: 60_000 } },
      summary: 'Ask for a mail to set a new password (パスワード再設定の依頼)',
      description:
        'Always 202, whether the address has an account or not. Where no mail server is set an owner (管理者) or the operator deletes the account and invites anew.',
      body: json(
        z.strictObject({ email: Email }).meta({ examples: [{ email: 'owner@example.jp' }] }),
        '16 KiB',
      ),
      repeat: 'each time',
      answers: { 202: z.object({ mailed: z.null().describe('Not told (非公開)') }) },
      run: async (request) => {
        if (tools.sendMail === null || tools.publicUrl === null)
          throw new AppError(
            'NOT_CONFIGURED',
            'メールによる再設定は設定されていません（SMTP_URL と PUBLIC_URL）。契約店の管理者か運営者に、再招待を依頼してください。',
          )
        const lock = { name: `reset:${networkOf(request.ip)}`, most: MOST_BY_NETWORK }
        const seconds = await tools.failures.note([lock])
        if (seconds !== null) throw lockedOut(seconds)
        // Not waited for: the time that it takes would tell whether there is an account.
        void sendReset(tools, request.body.email, request.ip).catch((err: unknown) =>
          tools.log.error({ err }, 'a password reset could not be begun'),
        )
        return { mailed: null }
      },
    })

    operation(app, {
      id: 'resetPassword',
      at: 'POST /v1/password-resets/:token',
      since: '1.0.0',
      tag: 'staff',
      who: anyone('link'),
      cost: 'light',
      audit: ['staff.password_changed', 'staff.identity_removed'],
      limit: BY_HAND,
      summary: 'Set a new password by the link of the mail (パスワードの再設定)',
      description: 'Ends all sessions of the account; sign in afterwards.',
      params: z.object({
        token: z
          .string()
          .regex(/^[\w-]{43}$/)
          .describe('Of the link (再設定の鍵)'),
      }),
      body: json(
        z.strictObject({ password: Password }).meta({ examples: [{ password: 'a long pass phrase' }] }),
        '16 KiB',
      ),
      repeat: 'each time',
      answers: { 204: z.undefined().describe('Set (設定済)') },
      run: async (request) => {
        await resetPassword(tools, request.params.token, request.body.password, request.ip)
      },
    })
  }

async function sendReset(tools: StaffTools, email: string, source: string): Promise<void> {
  const { db, clock, newId, random } = tools
  const account = await db.staffAccount.findFirst({ where: byEmail(tools.sealer, email) })
  const to = account && emailOf(tools.sealer, account)
  if (!account || !to || account.state !== 'active') return
  const now = clock.now()
  if (!(await mayMail(tools, account.id))) return
  const { token, hash } = newToken(random)
  const id = newId()
  await openDoor(tools, 'reset_link', { account }, async (tx) => {
    await tx.passwordReset.create({
      data: {
        id,
        accountId: account.id,
        tokenHash: hash,
        createdAt: new Date(now),
        expiresAt: new Date(now + LIFE_MS),
      },
    })
    const by = { ...actorOf(account, source), actor: 'nobody' }
    await audit(tx, tools, noteOf(by, 'staff.password_reset_asked', account.id))
  })
  await mailTo(tools, to, {
    id,
    subject: '【取込】パスワードの再設定',
    lines: [
      'パスワードの再設定が依頼されました。次のリンクから新しいパスワードを設定してください（1時間有効）。',
      '',
      `${tools.publicUrl}/board/#/password-reset/${token}`,
      '',
      '心当たりのない場合は、このメールを破棄してください。パスワードは変わりません。',
    ],
  })
}

/**
 * Limits mails, so that a stranger can neither flood a mailbox nor use up its owner's requests. After a day's
 * first mails another goes out only when no link is good any more: the owner has one, or gets one.
 */
async function mayMail({ db, clock }: Pick<StaffTools, 'db' | 'clock'>, accountId: string): Promise<boolean> {
  const now = clock.now()
  const today = { accountId, createdAt: { gt: new Date(now - DAY_MS) } }
  if ((await db.passwordReset.count({ where: today })) < MOST_A_DAY) return true
  const good = { accountId, usedAt: null, expiresAt: { gt: new Date(now + STILL_GOOD_MS) } }
  return (await db.passwordReset.count({ where: good })) === 0
}

async function resetPassword(
  tools: SignInTools,
  token: string,
  password: string,
  source: string,
): Promise<void> {
  const { db, clock } = tools
  const row = await db.passwordReset.findUnique({
    where: { tokenHash: hashToken(token) },
    include: { account: true },
  })
  const now = new Date(clock.now())
  if (!row || row.usedAt || row.expiresAt <= now || row.account.state !== 'active') throw notValid()
  const { account } = row
  const faults = passwordFaults(password, emailOf(tools.sealer, account) ?? '')
  if (faults.length > 0) throw invalid(faults)
  const data = await sealedPassword(tools, account, password)
  const reset = async (tx: Tx) => {
    // This very link: another one may have been mailed since it ended.
    const used = await tx.passwordReset.updateMany({
      where: { id: row.id, usedAt: null },
      data: { usedAt: now },
    })
    if (used.count === 0) throw notValid()
    await endResetLinks(tx, tools, account.id)
    await tx.staffAccount.update({ where: { id: account.id }, data })
    // Removes the identity too: somebody who bound one while they held the account must not come back by it.
    const by = actorOf(account, source)
    await removeIdentity(tx, tools, account, by)
    await endSessions(tx, account.id)
    await audit(tx, tools, noteOf(by, 'staff.password_changed', account.id, { by: 'reset' }))
  }
  await openDoor(tools, 'password_by_link', { account }, reset, notValid)
  // Who has shown the mailbox is not kept out by the passwords that were wrong before.
  await tools.failures.forget(emailLock(tools.sealer, emailOf(tools.sealer, account) ?? ''))
}
