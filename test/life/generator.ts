import fc from 'fast-check'
import {
  type Action,
  CHANGES,
  type ChangeName,
  type Command,
  FAULTS,
  OPERATIONS,
  STATUSES,
  TIMES,
} from './commands.ts'
import { DAY, HOUR, MINUTE, SECOND } from './world.ts'

/**
 * Draws histories. Commands drawn one by one seldom meet: in nine of them no order was held, retried and
 * purged. So most of a history is strands, each a few commands that belong together about one order, and
 * the strands are shuffled into each other.
 */

type Strand = readonly Command[]
type Drawn = fc.Arbitrary<Command>

const anyOf = fc.constantFrom
const order = fc.nat({ max: 4 })
const just = <T extends string>(name: T) => fc.constant(name)
const draw = (model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Action> =>
  fc.record(model) as fc.Arbitrary<Action>
const fixed = (command: Command): Drawn => fc.constant(command)
const strand = (...parts: Drawn[]): fc.Arbitrary<Strand> => fc.tuple(...parts)

const work = fixed({ do: 'work' })
const resume = fixed({ do: 'resume' })
const process = fixed({ do: 'process' })
const time = (...ms: number[]): Drawn => anyOf(...ms).map((one) => ({ do: 'time', ms: one }))

const arrival = draw({
  do: just('order'),
  shop: anyOf(0, 0, 0, 1),
  buyer: fc.nat({ max: 1 }),
  twin: fc.boolean(),
  mailed: anyOf(true, true, false),
  kind: anyOf('ready', 'ready', 'ready', 'fresh', 'preorder'),
  days: anyOf(3, 40, 61, 90),
  late: anyOf(0, 0, 0, 4, 180),
})
const mail = draw({
  do: just('mail'),
  order,
  kind: anyOf('placed', 'paid', 'changed', 'cancelled'),
  stranger: anyOf(false, false, true),
})
const edit = draw({ do: just('edit'), order, by: anyOf(0, 1), blind: fc.boolean() })
const pull = draw({ do: just('pull'), again: anyOf(false, false, true) })
const mallCancel = draw({
  do: just('mallCancel'),
  order,
  lag: fc.nat({ max: 2 }),
  mailed: fc.boolean(),
})
const mallAddress = draw({ do: just('mallAddress'), order, mailed: fc.boolean() })
const fault = draw({
  do: just('fault'),
  kind: anyOf(...FAULTS),
  operation: anyOf(...OPERATIONS),
  times: fc.integer({ min: 1, max: 3 }),
})
const erase = draw({ do: just('erase'), buyer: fc.nat({ max: 1 }), by: anyOf('phone', 'email', 'number') })
const move = draw({ do: just('move'), order, to: anyOf(...STATUSES) })
const anyChange = draw({ do: just('change'), order, action: anyOf(...CHANGES) })

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: arrival },
  { weight: 3, arbitrary: mail },
  { weight: 4, arbitrary: draw({ do: just('work') }) },
  { weight: 2, arbitrary: draw({ do: just('import'), order }) },
  { weight: 1, arbitrary: draw({ do: just('reread'), order }) },
  { weight: 2, arbitrary: edit },
  { weight: 2, arbitrary: move },
  { weight: 2, arbitrary: pull },
  { weight: 3, arbitrary: anyChange },
  { weight: 2, arbitrary: mallCancel },
  { weight: 1, arbitrary: mallAddress },
  { weight: 1, arbitrary: draw({ do: just('mallRelease'), order, days: anyOf(0, 5, 70) }) },
  { weight: 1, arbitrary: erase },
  { weight: 1, arbitrary: draw({ do: just('retention') }) },
  { weight: 1, arbitrary: draw({ do: just('webhook'), on: fc.boolean() }) },
  { weight: 1, arbitrary: draw({ do: just('webhookEdit'), what: anyOf('url', 'secret') }) },
  { weight: 1, arbitrary: draw({ do: just('deaf'), on: fc.boolean() }) },
  { weight: 2, arbitrary: draw({ do: just('deliver') }) },
  { weight: 2, arbitrary: draw({ do: just('follow') }) },
  { weight: 1, arbitrary: draw({ do: just('label'), order }) },
  { weight: 1, arbitrary: draw({ do: just('tracking'), order }) },
  { weight: 2, arbitrary: draw({ do: just('retry'), order }) },
  { weight: 1, arbitrary: draw({ do: just('retryAll') }) },
  { weight: 1, arbitrary: draw({ do: just('answerChange'), order, how: anyOf('retry', 'dismiss') }) },
  { weight: 1, arbitrary: draw({ do: just('period'), shop: anyOf(0, 1), days: anyOf(1, 3, 20) }) },
  { weight: 1, arbitrary: draw({ do: just('block'), buyer: fc.nat({ max: 1 }) }) },
  { weight: 2, arbitrary: fault },
  {
    weight: 1,
    arbitrary: draw({
      do: just('settings'),
      shop: anyOf(0, 0, 1),
      confirms: fc.boolean(),
      completes: fc.boolean(),
    }),
  },
)

