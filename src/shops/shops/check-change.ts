import { checked } from '../../http/validation.ts'
import type { Marketplace } from '../../marketplaces/port/marketplace.ts'
import type { ChangeAction, MallAction } from '../../marketplaces/port/site-changes.ts'
import type { FieldError } from '../../platform/errors.ts'

/** Lists errors of the action and its parameters at this mall. Field names lack the change's own path. */
export function checkChange(
  mall: Marketplace | undefined,
  action: ChangeAction,
  parameters: Record<string, unknown>,
): FieldError[] {
  const offered = mall?.changes?.actions.find((one) => one.action === action)
  if (!mall || !offered) return [notOffered(mall)]
  return [...checkParameters(offered, parameters), ...checkCarriers(mall, parameters)]
}

const notOffered = (mall: Marketplace | undefined): FieldError => ({
  field: 'action',
  message: `${mall?.label ?? 'このモール'}ではこの操作を送信できません。使える操作は GET /v1/marketplaces で確認できます。`,
  code: 'not_offered',
})

/** `checked` wants a place to name; the empty one gives the plain path. */
function checkParameters({ parameters: schema }: MallAction, parameters: unknown): FieldError[] {
  const result = checked(schema, parameters, '')
  return result.ok
    ? []
    : result.fields.map((field) => ({ ...field, field: field.field === '' ? 'action' : field.field }))
}

function checkCarriers({ label, changes }: Marketplace, parameters: Record<string, unknown>): FieldError[] {
  if (!Array.isArray(parameters.parcels)) return []
  const known = new Set<unknown>(changes?.carriers.map(({ carrier }) => carrier))
  return parameters.parcels.flatMap(({ carrier }, index) =>
    // A correction that leaves it out keeps it; where it must be there, the form says so.
    carrier === undefined || known.has(carrier)
      ? []
      : [
          {
            field: `parcels[${index}].carrier`,
            message: `${label}では選べない配送会社です。選べる配送会社は GET /v1/marketplaces で確認できます。`,
            code: 'not_offered',
          },
        ],
  )
}
