import type { OrderItem } from '../port/order.ts'

/** A mall's word for the variant of an item that has none: a code of nothing. */
const NO_VARIANT = 'normal-inventory'

/**
 * The code under which the shop knows an item: its own item code, joined with the code of the variant where
 * that does not hold it already. Made when it is shown and never stored: stored orders would all count as
 * changed at the mall. The board repeats it (src/board/src/print/item-code.ts).
 */
export function ownItemCode({
  itemCode,
  mallItemId,
  sku,
  merchantSku,
}: Pick<OrderItem, 'itemCode' | 'mallItemId' | 'sku' | 'merchantSku'>): string {
  const base = itemCode || mallItemId || ''
  const branches = [sku, merchantSku].filter((one): one is string => !!one && one !== NO_VARIANT)
  if (base === '') return branches[0] ?? ''
  // shirt-01 and shirt-01-m
  const whole = branches.find((one) => one.startsWith(base))
  if (whole !== undefined) return whole
  // sample-tee and -wt, as many shops of au PAY have it
  const branch = branches.find((one) => /^[-_]/.test(one))
  if (branch !== undefined) return base + branch
  // A merchant's SKU alone may be a code of another system.
  return sku && sku !== NO_VARIANT ? `${base}-${sku}` : base
}
