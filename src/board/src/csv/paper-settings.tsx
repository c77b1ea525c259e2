import '../styles/sheets.css'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { answer, api, Refusal } from '../api.ts'
import { refresh, useShops } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice, TextArea } from '../parts/field.tsx'
import { FileField } from '../parts/file-field.tsx'
import { toBase64 } from '../parts/files.ts'
import { Form, FormEnd } from '../parts/form.tsx'
import { useOpened } from '../parts/opened.ts'
import { Failed, Loading } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { logoAddress, type Papers, readPapers } from '../print/papers.ts'
import { useIsOwner } from '../session.ts'

type Shown = Parameters<typeof logoAddress>[0]
type Shop = NonNullable<ReturnType<typeof useShops>['data']>[number]

/** 納品書 and 出荷指示書: logo and own words of a shop. */
export function PaperSettings() {
  const shops = useShops()
  const [id, setId] = useState<string | null>(null)
  if (shops.isPending) return <Loading />
  if (!shops.data) return <Failed error={shops.error} again={() => void shops.refetch()} />
  const shop = shops.data.find((one) => one.id === id) ?? shops.data[0]
  if (!shop) return <p className="quiet">{t('まだ店舗がありません。', 'There is no shop yet.')}</p>
  return (
    <div className="stack">
      <Choice
        label={t('店舗', 'Shop')}
        value={shop.id}
        onChange={setId}
        options={shops.data.map((one) => [one.id, one.name] as const)}
      />
      <OfShop key={shop.id} shop={shop} others={shops.data.filter((one) => one.id !== shop.id)} />
    </div>
  )
}

function OfShop({ shop, others }: { shop: Shop; others: readonly Shop[] }) {
  const papers = useQuery({ queryKey: ['papers', shop.id], queryFn: () => readPapers(shop.id) })
  if (papers.isPending) return <Loading />
  if (!papers.data) return <Failed error={papers.error} again={() => void papers.refetch()} />
  return <PaperForm shop={shop} kept={papers.data} others={others} />
}

/** As the service bounds it, so that a large picture is not sent in vain. */
const MOST_BYTES = 200 * 1_024

/** As it is sent: of a logo its bytes. */
interface Values {
  headText: string
  footText: string
  packText: string
  logo: string | null
}

const valuesOf = ({ headText, footText, packText, logo }: Papers): Values => ({
  headText,
  footText,
  packText,
  logo: logo?.file ?? null,
})

const LABELS: Readonly<Record<keyof Values, () => string>> = {
  headText: () => t('納品書の上部の文', 'Words at the head of the note'),
  footText: () => t('納品書の下部の文', 'Words at its foot'),
  packText: () => t('出荷指示書の文', 'Words on the packing order'),
  logo: () => t('ロゴ', 'Logo'),
}

const write = (id: string, version: number, body: Values & { alsoShops: string[] }) =>
  answer(
    api.PUT('/v1/shops/{id}/papers', {
      params: { path: { id }, header: { 'If-Match': `"${version}"` } },
      body,
    }),
  )

