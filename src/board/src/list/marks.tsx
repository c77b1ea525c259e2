import { createContext, useContext } from 'react'
import type { Order } from '../api.ts'
import { useMarkLabels } from '../data.ts'
import { t } from '../i18n.ts'
import { Icon } from '../parts/icon.tsx'

/** Sign for the narrow column and the English word; the Japanese one comes from GET /v1/marks. */
const MARKS: ReadonlyMap<string, readonly [sign: string, en: string]> = new Map([
  ['blocked_buyer', ['危', 'On the list of blocked buyers']],
  ['cod_other_recipient', ['代', 'Cash on delivery to somebody else']],
  ['repeat_canceller', ['キ', 'Has cancelled before']],
  ['postcode_unknown', ['〒', 'Postcode is not known']],
  ['postcode_mismatch', ['〒', 'Postcode does not fit']],
  ['no_house_number', ['番', 'No house number']],
  ['remote_island', ['離', 'Remote island']],
  ['early_delivery', ['早', 'Early delivery']],
  ['combinable', ['同', 'Can go in one parcel']],
  ['multi_recipient', ['複', 'Several recipients']],
  ['other_recipient', ['別', 'Another recipient']],
  ['buyer_note', ['備', 'The buyer wrote something']],
  ['repeat_buyer', ['リ', 'Repeat buyer']],
  ['unchecked', ['？', 'Marks not all checked yet']],
])

/** The mall's own flags: the sign, then the words in both languages. */
const FLAGS: ReadonlyMap<string, readonly [sign: string, ja: string, en: string]> = new Map([
  ['cancelled_at_mall', ['消', 'モールでキャンセル', 'Cancelled at the mall']],
  ['changed_at_mall', ['変', 'モールで変更あり', 'Changed at the mall']],
  ['cancel_pending', ['待', 'キャンセル受付中', 'Being cancelled']],
  ['cancel_requested', ['願', 'キャンセル依頼あり', 'Buyer wants to cancel']],
  ['partly_cancelled', ['一', '一部キャンセル', 'Partly cancelled']],
  ['caution', ['注', '要注意', 'Caution']],
  ['caution_cancelled', ['注', '要注意（解除済み）', 'Caution, lifted']],
  ['unknown_status', ['？', '未知のモールステータス', 'Unknown status at the mall']],
  ['custom_status', ['独', '独自ステータス', 'Own status at the mall']],
  ['read_only', ['固', 'モールで変更不可', 'Cannot be changed at the mall']],
  ['gift', ['贈', 'ギフト', 'Gift']],
  ['social_gift', ['eギ', 'eギフト', 'Gift by link']],
  ['line_gift', ['L', 'LINEギフト', 'LINE gift']],
  ['drug', ['薬', '医薬品', 'Medicine']],
  ['age_check', ['年', '年齢確認', 'Age check']],
  ['identity_check', ['身', '本人確認', 'Identity check']],
  ['signature', ['印', '受領サイン', 'Signature']],
  ['transparency', ['T', 'Transparencyコードが必要', 'Transparency code required']],
  ['customised', ['名', 'カスタマイズ商品', 'Customised']],
  ['serial_number_required', ['番', 'シリアル番号が必要', 'Serial number required']],
  ['multi_recipient', ['複', '複数送付先', 'Several recipients']],
  ['multi_ship', ['複', '複数配送', 'Several shipments']],
  ['remote_area', ['離', '離島・遠隔地', 'Remote area']],
  ['express', ['早', '早期配達', 'Fast delivery']],
  ['remarks', ['備', '備考あり', 'Remarks']],
  ['prime', ['P', 'プライム', 'Prime']],
  ['reservation', ['予', '予約', 'Reservation']],
  ['subscription', ['定', '定期', 'Subscription']],
  ['pickup', ['受', '店舗・コンビニ受取', 'Pick-up']],
  ['auction', ['オ', 'オークション', 'Auction']],
  ['deal', ['D', 'DEAL', 'Deal']],
  ['split_source', ['分', '分割元', 'Was split']],
  ['split_child', ['割', '分割先', 'Split off']],
  ['cross_border', ['海', '越境', 'Cross-border']],
  ['refunded', ['返', '全額返金済み', 'Refunded']],
  ['test_order', ['試', 'テスト注文', 'Test order']],
  ['fbm_ship_plus', ['S+', 'FBM Ship+（モールの配送ラベル）', "FBM Ship+, the mall's own label"]],
  ['easy_ship', ['集', 'Easy Ship（モールが集荷）', 'Easy Ship, collected by the mall']],
  ['business', ['法', '法人購入', 'Business buyer']],
])

/** Flags that a mark already expresses. */
const SAID_BY: ReadonlyMap<string, string> = new Map([
  ['multi_ship', 'multi_recipient'],
  ['remote_area', 'remote_island'],
  ['express', 'early_delivery'],
  ['remarks', 'buyer_note'],
])

const LOUD = new Set([
  'blocked_buyer',
  'cod_other_recipient',
  'cancelled_at_mall',
  'changed_at_mall',
  'caution',
])

type MarkedOrder = Pick<Order, 'marks' | 'flags'> & { bundleId?: string | null }

/** Of an order that goes as one parcel with others; what it could do before is done. */
const BUNDLED = 'bundled'
const COMBINABLE = 'combinable'

/** Marks that stop an order until somebody has looked. */
const STOPS = new Set(['blocked_buyer', 'cancelled_at_mall', 'caution', 'cancel_requested'])