const beside = (one: fc.Arbitrary<Action>): Drawn =>
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ do: just('crash'), at: fc.nat({ max: 40 }), action: one }) },
    { weight: 2, arbitrary: fc.record({ do: just('lose'), at: fc.nat({ max: 16 }), action: one }) },
    { weight: 2, arbitrary: fc.record({ do: just('hold'), at: fc.nat({ max: 14 }), action: one }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: just('both'),
        runs: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 6 }),
        left: one,
        right: action,
      }),
    },
  ) as Drawn

const holdUp = (one: fc.Arbitrary<Action>, most = 14): Drawn =>
  fc.record({ do: just('hold'), at: fc.nat({ max: most }), action: one }) as Drawn

const onHold = (days: readonly number[]) =>
  fc.record({ do: just('move'), order: fc.constant(0), to: just('on_hold'), days: anyOf(...days) }) as Drawn
const moveTo = (...to: (typeof STATUSES)[number][]) =>
  fc.record({ do: just('move'), order: fc.constant(0), to: anyOf(...to) }) as Drawn
const restored = fixed({ do: 'move', order: 0, to: 'on_hold', restore: true })
const change = (...actions: ChangeName[]) =>
  fc.record({ do: just('change'), order: fc.constant(0), action: anyOf(...actions) }) as fc.Arbitrary<Action>
const of = <T extends Command>(command: T): fc.Arbitrary<Action> => fc.constant(command as unknown as Action)
const doWork = of({ do: 'work' })

