import type { z } from 'zod'
import type { ShipParcel } from '../../port/change-parameters.ts'
import type { NormalisedOrder, OrderRecipient } from '../../port/order.ts'

type Parcel = Pick<z.infer<typeof ShipParcel>, 'recipientId' | 'lines'>

/** Fault of a parcel; `field` is within `parcels`: `[0].recipientId`. Message in Japanese. */
export interface ParcelProblem {
  field: string
  message: string
  code: 'required' | 'not_found' | 'too_big' | 'invalid'
}

/**
 * Finds parcels that do not fit the stored order, at any mall, before the request is accepted. Later changes
 * at the mall are checked by the mall's own plan, once the order was read.
 */
export function parcelProblems(
  { items, recipients }: Pick<NormalisedOrder, 'items' | 'recipients'>,
  parcels: readonly Parcel[],
  shipsTo: (recipient: OrderRecipient) => boolean = () => true,
): ParcelProblem[] {
  const ids = recipients.filter(shipsTo).map(({ id }) => id)
  return [
    ...parcels.flatMap(({ recipientId }, index) =>
      recipientProblem(ids, recipientId, `[${index}].recipientId`),
    ),
    ...lineProblems(items, parcels),
  ]
}

const AFTER_A_CHANGE = 'モールで注文が変更された直後の場合は、注文を再取込してから再実行してください。'

function recipientProblem(ids: readonly string[], id: string | undefined, field: string): ParcelProblem[] {
  if (ids.length === 0) return []
  if (id === undefined)
    return ids.length > 1
      ? [
          {
            field,
            code: 'required',
            message: `送付先が${ids.length}件ある注文です。個口ごとに送付先ID（${listed(ids)}）を指定してください。`,
          },
        ]
      : []
  return ids.includes(id)
    ? []
    : [
        {
          field,
          code: 'not_found',
          message: `この注文にない送付先IDです（この注文の送付先ID: ${listed(ids)}）。正しい送付先IDを指定してください。${AFTER_A_CHANGE}`,
        },
      ]
}

function lineProblems(items: NormalisedOrder['items'], parcels: readonly Parcel[]): ParcelProblem[] {
  const left = new Map(
    items.filter(({ deleted }) => !deleted).map(({ lineId, quantity }) => [lineId, quantity]),
  )
  const lineIds = [...left.keys()]
  const problems: ParcelProblem[] = []
  for (const [index, { lines = [] }] of parcels.entries()) {
    for (const [place, { lineId, quantity }] of lines.entries()) {
      const field = `[${index}].lines[${place}]`
      const rest = left.get(lineId)
      if (rest === undefined) problems.push(unknownLine(`${field}.lineId`, lineIds))
      else if (quantity > rest) problems.push(tooMany(`${field}.quantity`, rest))
      else left.set(lineId, rest - quantity)
    }
  }
  const rest = parcels.findIndex(({ lines }) => !lines?.length)
  const split = parcels.some(({ lines }) => lines?.length)
  if (problems.length === 0 && split && rest >= 0 && [...left.values()].every((quantity) => quantity === 0))
    problems.push(nothingLeft(`[${rest}].lines`))
  return problems
}

const unknownLine = (field: string, lineIds: readonly string[]): ParcelProblem => ({
  field,
  code: 'not_found',
  message: `この注文にない明細IDです（この注文の明細ID: ${listed(lineIds)}）。正しい明細IDを指定してください。${AFTER_A_CHANGE}`,
})

const tooMany = (field: string, rest: number): ParcelProblem => ({
  field,
  code: 'too_big',
  message: `注文の数量を超えています。この個口に指定できるのは${rest}点までです。${AFTER_A_CHANGE}`,
})

const nothingLeft = (field: string): ParcelProblem => ({
  field,
  code: 'invalid',
  message:
    'ほかの個口にすべての商品が入っているため、この個口に入る商品がありません。内容明細を指定するか、個口を減らしてください。',
})

const MOST_LISTED = 10

function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, MOST_LISTED).join('、')
  return ids.length > MOST_LISTED ? `${shown} など${ids.length}件` : shown
}
