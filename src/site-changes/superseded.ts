import { ChangeParameters } from '../marketplaces/port/change-parameters.ts'

/**
 * Decides which earlier failures a success resolves. The same action is not enough: a refused postage still
 * needs somebody after a remark was changed, and so does the first parcel after the second. A success
 * resolves failures that asked for nothing beyond it, whatever the values: a new tracking number of the same
 * parcel corrects the same wish.
 */

interface Asked {
  action: string
  /** Null where they cannot be read any more. */
  parameters: Record<string, unknown> | null
}

/** True when `success` resolves `earlier`. Both are of the same order and action. */
export function makesGood(success: Asked, earlier: Asked): boolean {
  const [done, wanted] = [subjectsOf(success), subjectsOf(earlier)]
  return wanted.length > 0 && wanted.every((one) => done.some((other) => covers(other, one)))
}

/** One thing that a change is about; parts that are null are left out, or all of them. */
interface Subject {
  field: string
  /** Recipient or parcel. Left out where there is only one, so null is any. */
  of: string | null
  /** Line of the order; null: everything. */
  line: string | null
}

const covers = (done: Subject, wanted: Subject): boolean =>
  done.field === wanted.field &&
  (done.of === null || wanted.of === null || done.of === wanted.of) &&
  (done.line === null || done.line === wanted.line)

const subject = (field: string, of: string | null = null, line: string | null = null): Subject => ({
  ...{ field, of, line },
})

/** Why something is changed, and that it is meant, are no wish of their own. */
const REMARKS = new Set(['reason', 'confirmZero'])

/** None where they cannot be told. */
function subjectsOf({ action, parameters }: Asked): Subject[] {
  switch (action) {
    case 'ship': {
      const parsed = ChangeParameters.ship.safeParse(parameters)
      const parcels = parsed.success ? parsed.data.parcels : []
      return parcels.flatMap(({ recipientId = null, lines }) =>
        lines
          ? lines.map(({ lineId }) => subject('parcel', recipientId, lineId))
          : [subject('parcel', recipientId)],
      )
    }
    case 'correct_shipment': {
      const parsed = ChangeParameters.correct_shipment.safeParse(parameters)
      const parcels = parsed.success ? parsed.data.parcels : []
      return parcels.map(({ recipientId = null, parcelId = null }) =>
        subject('parcel', recipientId, parcelId),
      )
    }
    case 'change_content': {
      const parsed = ChangeParameters.change_content.safeParse(parameters)
      return parsed.success ? contentOf(parsed.data) : []
    }
    default:
      return [subject(action)]
  }
}

function contentOf({ recipients = [], lines = [], addLines = [], ...rest }: Content): Subject[] {
  return [
    ...namesOf(rest)
      .filter((name) => !REMARKS.has(name))
      .map((name) => subject(name)),
    ...recipients.flatMap(({ recipientId = null, ...fields }) =>
      namesOf(fields).map((name) => subject(`recipient ${name}`, recipientId)),
    ),
    ...lines.map(({ lineId }) => subject('line', null, lineId)),
    ...addLines.map(({ itemCode, sku = '' }) => subject('added line', null, `${itemCode} ${sku}`)),
  ]
}

type Content = ReturnType<typeof ChangeParameters.change_content.parse>

const namesOf = (fields: Record<string, unknown>): string[] =>
  Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [name]))
