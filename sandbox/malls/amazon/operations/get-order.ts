import { jsonAnswer } from '../../../kit/http-kit.ts'
import { invalidInput, notFound, unauthorised } from '../answers.ts'
import { DATA_SETS, viewOf } from '../view.ts'
import { listParameter, type OperationHandler } from './operation.ts'

export const getOrder: OperationHandler = ({ query }, { shop, store, settings, orderNumber }) => {
  const sets = new Set(listParameter(query, 'includedData'))
  if (!/^\d{3}-\d{7}-\d{7}$/.test(orderNumber) || [...sets].some((set) => !DATA_SETS.has(set))) {
    return invalidInput()
  }
  const order = store.find(orderNumber)
  if (!order) return notFound()
  if (order.shopCode !== shop.code) return settings.foreignOrder === '403' ? unauthorised('') : notFound()
  return jsonAnswer(200, { order: viewOf(store.shown(order), sets, settings) })
}
