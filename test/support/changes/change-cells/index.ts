import type { SimulatedMall } from '../../../../sandbox/malls/index.ts'
import { japaneseDay } from '../../../../src/platform/japan-time.ts'
import { amazonCells } from './amazon.ts'
import { aupayCells } from './aupay.ts'
import type { ChangeCells } from './cell.ts'
import { rakutenCells } from './rakuten.ts'
import { shopifyCells } from './shopify.ts'
import { yahooCells } from './yahoo.ts'

export { type ChangeCell, contentsOf } from './cell.ts'

/**
 * Every action of every mall has at least one case here: a new action without one fails the test. `now`: in
 * milliseconds, of the mall.
 */
export function changeCells(now: number): Readonly<Record<SimulatedMall, ChangeCells>> {
  const today = japaneseDay(now)
  return {
    rakuten: rakutenCells(today),
    yahoo: yahooCells(today),
    amazon: amazonCells(today),
    aupay: aupayCells(today),
    shopify: shopifyCells(today),
  }
}
