import { useState } from 'react'
import { answer, api, Refusal } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice, Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { useOpened } from '../parts/opened.ts'
import { Sign } from '../parts/sign.tsx'
import { Loading } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useIsOwner } from '../session.ts'
import { useLabelFormats } from './label-export.tsx'

type Tool = NonNullable<ReturnType<typeof useLabelFormats>['data']>['formats'][number]

/** Words of each tool's settings; which a tool has, its schema says. */
const FIELDS: readonly [path: string, ja: string, en: string, support?: string][] = [
  ['sender.name', 'ご依頼主名', 'Sender'],
  ['sender.postalCode', '郵便番号', 'Postal code', 'ハイフンなし7桁'],
  ['sender.address', '住所', 'Address', '都道府県から番地まで'],
  ['sender.building', '建物名', 'Building'],
  ['sender.phone', '電話番号', 'Phone', '例: 03-1234-5678'],
  ['goodsName', '品名', 'Goods'],
  [
    'goodsRules',
    '品名の規則',
    'Goods by words',
    '商品の言葉=品名。例: シャツ=衣類、ケーキ=洋菓子。ほかは上の品名',
  ],
  ['fragileWords', 'こわれものの言葉', 'Words for fragile', '商品の言葉。例: グラス、陶器'],
  ['uprightWords', '天地無用の言葉', 'Words for upright', '例: ホールケーキ'],
  ['rawWords', 'なまものの言葉', 'Words for perishable', '例: 鮮魚'],
  [
    'coolWords',
    '冷蔵にする言葉',
    'Words for chilled',
    '配送方法・商品・店舗メモの言葉。例: クール便、生洋菓子',
  ],
  ['frozenWords', '冷凍にする言葉', 'Words for frozen', '例: アイス、急速凍結'],
  ['billingCode', '請求先顧客コード', 'Billing code', '契約の番号（10〜12桁）'],
  ['billingBranch', '請求先分類コード', 'Billing branch', '3桁。なければ空欄'],
  ['freightNumber', '運賃管理番号', 'Freight number', '2桁'],
  ['customerCode', 'お客様コード', 'Customer code'],
  [
    'codLimit',
    '代引の上限（円）',
    'Most yen of cash on delivery',
    '契約の上限。空欄なら、ソフトの上限だけを確かめます',
  ],
  ['slipKind', '送り状種別', 'Kind of form', '例: 1100780'],
  ['senderCode', '荷送人コード', 'Sender code', '契約のコード'],
]
const CHOICES: readonly [path: string, ja: string, en: string, [string, string][]][] = [
  [
    'unknownTaxRate',
    '税率の分からない受注の税率',
    'Tax rate where the mall gives none',
    [
      ['', '決めない（代引は出力しない）'],
      ['10', '10%'],
      ['8', '8%'],
    ],
  ],
  [
    'layout',
    '列の並び',
    'Columns',
    [
      ['117', '117列'],
      ['118', '118列（72列目が倉庫数）'],
    ],
  ],
  [
    'codLayout',
    '代引を確かめた並び',
    'Columns confirmed for cash on delivery',
    [
      ['', 'まだ確かめていない（代引は出力しない）'],
      ['117', '117列'],
      ['118', '118列（72列目が倉庫数）'],
    ],
  ],
  [
    'eazyColumn',
    '置き場所コードの列（EAZY）',
    'Column of the place for EAZY',
    [
      ['', '使わない（EAZYは出力しない）'],
      ['96', '96列目'],
      ['98', '98列目'],
    ],
  ],
  [
    'slipType',
    '原票区分',
    'Kind of slip',
    [
      ['', 'ソフトの設定のとおり'],
      ['0', '0'],
      ['8', '8（通販便）'],
    ],
  ],
  [
    'keyInGoods',
    '内容品に管理番号を付ける',
    'Key behind the goods',
    [
      ['no', '付けない（番号は氏名と郵便番号で探します）'],
      ['yes', '付ける（ラベルに印字されます）'],
    ],
  ],
  [
    'slots',
    '夜の時間帯',
    'Evening slots',
    [
      ['six', '18-20時・19-21時'],
      ['five', '18-21時'],
    ],
  ],
  [
    'size',
    'サイズ',
    'Size',
    [
      ['', '指定しない'],
      ['060', '60'],
      ['080', '80'],
      ['100', '100'],
      ['120', '120'],
      ['140', '140'],
      ['160', '160'],
      ['170', '170'],
    ],
  ],
  [
    'packaging',
    '荷姿',
    'Packaging',
    [
      ['', '指定しない'],
      ['001', '箱'],
      ['002', 'バッグ'],
      ['004', '封筒'],
      ['008', 'その他'],
    ],
  ],
  [
    'giftSender',
    'ギフトのご依頼主',
    'Sender of gifts',
    [
      ['shop', '店舗'],
      ['buyer', '注文者'],
    ],
  ],
]

type Values = Record<string, string>

