import { composeMail } from '../../sandbox/mails/compose-mail.ts'
import { createJudgeThreads } from '../../src/mail/recognition/judge-threads.ts'
import { parseAnyMail } from '../../src/mail/recognition/parse-mail.ts'
import { parsePlainMail } from '../../src/mail/recognition/plain-mail.ts'
import { rakutenOrder, yahooOrder } from '../support/malls/sandbox-orders.ts'

/**
 * CPU time of one mail: parsed by the small reader and by mailparser, turn by turn in one process, and the
 * whole way through the reading threads with what of it is the caller's. `node test/bench/mail-reading.ts
 * [turns]`
 */

const TURNS = Number(process.argv[2] ?? 40)
const composed = (['utf-8', 'iso-2022-jp', 'shift_jis'] as const).flatMap((charset) =>
  (['plain', 'html', 'multipart'] as const).flatMap((shape) =>
    [rakutenOrder, yahooOrder].map((order) =>
      composeMail({ type: 'placed', order }, { to: 'orders@shop.example', charset, shape }),
    ),
  ),
)
/** As a mail server's answer holds them: each in a piece of memory that it shares. */
const mails = composed.map((mail) => {
  const slab = Buffer.alloc(64 * 1024)
  mail.copy(slab, 100)
  return slab.subarray(100, 100 + mail.length)
})

const cpu = () => {
  const { user, system } = process.cpuUsage()
  return user + system
}
const ownCpu = () => {
  const { user, system } = process.threadCpuUsage()
  return user + system
}
const median = (values: number[]): number =>
  Math.round(values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0)

const took: Record<string, number[]> = { plain: [], mailparser: [], threads: [], caller: [] }
const add = (name: string, since: number, now: number) => took[name]?.push((now - since) / mails.length)
const threads = createJudgeThreads({ limitMs: 30_000 })
const settings = { authservId: null }
for (let turn = 0; turn < TURNS; turn += 1) {
  let since = cpu()
  for (const mail of mails) if (parsePlainMail(mail) === null) throw new Error('not a plain mail')
  add('plain', since, cpu())
  since = cpu()
  for (const mail of mails) await parseAnyMail(mail)
  add('mailparser', since, cpu())
  since = cpu()
  const own = ownCpu()
  await Promise.all(mails.map((mail) => threads.judge(mail, [], settings)))
  add('threads', since, cpu())
  add('caller', own, ownCpu())
}
await threads.close()
const [plain, mailparser, whole, caller] = Object.values(took).map(median)
console.info(
  `${mails.length * TURNS} mails, µs of CPU each: parsed ${plain}, by mailparser ${mailparser}; parsed and recognised in a thread ${whole}, of which the caller ${caller}`,
)
