import { useState } from 'react'
import { useLocation } from 'wouter'
import { ApiProblem, answer, api, type Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import { Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { number } from '../parts/format.ts'
import { useOpened } from '../parts/opened.ts'
import { text } from '../parts/send-form.tsx'
import { Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { TwiceButton } from '../parts/twice-button.tsx'
import { useSend } from '../parts/use-send.ts'
import { refreshShops } from './connection-test.tsx'

type Shop = Schemas['Shop']

/** Its name, off and on, and away; its page is left with it. */
export function ShopItself({ shop }: { shop: Shop }) {
  const { busy, error, send } = useSend()
  const [, navigate] = useLocation()
  const params = { path: { id: shop.id } }
  const rename = useOpened({ name: shop.name }, () => [t('店舗名', 'Name')])
  const change = async (body: { name?: string; enabled?: boolean }) => {
    await answer(api.PATCH('/v1/shops/{id}', { params, body }))
    refreshShops()
  }
  /** Of what would go with it; null until somebody tried. */
  const [orders, setOrders] = useState<number | null>(null)
  const remove = async () => {
    const query = { withOrders: orders === null ? 'false' : 'true' } as const
    try {
      await answer(api.DELETE('/v1/shops/{id}', { params: { ...params, query } }))
    } catch (thrown) {
      const count = thrown instanceof ApiProblem && thrown.status === 409 ? thrown.body.orders : undefined
      if (typeof count !== 'number') throw thrown
      return setOrders(count)
    }
    navigate('/shops', { replace: true })
    refreshShops()
    toast(t(`${shop.name}を削除しました。`, `${shop.name} was removed.`))
  }
  return (
    <div className="stack">
      <Form
        label={t('店舗名', 'Name')}
        send={async (form) => {
          const read = async () => ({ name: (await answer(api.GET('/v1/shops/{id}', { params }))).name })
          await rename({ name: text(form, 'name').trim() }, read, change)
          toast(t('店舗名を変更しました。', 'Changed.'))
        }}
      >
        <Field label={t('店舗名', 'Name')} name="name" required maxLength={200} defaultValue={shop.name} />
        <FormEnd quiet label={t('店舗名を変更する', 'Change the name')} />
      </Form>
      <div className="row">
        <button
          type="button"
          className="button"
          aria-disabled={busy}
          onClick={() => send(() => change({ enabled: !shop.enabled }))}
        >
          {shop.enabled ? t('取込を停止する', 'Turn off') : t('取込を再開する', 'Turn on')}
          <span className="for-reader"> {shop.name}</span>
        </button>
        <TwiceButton
          key={String(orders)}
          label={
            orders === null
              ? t('店舗を削除する', 'Remove')
              : t(`受注${number(orders)}件ごと削除する`, `Remove with its ${orders} orders`)
          }
          again={t('もう一度押すと削除します。元に戻せません', 'Press again to remove it for good')}
          of={shop.name}
          busy={busy}
          act={() => send(remove)}
        />
      </div>
      {orders !== null && (
        <p className="note" role="status">
          {t(
            `この店舗には受注が${number(orders)}件あります。使わないだけなら「取込を停止する」を選んでください。`,
            `It has ${orders} orders. Turn it off if it is only out of use.`,
          )}
        </p>
      )}
      <Problem error={error} />
    </div>
  )
}
