import { expect, test } from 'vitest'
import { createRepeatLog } from './log-once.ts'

const away = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
const broken = new TypeError('x is undefined')

function rig() {
  let at = 0
  const lines: [level: string, task: string | undefined, more: number | undefined][] = []
  const write = (level: string) => (line: { task?: string; more?: number }) =>
    void lines.push([level, line.task, line.more])
  const log = createRepeatLog({ warn: write('warn'), error: write('error') }, () => at)
  return {
    lines,
    failEachSecond(err: unknown, seconds: number, task = 'sweep') {
      for (let n = 0; n < seconds; n++, at += 1_000) log({ err, task }, 'failed')
    },
  }
}

test('what fails each second is a line a minute, with how often it failed in between', () => {
  const { lines, failEachSecond } = rig()
  failEachSecond(away, 121)
  expect(lines).toEqual([
    ['warn', 'sweep', undefined],
    ['warn', 'sweep', 59],
    ['warn', 'sweep', 59],
  ])
})

test('a line names the shop whose failure it is; failures of other shops are counted with it', () => {
  const lines: object[] = []
  const log = createRepeatLog(
    { warn: (line: object) => void lines.push(line), error: () => expect.unreachable() },
    () => 0,
  )
  for (const shopId of ['a', 'b']) log({ err: away, shopId }, 'failed')
  expect(lines).toEqual([{ err: away, shopId: 'a' }])
})

test('each task has its own lines', () => {
  const { lines, failEachSecond } = rig()
  failEachSecond(away, 10)
  failEachSecond(away, 10, 'retention')
  expect(lines).toEqual([
    ['warn', 'sweep', undefined],
    ['warn', 'retention', undefined],
  ])
})

test.each([
  ['the database away', away, 'warn'],
  ['a full disk', Object.assign(new Error('no room'), { code: '53100' }), 'warn'],
  ['a standby', Object.assign(new Error('only reads'), { code: '25006' }), 'warn'],
  ['a dead-lock', Object.assign(new Error('dead-lock'), { code: '40P01' }), 'warn'],
  ['a fault of the code', broken, 'error'],
  ['a right that is missing', Object.assign(new Error('denied'), { code: '42501' }), 'error'],
])('%s is what somebody must act on or not', (_name, err, level) => {
  const { lines, failEachSecond } = rig()
  failEachSecond(err, 1)
  expect(lines).toEqual([[level, 'sweep', undefined]])
})
