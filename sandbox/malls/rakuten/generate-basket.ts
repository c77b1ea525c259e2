import type { Seeded } from '../../kit/seeded.ts'
import { PRODUCTS, type Product } from './catalogue.ts'
import type { ItemModel, PackageModel } from './model.ts'
import type { Somebody } from './people.ts'

const FREE_SHIPPING_FROM = 3980

export function generateBasket(
  random: Seeded,
  { basketId, to, gift }: { basketId: number; to: Somebody; gift: boolean },
): PackageModel {
  const lines = random.chance(0.6) ? 1 : random.int(2, 4)
  const items = Array.from({ length: lines }, (_, line) =>
    item(random, random.pick(PRODUCTS), basketId * 10 + line),
  )
  const goodsPrice = items.reduce((sum, entry) => sum + entry.price * entry.units, 0)
  const taxed = items.reduce((sum, entry) => sum + entry.priceTaxIncl * entry.units, 0)
  const postagePrice = taxed >= FREE_SHIPPING_FROM ? 0 : 550
  const dropOff = random.chance(0.2)
  return {
    basketId,
    postagePrice,
    postageTaxRate: 0.1,
    deliveryPrice: 0,
    deliveryTaxRate: 0.1,
    goodsTax: 0,
    goodsPrice,
    totalPrice: taxed + postagePrice,
    noshi: gift && random.chance(0.5) ? '御祝(紅白蝶結び) 名入れ:髙橋' : null,
    packageDeleteFlag: 0,
    defaultDeliveryCompanyCode: '1001',
    dropOffFlag: dropOff ? 1 : 0,
    dropOffLocation: dropOff ? random.pick(['玄関前', '宅配ボックス', 'メーターボックス']) : null,
    SocialGiftModel: null,
    SenderModel: { ...to.address, isolatedIslandFlag: to.isolatedIsland ? 1 : 0 },
    ItemModelList: items,
    ShippingModelList: [],
    DeliveryCvsModel: null,
  }
}

function item(random: Seeded, product: Product, itemDetailId: number): ItemModel {
  const variant = product.variants.length > 0 ? random.pick(product.variants) : null
  return {
    itemDetailId,
    itemName: product.name,
    itemId: product.id,
    itemNumber: product.number,
    manageNumber: product.number,
    price: product.price,
    units: random.chance(0.8) ? 1 : random.int(2, 5),
    includePostageFlag: 0,
    includeTaxFlag: product.taxIncluded ? 1 : 0,
    includeCashOnDeliveryPostageFlag: 0,
    selectedChoice: product.choices.length > 0 ? random.pick(product.choices) : null,
    pointRate: 1,
    pointType: 0,
    inventoryType: variant ? 2 : 1,
    delvdateInfo: product.lead,
    restoreInventoryFlag: 0,
    dealFlag: 0,
    drugFlag: 0,
    deleteItemFlag: 0,
    taxRate: product.taxRate,
    priceTaxIncl: product.taxIncluded
      ? product.price
      : Math.floor((product.price * (100 + Math.round(product.taxRate * 100))) / 100),
    isSingleItemShipping: 0,
    SkuModelList: [
      {
        variantId: variant?.variantId ?? 'normal-inventory',
        merchantDefinedSkuId: variant?.sku ?? null,
        skuInfo: variant?.info ?? null,
      },
    ],
  }
}
