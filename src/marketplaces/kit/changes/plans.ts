import type { z } from 'zod'
import { storable } from '../../../platform/storable.ts'
import type { NormalisedOrder, OrderRecipient } from '../../port/order.ts'
import type { ChangePlan, ChangeStep, ShipParcel, StepAnswer, StepState } from '../../port/site-changes.ts'

export const already = (message: string): ChangePlan => ({ kind: 'already', message })

/** `retryAt` (RFC 3339): time at which the reason passes by itself. */
export const refused = (code: string, message: string, retryAt?: string | null): ChangePlan => ({
  kind: 'refused',
  code,
  message,
  ...(retryAt ? { retryAt } : {}),
})

/** Refusals whose words need no order: `const refuse = refusing({ CODE: '…' })`, `refuse('CODE')`. */
export const refusing =
  <Code extends string>(texts: Readonly<Record<Code, string>>) =>
  (code: Code): ChangePlan =>
    refused(code, texts[code])

export const planned = (...steps: ChangeStep[]): ChangePlan => ({ kind: 'steps', steps })

type Payload = Record<string, unknown> & { operation: string }

/**
 * Creates and parses a mall's steps. `schema`: their content between tries, so old forms must stay readable.
 */
export const stepsOf = <P extends Payload>(schema: z.ZodType<P>) => ({
  step: (name: string, label: string, payload: P, facts: Record<string, unknown> = {}): ChangeStep => ({
    name,
    label,
    payload,
    facts: { operation: payload.operation, ...facts },
  }),
  /** @throws for another mall's step: a fault of the program */
  payloadOf: (step: ChangeStep): P => schema.parse(step.payload),
})

/** Step state after a reading that proves it either way. */
export const stateOf = (applied: boolean): StepState => (applied ? 'applied' : 'not_applied')

export const answered = (
  mallCode: string | null,
  mallMessage: string | null,
  more: Partial<StepAnswer> = {},
): StepAnswer => storable({ mallCode, mallMessage, warnings: [], ...more })

/** Compares tracking numbers without hyphens, blanks and case, because malls reformat them. */
export const sameNumber = (a: string | null | undefined, b: string | null | undefined): boolean =>
  bareNumber(a) === bareNumber(b)

export const bareNumber = (number: string | null | undefined): string =>
  (number ?? '').replace(/[\s-]/g, '').toUpperCase()

/** The end of a tracking number, for messages and timelines. */
export const endOf = (number: string | null | undefined): string | null =>
  number ? `…${number.slice(-4)}` : null

/** Free text that a mall gives back with other line ends or without blanks at its ends is the same. */
export const sameText = (a: string | null | undefined, b: string | null | undefined): boolean =>
  tidy(a) === tidy(b)

const tidy = (text: string | null | undefined) => (text ?? '').replace(/\r\n?/g, '\n').trim()

/** One record of a recipient's shipping. */
export type Parcel = OrderRecipient['parcels'][number]

/**
 * Pairs requested parcels with the mall's records: by number first; then a parcel without a number with any
 * record, and a requested number with a record that has none yet. `missing`: unpaired parcels, to be added.
 * `foreign`: unpaired records with a number, which belong to others.
 */
export function pairParcels<W extends { trackingNumber?: string | undefined }>(
  wanted: readonly W[],
  parcels: readonly Parcel[],
) {
  const free = new Set(parcels)
  const pairs: { wanted: W; parcel: Parcel }[] = []
  const open = new Set(wanted)
  const pass = (fits: (one: W, parcel: Parcel) => boolean) => {
    for (const one of open) {
      const parcel = [...free].find((candidate) => fits(one, candidate))
      if (!parcel) continue
      pairs.push({ wanted: one, parcel })
      free.delete(parcel)
      open.delete(one)
    }
  }
  pass((one, parcel) => !!one.trackingNumber && sameNumber(one.trackingNumber, parcel.trackingNumber))
  pass((one, parcel) => !one.trackingNumber && !parcel.trackingNumber)
  pass((one) => !one.trackingNumber)
  pass((_one, parcel) => !parcel.trackingNumber)
  return { pairs, missing: [...open], foreign: [...free].filter((parcel) => parcel.trackingNumber !== null) }
}

/** The one that is named by its id; without an id, the only one. */
export const namedOrOnly = <T>(
  list: readonly T[],
  id: string | undefined,
  idOf: (one: T) => string | null,
): T | undefined =>
  id === undefined ? (list.length === 1 ? list[0] : undefined) : list.find((one) => idOf(one) === id)

