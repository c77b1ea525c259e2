import type { ShipRequests } from '../labels/tracking.ts'
import { decideChanges, type RequestDeps, requestChanges } from '../site-changes/requests/request.ts'

/** Requests the changes of tracking files as POST /v1/site-changes does: neither room knows the other. */
export const createShipRequests = (deps: RequestDeps): ShipRequests => ({
  judge: async (tenantId, changes) => new Map((await decideChanges(deps, tenantId, [...changes])).entries()),
  async request(caller, changes) {
    const made = await requestChanges(deps, caller, { changes: [...changes] })
    return made.changes.map(({ id, state }) => ({ changeId: id, state }))
  },
  confirmsFirst: (marketplace) =>
    deps.marketplaces
      .get(marketplace)
      ?.changes?.actions.some(
        ({ action, fields }) => action === 'ship' && fields.some(({ name }) => name === 'confirmFirst'),
      ) ?? false,
  mallCodeOf: (marketplace, carrier) =>
    deps.marketplaces.get(marketplace)?.changes?.carriers.find((one) => one.carrier === carrier)?.mallCode ??
    null,
})