function labelOf(field: string): string {
  const [, ja, en] = FIELDS.find(([path]) => path === field) ?? CHOICES.find(([path]) => path === field) ?? []
  return ja !== undefined && en !== undefined ? t(ja, en) : field
}

function flat(settings: Record<string, unknown>): Values {
  const values: Values = {}
  for (const [name, value] of Object.entries(settings)) {
    if (name === 'sender' && typeof value === 'object' && value !== null) {
      for (const [part, text] of Object.entries(value)) values[`sender.${part}`] = String(text)
    } else if (typeof value === 'string') values[name] = value
  }
  return values
}

/** Nests the form's values. Settings that the form does not show (店舗別のご依頼主) stay as they were. */
function nested(tool: Tool, values: Values): Record<string, unknown> {
  const settings: Record<string, unknown> = { ...tool.settings }
  const sender: Record<string, string> = {}
  for (const [path, value] of Object.entries(values)) {
    if (path.startsWith('sender.')) sender[path.slice(7)] = value
    else settings[path] = value
  }
  return Object.keys(sender).length > 0 ? { ...settings, sender } : settings
}

async function readTools(): Promise<(id: string) => Tool> {
  const { formats } = await answer(api.GET('/v1/labels/formats'))
  return (id) => {
    const tool = formats.find((one) => one.id === id)
    if (!tool) throw new Refusal(t('この送り状ソフトはありません。', 'There is no such tool.'))
    return tool
  }
}

const keepTool = (format: Tool['id'], settings: Record<string, unknown>) =>
  answer(api.PUT('/v1/labels/settings', { body: { format, settings } }))

export function LabelSettings() {
  const formats = useLabelFormats().data?.formats
  const [id, setId] = useState('yamato_b2')
  if (!formats) return <Loading />
  const tool = formats.find((one) => one.id === id)
  return (
    <div className="stack">
      <div className="row">
        <Choice
          label={t('送り状ソフト', 'Tool')}
          value={id}
          onChange={setId}
          options={formats.map((one) => [one.id, one.label] as const)}
        />
        {tool && (
          <Sign tone={tool.configured ? 'done' : 'warning'}>
            {tool.configured ? t('設定済み', 'Set') : t('未設定', 'Not set')}
          </Sign>
        )}
      </div>
      {tool && <ToolSettings key={tool.id} tool={tool} others={formats.filter((one) => one.id !== id)} />}
    </div>
  )
}

/** The sender is entered once: a tool without one copies another's, and a change goes to all. */
function ToolSettings({ tool, others }: { tool: Tool; others: readonly Tool[] }) {
  const owner = useIsOwner()
  const withSender = others.filter(({ settings }) => settings?.sender !== undefined)
  const [values, setValues] = useState<Values>(() =>
    flat(tool.settings ?? { sender: withSender[0]?.settings?.sender }),
  )
  // A sender that was taken over from another tool is not kept yet.
  const save = useOpened<Values>(flat(tool.settings ?? {}), (field) => [labelOf(field), `settings.${field}`])
  const [everywhere, setEverywhere] = useState(true)
  const has = Object.keys(tool.settingsSchema.properties ?? {})
  const shown = (path: string) => has.includes(path.split('.')[0] ?? '')
  const set = (path: string, value: string) => setValues((before) => ({ ...before, [path]: value }))
  const keep = async () => {
    const toolOf = await readTools()
    let settings = toolOf(tool.id).settings ?? {}
    await save(
      values,
      () => Promise.resolve(flat(settings)),
      async (changes, now) => {
        settings = nested(toolOf(tool.id), { ...now, ...changes } as Values)
        await keepTool(tool.id, settings)
      },
    )
    const { sender } = settings
    if (everywhere && sender !== undefined)
      for (const { id } of withSender) await keepTool(id, { ...toolOf(id).settings, sender })
    refresh('label-formats')
    toast(t('送り状の設定を保存しました。', 'Saved.'))
  }
  return (
    <Form of={tool.id} send={keep}>
      {FIELDS.filter(([path]) => shown(path)).map(([path, ja, en, support]) => (
        <Field
          key={path}
          name={`settings.${path}`}
          label={t(ja, en)}
          support={support}
          value={values[path] ?? ''}
          onChange={(event) => set(path, event.target.value)}
        />
      ))}
      {CHOICES.filter(([path]) => shown(path)).map(([path, ja, en, options]) => (
        <Choice
          key={path}
          name={`settings.${path}`}
          label={t(ja, en)}
          value={values[path] ?? options[0]?.[0] ?? ''}
          onChange={(value) => set(path, value)}
          options={options}
        />
      ))}
      {withSender.length > 0 && (
        <label className="tick">
          <input
            type="checkbox"
            checked={everywhere}
            onChange={(event) => setEverywhere(event.target.checked)}
          />
          {t(
            `ご依頼主をほかの送り状ソフトにも使う（${withSender.map(({ label }) => label).join('、')}）`,
            `The same sender for ${withSender.map(({ label }) => label).join(', ')}`,
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
