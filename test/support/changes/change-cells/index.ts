import type { SandboxMall } from '../../../../sandbox/malls/index.ts'
import { amazonCells } from './amazon.ts'
import { aupayCells } from './aupay.ts'
import type { ChangeCells } from './cell.ts'
import { rakutenCells } from './rakuten.ts'
import { yahooCells } from './yahoo.ts'

export type { ChangeCell } from './cell.ts'

/** Every action of every mall has at least one case here: a new action without one fails the test. */
export const CHANGE_CELLS: Readonly<Record<SandboxMall, ChangeCells>> = {
  rakuten: rakutenCells,
  yahoo: yahooCells,
  amazon: amazonCells,
  aupay: aupayCells,
}
