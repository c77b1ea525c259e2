type Codes = Readonly<Record<'itemCode' | 'mallItemId' | 'sku' | 'merchantSku', string | null>>

/** 楽天市場 says this of an item without variants. */
const NO_VARIANT = 'normal-inventory'

/** As src/marketplaces/kit/item-code.ts, for a page that reads the API alone; a test holds them together. */
export function ownItemCode({ itemCode, mallItemId, sku, merchantSku }: Codes): string {
  const base = itemCode || mallItemId || ''
  const branches = [sku, merchantSku].filter((one) => one && one !== NO_VARIANT) as string[]
  if (base === '') return branches[0] ?? ''
  const whole = branches.find((one) => one.startsWith(base))
  if (whole) return whole
  const branch = branches.find((one) => /^[-_]/.test(one))
  if (branch) return base + branch
  return sku && sku !== NO_VARIANT ? `${base}-${sku}` : base
}
