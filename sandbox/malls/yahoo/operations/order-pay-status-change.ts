import type { XmlElement } from '../../../../src/marketplaces/kit/xml.ts'
import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import { badParameter, notOperable, updateAnswer } from '../answers.ts'
import { fieldOf, setValue } from '../sim-order.ts'
import { answerDate, groupIn, isAnswer, readUpdate, textFields, type UpdateTools } from './update-request.ts'

/** orderPayStatusChange: for payments that the store itself receives; paid releases shipping. */
export function orderPayStatusChange(tools: UpdateTools, request: XmlElement): SandboxAnswer {
  const update = readUpdate(tools, request)
  if (isAnswer(update)) return update
  const { order, given, person } = update
  const pay = new Map(textFields(groupIn(given, 'Pay')))
  const status = pay.get('PayStatus') ?? ''
  if (status !== '0' && status !== '1') return badParameter('PayStatus')
  const date = answerDate(pay.get('PayDate') ?? '')
  if (date === null) return badParameter('PayDate')
  if (/^payment_a/.test(fieldOf(order, 'PayMethod'))) return notOperable('PayMethod')
  const changes = [
    { field: 'PayStatus', value: status },
    { field: 'PayDate', value: status === '1' ? date : '' },
  ]
  if (fieldOf(order, 'PayType') === '1') changes.push(...shippable(fieldOf(order, 'ShipStatus'), status))
  for (const { field, value } of changes) setValue(order, field, value)
  tools.store.updated(order, { operation: 'orderPayStatusChange', person, changes })
  return updateAnswer([])
}

function shippable(shipStatus: string, payStatus: string): { field: string; value: string }[] {
  if (shipStatus === '0' && payStatus === '1') return [{ field: 'ShipStatus', value: '1' }]
  return shipStatus === '1' && payStatus === '0' ? [{ field: 'ShipStatus', value: '0' }] : []
}
