import { expect, test } from 'vitest'
import { queueOf, readQueues } from './index.ts'

const COMMON = 'https://sqs.ap-northeast-1.amazonaws.com/123456789012/orders'
const OWN = 'https://sqs.ap-northeast-1.amazonaws.com/123456789012/orders-of-b'

test('an application has its own queue, the others the common one', () => {
  const queues = readQueues(` ${COMMON} , amzn1.application-oa2-client.b=${OWN},`)
  expect(queues.map(({ url }) => url)).toEqual([COMMON, OWN])
  expect(queueOf(queues, 'amzn1.application-oa2-client.b')).toBe(OWN)
  expect(queueOf(queues, 'amzn1.application-oa2-client.a')).toBe(COMMON)
})

test('without a common one, an application that is not named has none', () => {
  const queues = readQueues(`amzn1.application-oa2-client.b=${OWN}`)
  expect(queueOf(queues, 'amzn1.application-oa2-client.a')).toBeNull()
  expect(queueOf([], 'amzn1.application-oa2-client.b')).toBeNull()
})

test('the first common one is subscribed to, and all are read', () => {
  const queues = readQueues(`${COMMON},${OWN}`)
  expect(queueOf(queues, 'any')).toBe(COMMON)
  expect(queues).toHaveLength(2)
})