/** Sorts parcels by recipient; without an id they go to the only one. `recipients`: those to ship to. */
export function parcelsByRecipient<W extends { recipientId?: string | undefined }>(
  recipients: NormalisedOrder['recipients'],
  parcels: readonly W[],
) {
  const groups = new Map<OrderRecipient, W[]>()
  for (const parcel of parcels) {
    const recipient = namedOrOnly(recipients, parcel.recipientId, ({ id }) => id)
    if (recipient === undefined) {
      const plan =
        parcel.recipientId === undefined ? ambiguous(recipients) : unknownRecipient(parcel.recipientId)
      return { kind: 'refused' as const, plan }
    }
    groups.set(recipient, [...(groups.get(recipient) ?? []), parcel])
  }
  return {
    kind: 'by_recipient' as const,
    groups: [...groups].map(([recipient, list]) => ({ recipient, parcels: list })),
  }
}

/** The first line of a wish that the order does not have. */
export function unknownLine(
  lines: readonly { lineId: string }[] | undefined,
  { items }: NormalisedOrder,
): ChangePlan | null {
  const unknown = lines?.find(({ lineId }) => !items.some((item) => item.lineId === lineId))
  return unknown
    ? refused(
        'LINE_UNKNOWN',
        `明細ID ${unknown.lineId} はこの注文にありません。注文を再取込して確認してください。`,
      )
    : null
}

const ambiguous = (recipients: NormalisedOrder['recipients']) =>
  refused(
    'RECIPIENT_NEEDED',
    `送付先が${recipients.length}件ある注文です。それぞれに送付先IDを指定してください。`,
  )

const unknownRecipient = (id: string) =>
  refused(
    'RECIPIENT_UNKNOWN',
    `送付先ID ${id} はこの注文にありません。注文を再取込して送付先IDを確認してください。`,
  )

type WishedParcel = Pick<z.infer<typeof ShipParcel>, 'recipientId' | 'lines'>

/** Fault of a parcel; `field` is within `parcels`: `[0].recipientId`. Message in Japanese. */
interface ParcelProblem {
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
  parcels: readonly WishedParcel[],
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
  if (ids.length === 0 || (id === undefined ? ids.length === 1 : ids.includes(id))) return []
  return [
    id === undefined
      ? {
          field,
          code: 'required',
          message: `送付先が${ids.length}件ある注文です。個口ごとに送付先ID（${listed(ids)}）を指定してください。`,
        }
      : {
          field,
          code: 'not_found',
          message: `この注文にない送付先IDです（この注文の送付先ID: ${listed(ids)}）。正しい送付先IDを指定してください。${AFTER_A_CHANGE}`,
        },
  ]
}

function lineProblems(items: NormalisedOrder['items'], parcels: readonly WishedParcel[]): ParcelProblem[] {
  const left = new Map(
    items.filter(({ deleted }) => !deleted).map(({ lineId, quantity }) => [lineId, quantity]),
  )
  const lineIds = [...left.keys()]
  const problems: ParcelProblem[] = []
  for (const [index, { lines = [] }] of parcels.entries()) {
    for (const [place, { lineId, quantity }] of lines.entries()) {
      const field = `[${index}].lines[${place}]`
      const rest = left.get(lineId)
      if (rest === undefined)
        problems.push({
          field: `${field}.lineId`,
          code: 'not_found',
          message: `この注文にない明細IDです（この注文の明細ID: ${listed(lineIds)}）。正しい明細IDを指定してください。${AFTER_A_CHANGE}`,
        })
      else if (quantity > rest)
        problems.push({
          field: `${field}.quantity`,
          code: 'too_big',
          message: `注文の数量を超えています。この個口に指定できるのは${rest}点までです。${AFTER_A_CHANGE}`,
        })
      else left.set(lineId, rest - quantity)
    }
  }
  const rest = parcels.findIndex(({ lines }) => !lines?.length)
  const split = parcels.some(({ lines }) => lines?.length)
  if (problems.length === 0 && split && rest >= 0 && [...left.values()].every((quantity) => quantity === 0))
    problems.push({
      field: `[${rest}].lines`,
      code: 'invalid',
      message:
        'ほかの個口にすべての商品が入っているため、この個口に入る商品がありません。内容明細を指定するか、個口を減らしてください。',
    })
  return problems
}

const MOST_LISTED = 10

function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, MOST_LISTED).join('、')
  return ids.length > MOST_LISTED ? `${shown} など${ids.length}件` : shown
}