/** Each about one order, which they name as 0; `place` gives it its own. */
const STRANDS: readonly { weight: number; arbitrary: fc.Arbitrary<Strand> }[] = [
  // Comes in, is pulled, is shipped, is over.
  {
    weight: 4,
    arbitrary: strand(
      arrival,
      work,
      pull,
      moveTo('ready_to_ship', 'new'),
      change('ship', 'parts'),
      work,
      time(31 * SECOND, 5 * MINUTE),
      fc.oneof(
        change('complete', 'correct'),
        fixed({ do: 'settings', shop: 0, confirms: false, completes: true }),
      ),
      work,
      time(HOUR, 3 * DAY),
    ),
  },
  // 保留 twice, each with its own day and reason; left, and taken up again.
  {
    weight: 3,
    arbitrary: strand(
      work,
      onHold([2, 40]),
      moveTo('new', 'ready_to_ship'),
      time(SECOND, HOUR),
      onHold([5, 120]),
      fc.oneof(moveTo('new', 'awaiting_payment'), change('confirm', 'release'), work),
      work,
      restored,
    ),
  },
  // 保留 beyond retention.
  {
    weight: 1,
    arbitrary: strand(
      work,
      pull,
      onHold([120, 200]),
      time(61 * DAY),
      time(61 * DAY),
      fixed({ do: 'retention' }),
    ),
  },
  // A call of a change loses its answer, at the mall or here.
  {
    weight: 3,
    arbitrary: strand(
      work,
      change('ship', 'parts', 'confirm', 'fee'),
      fc.record({
        do: just('fault'),
        kind: anyOf('500-done', 'cut', '500', 'broken-body'),
        operation: anyOf('orderShipStatusChange', 'orderChange', 'orderStatusChange', 'orderInfo'),
        times: anyOf(1, 2),
      }) as Drawn,
      work,
      time(SECOND, 31 * SECOND),
      work,
      time(5 * MINUTE),
      work,
      time(11 * MINUTE),
      work,
    ),
  },
  // A worker stalls over an order while the world goes on.
  {
    weight: 4,
    arbitrary: strand(
      arrival,
      holdUp(doWork),
      fc.oneof(mallCancel, mallAddress, mail, draw({ do: just('retry'), order: fc.constant(0) })),
      fc.oneof(
        draw({ do: just('import'), order: fc.constant(0) }),
        draw({ do: just('retry'), order: fc.constant(0) }),
        work,
      ),
      time(SECOND, 31 * SECOND, 5 * MINUTE),
      fc.oneof(work, edit, erase, pull),
      resume,
      work,
    ),
  },
  // The same over a change.
  {
    weight: 4,
    arbitrary: strand(
      work,
      change('ship', 'confirm', 'fee', 'complete', 'hold'),
      holdUp(doWork, 24),
      fc.oneof(
        mallCancel,
        mallAddress,
        draw({ do: just('mallRelease'), order: fc.constant(0), days: fc.constant(0) }),
      ),
      fc.oneof(draw({ do: just('reread'), order: fc.constant(0) }), mail),
      work,
      time(SECOND, 31 * SECOND, 5 * MINUTE),
      work,
      resume,
      work,
    ),
  },
  // The mall knows an order late; people ask again.
  {
    weight: 3,
    arbitrary: strand(
      arrival.map((one) => ({ ...one, late: 180, mailed: true }) as Action),
      work,
      time(31 * SECOND),
      fc.oneof(holdUp(doWork, 8), work),
      draw({ do: just('retry'), order: fc.constant(0) }),
      time(MINUTE * 5),
      resume,
      work,
      draw({ do: just('import'), order: fc.constant(0) }),
      work,
      time(13 * HOUR),
    ),
  },
  // Broken answers until it is given up.
  {
    weight: 2,
    arbitrary: strand(
      fixed({ do: 'fault', kind: 'broken-body', operation: 'orderInfo', times: 12 }),
      arrival,
      work,
      ...[5 * MINUTE, 5 * MINUTE, 5 * MINUTE, 11 * MINUTE, 11 * MINUTE, 11 * MINUTE].flatMap((ms) => [
        time(ms),
        work,
      ]),
      fc.oneof(fixed({ do: 'retryAll' }), draw({ do: just('retry'), order: fc.constant(0) })),
      work,
    ),
  },
  // A buyer is erased, and orders again, is read again, is written to.
  {
    weight: 3,
    arbitrary: strand(
      work,
      erase,
      fc.oneof(mallAddress, draw({ do: just('reread'), order: fc.constant(0) }), edit, change('memo', 'fee')),
      work,
      arrival,
      work,
    ),
  },
  // Months go by.
  { weight: 3, arbitrary: strand(work, pull, time(31 * DAY), fixed({ do: 'retention' }), work) },
  {
    weight: 1,
    arbitrary: strand(work, mallCancel, time(31 * DAY), fixed({ do: 'retention' }), fixed({ do: 'follow' })),
  },
  // Webhooks are edited while they fail or send.
  {
    weight: 3,
    arbitrary: strand(
      work,
      fixed({ do: 'deaf', on: true }),
      fc.oneof(fixed({ do: 'deliver' }), holdUp(of({ do: 'deliver' }), 6)),
      fc.oneof(
        fixed({ do: 'webhookEdit', what: 'url' }),
        fixed({ do: 'webhookEdit', what: 'secret' }),
        time(3 * DAY),
      ),
      fixed({ do: 'deaf', on: false }),
      fixed({ do: 'deliver' }),
      resume,
      move,
      time(MINUTE * 5, 13 * HOUR),
      fixed({ do: 'deliver' }),
    ),
  },
  // A client pulls through a bad line.
  {
    weight: 3,
    arbitrary: strand(
      arrival,
      work,
      beside(pull),
      fixed({ do: 'pull', again: true }),
      arrival,
      work,
      pull,
      resume,
      fixed({ do: 'pull', again: true }),
    ),
  },
  // Two people, and the mall.
  {
    weight: 2,
    arbitrary: strand(
      work,
      edit,
      mallAddress,
      work,
      edit,
      draw({ do: just('reread'), order: fc.constant(0) }),
      work,
      edit,
    ),
  },
  // A server is lost.
  {
    weight: 1,
    arbitrary: strand(
      work,
      anyOf<Command>({ do: 'backup' }, { do: 'standby' }),
      fc.oneof(pull, erase, change('ship', 'confirm'), edit),
      work,
      fixed({ do: 'restore' }),
      work,
      pull,
    ),
  },
  {
    weight: 2,
    arbitrary: strand(
      arrival,
      work,
      draw({ do: just('label'), order: fc.constant(0) }),
      beside(draw({ do: just('tracking'), order: fc.constant(0) })),
      work,
    ),
  },
  {
    weight: 2,
    arbitrary: strand(
      fixed({ do: 'settings', shop: 0, confirms: true, completes: true }),
      arrival,
      work,
      work,
      time(13 * HOUR),
    ),
  },
  // A request under a key runs into its time limit, is repeated, and goes on after that.
  {
    weight: 2,
    arbitrary: strand(
      fc.oneof(
        holdUp(draw({ do: just('reread'), order: fc.constant(0) }), 8),
        holdUp(draw({ do: just('tracking'), order: fc.constant(0) }), 8),
      ),
      time(5 * MINUTE),
      fc.oneof(work, pull, edit),
      resume,
      work,
    ),
  },
  // Two people write on one version.
  {
    weight: 2,
    arbitrary: strand(work, holdUp(edit, 6), fc.oneof(edit, mallAddress, erase), work, resume, work),
  },
  // Lists alone bring it.
  {
    weight: 2,
    arbitrary: strand(
      arrival.map((one) => ({ ...one, mailed: false }) as Action),
      time(13 * HOUR),
      fc.oneof(mallCancel, mallAddress),
      time(13 * HOUR),
    ),
  },
  {
    weight: 2,
    arbitrary: strand(
      draw({ do: just('block'), buyer: fc.nat({ max: 1 }) }),
      arrival,
      arrival,
      work,
      process,
      arrival,
      work,
    ),
  },
  { weight: 4, arbitrary: beside(action).map((one) => [one]) },
  { weight: 3, arbitrary: strand(beside(doWork), work) },
  { weight: 6, arbitrary: strand(action) },
  { weight: 2, arbitrary: strand(process) },
  { weight: 2, arbitrary: anyOf(...TIMES).map((ms): Strand => [{ do: 'time', ms }]) },
]

