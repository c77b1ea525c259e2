import type { z } from 'zod'
import { storable } from '../../../platform/storable.ts'
import type { NormalisedOrder, OrderRecipient } from '../../port/order.ts'
import type { ChangePlan, ChangeStep, StepAnswer, StepState } from '../../port/site-changes.ts'

/**
 * Helpers shared by the malls' change rules: short forms of plans, and comparison of requested with read
 * values.
 */

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

export interface ParcelPairs<W> {
  pairs: { wanted: W; parcel: Parcel }[]
  /** Wished, and in no record of the mall. */
  missing: W[]
  /** The mall's records with a number that was not requested. */
  foreign: Parcel[]
}

/**
 * Pairs requested parcels with the mall's records: by number first; then a parcel without a number with any
 * record, and a requested number with a record that has none yet. Unpaired parcels must be added; unpaired
 * records belong to others.
 */
export function pairParcels<W extends { trackingNumber?: string | undefined }>(
  wanted: readonly W[],
  parcels: readonly Parcel[],
): ParcelPairs<W> {
  const free = new Set(parcels)
  const pairs: ParcelPairs<W>['pairs'] = []
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

export type ParcelsByRecipient<W> =
  | { kind: 'by_recipient'; groups: { recipient: OrderRecipient; parcels: W[] }[] }
  | { kind: 'refused'; plan: ChangePlan }

/** Sorts parcels by recipient; without an id they go to the only one. `recipients`: those to ship to. */
export function parcelsByRecipient<W extends { recipientId?: string | undefined }>(
  recipients: NormalisedOrder['recipients'],
  parcels: readonly W[],
): ParcelsByRecipient<W> {
  const groups = new Map<OrderRecipient, W[]>()
  for (const parcel of parcels) {
    const recipient =
      parcel.recipientId === undefined
        ? recipients.length === 1
          ? recipients[0]
          : null
        : recipients.find((one) => one.id === parcel.recipientId)
    if (recipient === null) return { kind: 'refused', plan: ambiguous(recipients) }
    if (recipient === undefined) return { kind: 'refused', plan: unknownRecipient(parcel.recipientId) }
    groups.set(recipient, [...(groups.get(recipient) ?? []), parcel])
  }
  return {
    kind: 'by_recipient',
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

const unknownRecipient = (id: string | undefined) =>
  refused(
    'RECIPIENT_UNKNOWN',
    `送付先ID ${id ?? ''} はこの注文にありません。注文を再取込して送付先IDを確認してください。`,
  )
