import { toRfc3339 } from '../../../../src/marketplaces/yahoo/wire.ts'
import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import { badParameter, element, notExists, resultAnswer } from '../answers.ts'
import type { Store } from '../store.ts'

/** orderChangeHistory: who changed what and when; values of people are left blank. */
export function orderHistory(store: Store, sellerId: string, orderId: string | null): SandboxAnswer {
  if (!orderId) return badParameter('orderId')
  const order = store.find(sellerId, orderId)
  if (!order) return notExists(orderId)
  const rows = order.history.map(({ id, at, person, changes }) => {
    const list = changes.map(
      ({ field, value }) =>
        `<Change>${element('Field', field)}${element('Value', isPersonal(field) ? '' : value)}</Change>`,
    )
    return `<History>${element('HistoryId', String(id))}${element('UpdateTime', toRfc3339(new Date(at)))}${element('UpdatePerson', person)}${list.join('')}</History>`
  })
  return resultAnswer(`<Status>OK</Status>\n${rows.join('\n')}`)
}

const isPersonal = (field: string) =>
  /^(Bill|Ship)(First|Last|Zip|Prefecture|City|Address|Phone|Emg|Mail|Section)/.test(field) ||
  /Comments|Notes/.test(field)
