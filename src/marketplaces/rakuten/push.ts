import { buildXml, elementsAt, parseXml, textAt, XmlError } from '../kit/xml.ts'
import type { MallPush } from '../port/notifications.ts'
import { shopCodeOf } from './order-number.ts'

/**
 * システムイベント通知: RMS posts new orders to a URL that the developing company applied for. Only what says which order it is is read;
 * the order itself comes from the API, as with a mail.
 */

const MOST_ORDERS = 100

export const rakutenPush: MallPush = {
  read(text) {
    try {
      const { name, content } = parseXml(text)
      const key = textAt(content, 'authModel', 'authKey')
      if (name !== 'orderNotifyModel' || !key) return null
      const orders = elementsAt(content, 'orderInfoNotifyModel').slice(0, MOST_ORDERS)
      const read = orders.map((order) => ({
        orderNumber: textAt(order, 'orderNumber') ?? '',
        id: textAt(order, 'seqId') ?? '',
      }))
      // Skips a malformed number; the others count.
      return { key, orders: read.filter(({ orderNumber }) => shopCodeOf(orderNumber) !== null) }
    } catch (error) {
      if (error instanceof XmlError) return null
      throw error
    }
  },
  answers: {
    taken: answer('N-000-000'),
    unreadable: answer('E-400-100'),
    refused: answer('E-400-101'),
  },
}

function answer(resultCode: string) {
  return { type: 'text/xml; charset=utf-8', body: buildXml('responseModel', { resultCode }) }
}
