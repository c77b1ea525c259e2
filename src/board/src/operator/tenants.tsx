import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiProblem, answer, api, Refusal, type Schemas } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { number, shortTime } from '../parts/format.ts'
import { useOpened } from '../parts/opened.ts'
import { text } from '../parts/send-form.tsx'
import { Sign, type Tone } from '../parts/sign.tsx'
import { Failed, Loading, Problem, Wide } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { Invited } from '../people/invited.tsx'
import { useSession } from '../session.ts'

const readTenants = async () =>
  (await answer(api.GET('/v1/admin/tenants', { params: { query: { limit: 500 } } }))).tenants
type Tenant = Awaited<ReturnType<typeof readTenants>>[number]
type Made = Schemas['InvitationMade']

export const useTenants = () => useQuery({ queryKey: ['admin', 'tenants'], queryFn: readTenants })

const TENANT_TONES: Record<Tenant['status'], Tone> = {
  applied: 'attention',
  active: 'done',
  suspended: 'hold',
}

/** 契約店: made here with its first owner and its limits, let in, suspended. */
export function Tenants() {
  const list = useTenants()
  const mayChange = useSession()?.account?.role === 'operator'
  const { busy, error, send } = useSend()
  const [asked, setAsked] = useState<'new' | Tenant | null>(null)
  const [limited, setLimited] = useState<Tenant | null>(null)
  const [made, setMade] = useState<Made | null>(null)
  const word: Record<Tenant['status'], string> = {
    applied: t('申し込み', 'Applied'),
    active: t('利用中', 'Active'),
    suspended: t('停止中', 'Suspended'),
  }
  const change = (id: string, status: 'active' | 'suspended') =>
    send(async () => {
      await answer(api.PATCH('/v1/admin/tenants/{id}', { params: { path: { id } }, body: { status } }))
      refresh('admin')
    })
  if (list.isPending) return <Loading />
  if (list.error) return <Failed error={list.error} again={() => void list.refetch()} />
  const rank: Record<Tenant['status'], number> = { applied: 0, active: 1, suspended: 2 }
  const tenants = [...list.data].sort((a, b) => rank[a.status] - rank[b.status])
  const invited = (invitation: Made) => {
    setAsked(null)
    setMade(invitation)
  }
  return (
    <section className="desk-part">
      <h2>
        {t('契約店', 'Tenants')}{' '}
        <span className="quiet">{t(`${number(tenants.length)}件`, String(tenants.length))}</span>
      </h2>
      <Problem error={error} />
      {made && <Invited key={made.id} invitation={made} onClose={() => setMade(null)} />}
      {mayChange &&
        (asked === 'new' ? (
          <NewTenant onInvited={invited} onCancel={() => setAsked(null)} />
        ) : (
          <p>
            <button type="button" className="button button-main" onClick={() => setAsked('new')}>
              {t('契約店を作る', 'Add a tenant')}
            </button>
          </p>
        ))}
      {tenants.length > 0 && (
        <Wide label={t('契約店', 'Tenants')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('状態', 'State')}</th>
                <th scope="col">{t('契約店', 'Tenant')}</th>
                <th scope="col">{t('連絡先', 'Addresses')}</th>
                <th scope="col">{t('上限', 'Limits')}</th>
                <th scope="col">{t('登録', 'Since')}</th>
                {mayChange && <th scope="col">{t('操作', 'Actions')}</th>}
              </tr>
            </thead>
            <tbody>
              {tenants.map((tenant) => (
                <tr key={tenant.id}>
                  <td>
                    <Sign tone={TENANT_TONES[tenant.status]}>{word[tenant.status]}</Sign>
                  </td>
                  <th scope="row">{tenant.name}</th>
                  <td>{tenant.emails.join(', ')}</td>
                  <td>{limitsText(tenant.limits)}</td>
                  <td className="number">{shortTime(tenant.createdAt)}</td>
                  {mayChange && (
                    <td>
                      <div className="row">
                        <button type="button" className="button" onClick={() => setAsked(tenant)}>
                          {t('管理者を招待…', 'Invite an owner…')}
                          <span className="for-reader">{tenant.name}</span>
                        </button>
                        <button type="button" className="button" onClick={() => setLimited(tenant)}>
                          {t('上限…', 'Limits…')}
                          <span className="for-reader">{tenant.name}</span>
                        </button>
                        <button
                          type="button"
                          className="button"
                          aria-disabled={busy}
                          onClick={() =>
                            change(tenant.id, tenant.status === 'active' ? 'suspended' : 'active')
                          }
                        >
                          {tenant.status === 'active'
                            ? t('利用を停止する', 'Suspend')
                            : t('利用を開始する', 'Activate')}
                          <span className="for-reader">{tenant.name}</span>
                        </button>
                      </div>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      {asked !== null && asked !== 'new' && (
        <InviteOwner tenant={asked} onInvited={invited} onClose={() => setAsked(null)} />
      )}
      {limited && <LimitsDialog tenant={limited} onClose={() => setLimited(null)} />}
    </section>
  )
}

const LIMITS = () =>
  [
    ['shops', t('店舗の上限', 'Shops at most')],
    ['mailboxes', t('受信箱の上限', 'Mailboxes at most')],
    ['webhooks', t('Webhookの上限', 'Webhooks at most')],
    ['apiKeys', t('有効なAPIキーの上限', 'Living API keys at most')],
  ] as const

/** Only what differs from the installation's own. */
function limitsText(limits: Tenant['limits']): string {
  const own = LIMITS().flatMap(([name, label]) =>
    limits[name] === null ? [] : [`${label.replace('の上限', '')} ${number(limits[name])}`],
  )
  return own.length > 0 ? own.join('、') : t('標準', 'as usual')
}

function LimitFields({ limits }: { limits?: Tenant['limits'] }) {
  return LIMITS().map(([name, label]) => (
    <Field
      key={name}
      label={label}
      support={t('空欄なら、このサーバーの標準です。', 'Empty: as this server has it.')}
      name={`limits.${name}`}
      type="number"
      min={0}
      max={10_000}
      autoComplete="off"
      defaultValue={limits?.[name] ?? ''}
    />
  ))
}

function limitsOf(form: FormData): Tenant['limits'] {
  const limit = (name: keyof Tenant['limits']) => {
    const typed = text(form, `limits.${name}`).trim()
    return typed === '' ? null : Number(typed)
  }
  return {
    shops: limit('shops'),
    mailboxes: limit('mailboxes'),
    webhooks: limit('webhooks'),
    apiKeys: limit('apiKeys'),
  }
}

function LimitsDialog({ tenant, onClose }: { tenant: Tenant; onClose: () => void }) {
  const save = useOpened(tenant.limits, (field) => [
    LIMITS().find(([name]) => name === field)?.[1] ?? field,
    `limits.${field}`,
  ])
  const keep = async (form: FormData) => {
    const params = { path: { id: tenant.id } }
    const read = async () => (await readTenants()).find(({ id }) => id === tenant.id)?.limits ?? tenant.limits
    await save(limitsOf(form), read, (changes, now) =>
      answer(api.PATCH('/v1/admin/tenants/{id}', { params, body: { limits: { ...now, ...changes } } })),
    )
    refresh('admin')
    onClose()
    toast(t(`「${tenant.name}」の上限を保存しました。`, 'Saved.'))
  }
  return (
    <Dialog title={t(`${tenant.name}の上限`, `Limits of ${tenant.name}`)} onClose={onClose}>
      <Form of={tenant.id} send={keep}>
        <LimitFields limits={tenant.limits} />
        <FormEnd label={t('保存する', 'Save')} onCancel={onClose} />
      </Form>
    </Dialog>
  )
}

const invite = (id: string, email: string) =>
  answer(
    api.POST('/v1/admin/tenants/{id}/invitations', { params: { path: { id } }, body: { email } }),
  ).finally(() => refresh('admin'))

/** An address has one account in the whole installation: whoever has one cannot be invited again. */
function beside(error: unknown): unknown {
  return error instanceof ApiProblem && error.status === 409 ? new Refusal(error.message, 'email') : error
}

function NewTenant(props: { onInvited: (made: Made) => void; onCancel: () => void }) {
  // Kept when only the invitation failed: sent again, the form makes no second tenant.
  const [id, setId] = useState<string | null>(null)
  const own = useSession()?.account?.email
  const make = async (form: FormData) => {
    const [name, email] = [text(form, 'name').trim(), text(form, 'email').trim()]
    // Asked before anything is made: who runs the server and a shop needs an account for each.
    if (email.toLowerCase() === own?.toLowerCase())
      throw new Refusal(
        t(
          'これは運営者（あなた）のアカウントのアドレスです。1つのアドレスで持てるアカウントは1つなので、店舗の管理者には別のアドレスを入力してください。',
          'This is your own address as the operator. An address has one account: enter another for the owner.',
        ),
        'email',
      )
    const tenantId =
      id ??
      (
        await answer(
          api.POST('/v1/admin/tenants', {
            body: { name, emails: [email], status: 'active', limits: limitsOf(form) },
          }),
        )
      ).id
    // Its notices go to whoever is invited in the end.
    if (id !== null)
      await answer(
        api.PATCH('/v1/admin/tenants/{id}', { params: { path: { id } }, body: { emails: [email] } }),
      )
    setId(tenantId)
    try {
      props.onInvited(await invite(tenantId, email))
    } catch (error) {
      throw beside(error)
    }
    toast(t(`契約店「${name}」を作りました。`, `${name} is there.`))
  }
  return (
    <section className="panel">
      <h3>{t('契約店を作る', 'Add a tenant')}</h3>
      <Form label={t('契約店を作る', 'Add a tenant')} send={make}>
        <Field
          label={t('契約店名', 'Company')}
          name="name"
          required
          autoFocus
          maxLength={200}
          readOnly={id !== null}
        />
        <Field
          label={t('管理者のメールアドレス', 'Mail address of its owner')}
          support={t(
            'この人が店舗と受信箱を設定し、ほかの担当者を招待します。お知らせの届け先にもなります。',
            'This person sets up shops and mailboxes, and invites the others. Notices go here, too.',
          )}
          name="email"
          type="email"
          autoComplete="off"
          required
        />
        {id === null && (
          <details>
            <summary>{t('プランの上限', 'Limits of the plan')}</summary>
            <LimitFields />
          </details>
        )}
        <FormEnd label={t('作って招待する', 'Add and invite')} onCancel={props.onCancel} />
      </Form>
    </section>
  )
}

/** Also for a link that was lost: the one before, of the same address, opens nothing any more. */
function InviteOwner(props: { tenant: Tenant; onInvited: (made: Made) => void; onClose: () => void }) {
  const { tenant } = props
  return (
    <Dialog
      title={t(`${tenant.name}の管理者を招待する`, `Invite an owner of ${tenant.name}`)}
      onClose={props.onClose}
    >
      <Form
        of={tenant.id}
        send={async (form) => {
          try {
            props.onInvited(await invite(tenant.id, text(form, 'email').trim()))
          } catch (error) {
            throw beside(error)
          }
        }}
      >
        <Field
          label={t('メールアドレス', 'Mail address')}
          support={t(
            '招待し直すときは、同じアドレスを入力してください。前のリンクは使えなくなります。',
            'Enter the same address to invite anew: the link before stops working.',
          )}
          name="email"
          type="email"
          autoComplete="off"
          required
          defaultValue={tenant.emails[0] ?? ''}
        />
        <FormEnd label={t('招待リンクを作る', 'Make the link')} onCancel={props.onClose} />
      </Form>
    </Dialog>
  )
}
