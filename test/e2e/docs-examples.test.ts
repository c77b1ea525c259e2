import { afterAll, beforeAll, expect, test } from 'vitest'
import { callExample, type DocumentedOperation, readOperations } from '../support/http/openapi-calls.ts'
import { type RunningDemo, startDemo } from '../support/service/demo.ts'

/** Whoever opens /docs in the demo, authorizes and presses "Execute" gets a real answer from every call. */

let demo: RunningDemo
beforeAll(async () => {
  demo = await startDemo()
})
afterAll(() => demo?.stop())

/** Reads first, then writes, deletions last. */
const TURN: Readonly<Record<string, number>> = { GET: 0, POST: 1, PATCH: 1, DELETE: 2 }
const turnOf = ({ method }: DocumentedOperation) => TURN[method] ?? 1

/** Only a browser that comes back from the mall has a state that counts. */
const REFUSED: Readonly<Record<string, number>> = { endConsent: 400 }
const isExpected = ({ operationId, status }: Answer) =>
  REFUSED[operationId] === undefined ? status >= 200 && status < 300 : status === REFUSED[operationId]

test('every operation answers its example', { timeout: 120_000 }, async () => {
  const operations = (await readOperations(demo.url)).sort((one, other) => turnOf(one) - turnOf(other))
  const answers: Answer[] = []
  for (const { operationId, bodies } of operations) {
    for (let index = 0; index < Math.max(bodies.length, 1); index += 1) {
      answers.push(await tryOut(operationId, index))
    }
  }
  expect(answers.filter((answer) => !isExpected(answer))).toEqual([])
  expect(new Set(answers.map(({ operationId }) => operationId)).size).toBe(operations.length)

  const first = (operationId: string) =>
    JSON.parse(answers.find((answer) => answer.operationId === operationId)?.text ?? 'null')
  expect(first('pullOrders').orders.length).toBeGreaterThan(0)
  expect(first('listOrders').orders.length).toBeGreaterThan(0)
  expect(first('importOrders').requested).toHaveLength(1)
  expect(first('testShop').ok).toBe(true)
  const consented = await fetch(first('beginConsent').url)
  expect(consented.status).toBe(200)
  expect(consented.url).toMatch(`${demo.url}/oauth/yahoo/callback`)
  expect(first('testMailbox').ok).toBe(true)
})

interface Answer {
  operationId: string
  status: number
  text: string
}

/** The page is loaded anew for each call, since a pull and a new shop can be made only once with the same values. */
async function tryOut(operationId: string, example: number): Promise<Answer> {
  const operation = (await readOperations(demo.url)).find((one) => one.operationId === operationId)
  if (!operation) throw new Error(`${operationId} is gone`)
  const key = operation.path.startsWith('/v1/admin/') ? demo.operatorKey : demo.apiKey
  const answer = await callExample(demo.url, key, operation, operation.bodies[example])
  return { operationId, ...answer }
}