/** Marks that say their word in a row, the shortest that is understood; others are a letter. */
const SHORT: ReadonlyMap<string, readonly [ja: string, en: string]> = new Map([
  ['blocked_buyer', ['要注意', 'Blocked']],
  ['caution', ['要注意', 'Caution']],
  ['cancelled_at_mall', ['取消', 'Cancelled']],
  ['cancel_requested', ['取消依頼', 'Cancel?']],
  ['changed_at_mall', ['変更', 'Changed']],
  ['cod_other_recipient', ['代引・別送', 'COD']],
  ['postcode_unknown', ['〒', '〒']],
  ['postcode_mismatch', ['〒', '〒']],
  ['no_house_number', ['番地なし', 'No number']],
  ['buyer_note', ['備考', 'Note']],
  ['remarks', ['備考', 'Note']],
])

const looksOf = (mark: string): string =>
  STOPS.has(mark) ? 'mark mark-stop' : SHORT.has(mark) ? 'mark mark-look' : 'mark'

/** Marks of the import, then the mall's flags that they do not say; what needs a person's eye first. */
export function marksOf({ marks: found, flags, bundleId }: MarkedOrder): string[] {
  const marks = bundleId ? [BUNDLED, ...found.filter((mark) => mark !== COMBINABLE)] : found
  const unsaid = flags.filter((flag) => !marks.includes(SAID_BY.get(flag) ?? flag))
  // A tenant's own are in no list and come first: it asked for them.
  const rank = [...MARKS.keys()]
  const sorted = marks.toSorted((a, b) => rank.indexOf(a) - rank.indexOf(b))
  const all = [...new Set([...sorted, ...unsaid])]
  return [...all.filter((mark) => LOUD.has(mark)), ...all.filter((mark) => !LOUD.has(mark))]
}

/** In a row the one that weighs most comes first. */
const byWeight = (mark: string): number => (STOPS.has(mark) ? 0 : SHORT.has(mark) ? 1 : 2)

/** The word of a mark or flag, and its sign: of a tenant's own mark the first letter. */
export const useMarkWords = (): ReturnType<typeof wordsBy> => wordsBy(useMarkLabels())

export function wordsBy(labels: ListMarks['labels']): (code: string) => { sign: string; word: string } {
  return (code) => {
    const label = labels?.get(code)
    if (code === BUNDLED) return { sign: '梱', word: t('同梱（1つの荷物）', 'One parcel with others') }
    const mark = MARKS.get(code)
    // Until the words are here the sign says it alone.
    if (mark) return { sign: mark[0], word: t(label ?? FLAGS.get(code)?.[1] ?? '', mark[1]) }
    const flag = FLAGS.get(code)
    if (flag) return { sign: flag[0], word: t(flag[1], flag[2]) }
    // A tag of the shop at its cart is its own word.
    const own = label ?? /^#(.+)/su.exec(code)?.[1]
    return { sign: [...(own ?? '')][0] ?? '●', word: own ?? code }
  }
}

/** A list as short as this has no usual marks. */
const FEW = 20

/** Marks that nearly every order of a list has: they tell none from another, so its lines fold them away. */
export function usualMarks(orders: readonly MarkedOrder[]): ReadonlySet<string> {
  if (orders.length < FEW) return NO_MARKS
  const counts = new Map<string, number>()
  for (const order of orders) for (const mark of marksOf(order)) counts.set(mark, (counts.get(mark) ?? 0) + 1)
  const usual = [...counts].filter(([mark, count]) => !LOUD.has(mark) && count >= orders.length * 0.8)
  return new Set(usual.map(([mark]) => mark))
}
const NO_MARKS: ReadonlySet<string> = new Set()

interface ListMarks {
  usual: ReadonlySet<string>
  labels: ReadonlyMap<string, string> | undefined
}
/** Of a list, for its lines: a question for the labels in each of them would be most of what a line costs. */
export const ListMarks = createContext<ListMarks>({ usual: NO_MARKS, labels: undefined })

/** One word and a letter fit into a narrow cell, or two letters. */
const LETTERS = 2

/** Marks in one narrow cell: the word of the heaviest, letters of others, and how many more there are. */
export function Marks({ order }: { order: MarkedOrder }) {
  const { usual, labels } = useContext(ListMarks)
  const wordOf = wordsBy(labels)
  const all = marksOf(order)
  const own = all.filter((mark) => !usual.has(mark)).sort((a, b) => byWeight(a) - byWeight(b))
  const [first] = own
  const said = first !== undefined && SHORT.has(first) ? SHORT.get(first) : undefined
  const room = said ? LETTERS : LETTERS + 1
  const shown = own.length > room ? own.slice(0, room - 1) : own
  const words = all.filter((mark) => !shown.includes(mark)).map((mark) => wordOf(mark).word)
  return (
    <span className="marks">
      {shown.map((mark) => {
        const { sign, word } = wordOf(mark)
        const isSaid = mark === first && said !== undefined
        return (
          <span key={mark} className={isSaid || STOPS.has(mark) ? looksOf(mark) : 'mark'} title={word}>
            {isSaid && <Icon name={STOPS.has(mark) ? 'alert' : 'warn'} />}
            <span aria-hidden="true">{isSaid ? t(...said) : sign}</span>
            <span className="for-reader">{word} </span>
          </span>
        )
      })}
      {words.length > 0 && (
        <span className="mark" title={words.join('、')}>
          <span aria-hidden="true">+{words.length}</span>
          <span className="for-reader">{words.join('、')}</span>
        </span>
      )}
    </span>
  )
}

/** All of them with their words, where there is room; those that are only told are plain text. */
export function MarksWithWords({ order }: { order: MarkedOrder }) {
  const wordOf = useMarkWords()
  return marksOf(order)
    .sort((a, b) => byWeight(a) - byWeight(b))
    .map((mark) => (
      <span key={mark} className={looksOf(mark)}>
        {SHORT.has(mark) && <Icon name={STOPS.has(mark) ? 'alert' : 'warn'} />}
        {wordOf(mark).word}
      </span>
    ))
}