/** A strand's order 0 becomes the one that the strand is about. */
function about(command: Command, own: number): Command {
  if ('action' in command && typeof command.action === 'object')
    return { ...command, action: about(command.action, own) as Action } as Command
  return 'order' in command && command.order === 0 ? { ...command, order: own } : command
}

/** Puts strands into each other, each in its own order. */
function shuffled(strands: readonly Strand[], picks: readonly number[]): Command[] {
  const left = strands.map((one) => [...one]).filter(({ length }) => length > 0)
  const woven: Command[] = []
  for (let step = 0; left.length > 0; step++) {
    const at = (picks[step % picks.length] ?? 0) % Math.min(2, left.length)
    const [next] = left[at]?.splice(0, 1) ?? []
    if (next) woven.push(next)
    if (left[at]?.length === 0) left.splice(at, 1)
  }
  return woven
}

/** Commands of a history: at least so many, where shorter ones are no more than a strand. */
export const LEAST_STEPS = 40

const first = arrival.map((one): Strand => [one])

const history: fc.Arbitrary<Command[]> = fc
  .tuple(
    first,
    fc.array(fc.tuple(order, fc.oneof(...STRANDS)), { minLength: 12, maxLength: 12 }),
    fc.array(fc.nat({ max: 1 }), { minLength: 64, maxLength: 64 }),
  )
  .map(([begin, drawn, picks]) => {
    const chosen: Strand[] = []
    let steps = 0
    for (const [own, one] of drawn) {
      if (steps >= LEAST_STEPS) break
      chosen.push(one.map((command) => about(command, own)))
      steps += one.length
    }
    return [...begin, ...shuffled(chosen, picks)]
  })

/** The histories of a seed, each by its place, whatever was played before it. */
export function historyAt(seed: number, index: number): Command[] {
  // Unbiased: of a first draw fast-check takes mostly the ends of each range.
  const parameters = { seed: (seed + Math.imul(index, 0x9e3779b1)) | 0, numRuns: 1, unbiased: true }
  const drawn = fc.sample(history, parameters)
  return drawn[0] ?? []
}
