import { names } from '../../kit/names.ts'
import { emptyItem } from '../../kit/order-parts.ts'
import type { OrderItem } from '../../port/order.ts'
import { fixed, percent, type Raw, without } from './raw.ts'
import { lineWithTax, type Rounding } from './to-amounts.ts'
import { given } from './to-recipient.ts'
import type { WireItem, WirePackage } from './wire-order.ts'

/** selectedChoice and SkuModelList stay in mallFields too: the split into options cannot be undone. */
const MAPPED = new Set<string>(
  names('itemDetailId itemName itemId price units includeTaxFlag delvdateInfo deleteItemFlag taxRate'),
)

/** One ItemModel. Rates are decimals at Rakuten (0.08) and whole percent here; priceTaxIncl is per piece. */
export function toItem(
  basket: WirePackage,
  item: WireItem,
  { raw, rounding }: { raw: Raw; rounding: Rounding },
): OrderItem {
  const [sku, ...moreSkus] = item.SkuModelList
  return {
    ...emptyItem(),
    lineId: item.itemDetailId,
    recipientId: basket.basketId,
    itemCode: given(item.itemNumber) ?? given(item.manageNumber),
    mallItemId: item.itemId,
    sku: given(sku?.variantId ?? null),
    merchantSku: given(sku?.merchantDefinedSkuId ?? null),
    name: item.itemName,
    options: [
      ...optionsOf(sku?.skuInfo ?? null),
      ...moreSkus.flatMap(({ variantId, skuInfo }) => [
        ...(given(variantId) === null ? [] : [{ name: 'SKU管理番号', value: variantId ?? '', price: null }]),
        ...optionsOf(skuInfo),
      ]),
      ...optionsOf(item.selectedChoice),
    ],
    unitPrice: fixed(item.price),
    taxIncluded: item.includeTaxFlag,
    taxRate: percent(item.taxRate),
    quantity: item.units,
    subtotal: lineWithTax(item, rounding),
    leadTime: given(item.delvdateInfo),
    deleted: item.deleteItemFlag || basket.packageDeleteFlag,
    mallFields: without(raw, MAPPED),
  }
}

/** Lines `項目:選択`; a line without a colon is a value without a name. */
function optionsOf(text: string | null): OrderItem['options'] {
  return (text ?? '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const at = line.search(/[:：]/)
      return { name: at < 0 ? '' : line.slice(0, at).trim(), value: line.slice(at + 1).trim(), price: null }
    })
}
