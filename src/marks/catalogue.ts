/** The marks that every tenant has; beside them stand `rule:<code>` of the tenant's own rules. */
export const MARKS = {
  repeat_buyer: {
    label: 'リピーター',
    meaning: '同じ注文者（氏名とメールまたは電話）の以前の受注があります。',
  },
  repeat_canceller: {
    label: 'キャンセル歴あり',
    meaning: '同じ注文者の以前の受注がキャンセルされています。',
  },
  combinable: {
    label: '同梱候補',
    meaning: '同じ注文者・同じ送付先の未発送の受注がほかにあります。',
  },
  blocked_buyer: { label: '要注意顧客', meaning: '要注意顧客の一覧にある氏名・電話・メール・住所です。' },
  multi_recipient: { label: '複数送付先', meaning: '送付先が二つ以上あります。' },
  other_recipient: { label: '別送付先', meaning: '送付先の氏名が注文者と違います。' },
  cod_other_recipient: {
    label: '代引・別送付先',
    meaning: '代金引換なのに送付先が注文者と違います。いたずら注文でないか確認してください。',
  },
  postcode_unknown: {
    label: '郵便番号不明',
    meaning: '郵便番号が一覧にありません（事業所の個別番号も含みます）。確認してください。',
  },
  postcode_mismatch: { label: '郵便番号不整合', meaning: '郵便番号と住所の都道府県・市区町村が合いません。' },
  no_house_number: { label: '番地なし', meaning: '住所に番地の数字がありません。' },
  remote_island: { label: '離島', meaning: '離島への配送です。送料と日数を確認してください。' },
  early_delivery: { label: '早期配達', meaning: 'あすつくなどの早い配達、または近い日のお届け希望です。' },
  buyer_note: { label: '備考あり', meaning: '注文者の備考があります。' },
  unchecked: {
    label: 'マーク未確認',
    meaning: 'マークの一部を確認できませんでした。しばらくすると自動で確認し直します。',
  },
} as const satisfies Record<string, { label: string; meaning: string }>

export type MarkCode = keyof typeof MARKS

/** In front of the code of a tenant's own rule. */
export const RULE_PREFIX = 'rule:'