function PaperForm({ shop, kept, others }: { shop: Shop; kept: Papers; others: readonly Shop[] }) {
  const owner = useIsOwner()
  const [texts, setTexts] = useState({
    headText: kept.headText,
    footText: kept.footText,
    packText: kept.packText,
  })
  const [logo, setLogo] = useState<Shown | null>(kept.logo)
  const [everywhere, setEverywhere] = useState(false)
  const keep = useOpened<Values>(valuesOf(kept), (field) => [LABELS[field]()])
  const save = async () => {
    const mine = { ...texts, logo: logo?.file ?? null }
    let version: number | null = null
    const read = async () => {
      const now = await readPapers(shop.id)
      version = now.version
      return valuesOf(now)
    }
    const alsoShops = everywhere ? others.map(({ id }) => id) : []
    const send = (values: Values) => write(shop.id, version ?? kept.version, { ...values, alsoShops })
    await keep(mine, read, (changes, now) => send({ ...now, ...changes }))
    // Nothing of this shop was changed: only the others get it.
    if (everywhere && version === null) await send(await read())
    refresh('papers')
    toast(t('納品書の設定を保存しました。', 'Saved.'))
  }
  const set = (name: keyof typeof texts) => (event: { target: { value: string } }) =>
    setTexts({ ...texts, [name]: event.target.value })
  return (
    <Form send={save} label={t('納品書の設定', 'Papers')}>
      <LogoField logo={logo} setLogo={setLogo} owner={owner} />
      <TextArea
        name="headText"
        label={LABELS.headText()}
        support={t('5行、300文字まで。例: お買い上げありがとうございます。', 'Five lines, 300 characters.')}
        rows={3}
        maxLength={300}
        value={texts.headText}
        onChange={set('headText')}
      />
      <TextArea
        name="footText"
        label={LABELS.footText()}
        support={t(
          '12行、1,000文字まで。例: 返品・交換の受付、問い合わせ先',
          'Twelve lines, 1,000 characters.',
        )}
        maxLength={1_000}
        value={texts.footText}
        onChange={set('footText')}
      />
      <TextArea
        name="packText"
        label={LABELS.packText()}
        support={t('6行、500文字まで。梱包する人への指示', 'Six lines, 500 characters, for whoever packs.')}
        rows={3}
        maxLength={500}
        value={texts.packText}
        onChange={set('packText')}
      />
      {owner && others.length > 0 && (
        <label className="tick">
          <input
            type="checkbox"
            checked={everywhere}
            onChange={(event) => setEverywhere(event.target.checked)}
          />
          {t(
            `ほかの店舗（${others.length}店舗）にも同じ設定を使う`,
            `The same for the ${others.length} other shops`,
          )}
        </label>
      )}
      {owner ? (
        <FormEnd label={t('保存する', 'Save')} />
      ) : (
        <p className="support">{t('設定は管理者だけが変更できます。', 'Only an owner changes settings.')}</p>
      )}
    </Form>
  )
}

function LogoField(props: { logo: Shown | null; setLogo: (logo: Shown | null) => void; owner: boolean }) {
  const { logo, setLogo, owner } = props
  const id = useId()
  const [fault, setFault] = useState('')
  const take = async (file: File | undefined) => {
    if (!file) return
    setFault('')
    try {
      setLogo(await logoOf(file))
    } catch (error) {
      setFault(error instanceof Refusal ? error.message : String(error))
    }
  }
  return (
    <div className="field">
      <label htmlFor={id}>{LABELS.logo()}</label>
      <p className="support" id={`${id}-s`}>
        {t(
          'PNG か JPEG、200KBまで、縦横2,000画素まで。紙の上では幅60mm・高さ16mmの中に収めます。',
          'PNG or JPEG, 200 KB and 2,000 pixels a side at most.',
        )}
      </p>
      {logo && <img className="paper-logo" src={logoAddress(logo)} alt={t('現在のロゴ', 'The logo now')} />}
      {owner && (
        <div className="row">
          <FileField
            id={id}
            chosen={logo && t('現在のロゴ', 'The logo now')}
            name="logo"
            accept="image/png,image/jpeg"
            data-label={LABELS.logo()}
            aria-describedby={`${id}-s`}
            onChange={(event) => void take(event.target.files?.[0])}
          />
          {logo && (
            <button type="button" className="button" onClick={() => setLogo(null)}>
              {t('ロゴを外す', 'Remove the logo')}
            </button>
          )}
        </div>
      )}
      {fault && (
        <p className="field-error" role="alert">
          ＊{fault}
        </p>
      )}
    </div>
  )
}

async function logoOf(file: File): Promise<Shown> {
  if (!['image/png', 'image/jpeg'].includes(file.type))
    throw new Refusal(t('PNG か JPEG の画像を選んでください。', 'Choose a PNG or a JPEG.'))
  if (file.size > MOST_BYTES)
    throw new Refusal(
      t('ロゴは 200KB までです。小さくして選び直してください。', 'A logo has 200 KB at most.'),
    )
  return { file: await toBase64(file), type: file.type }
}
