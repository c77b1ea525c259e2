import fc from 'fast-check'
import { seeded } from '../../sandbox/kit/seeded.ts'
import { present } from '../../src/platform/narrow.ts'
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

/** A list in it is of commands between which no other strand's come. */
type Strand = readonly (Command | readonly Command[])[]
type Drawn = fc.Arbitrary<Command>

const anyOf = fc.constantFrom
const order = fc.nat({ max: 4 })
const just = <T extends string>(name: T) => fc.constant(name)
const draw = (model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Action> =>
  fc.record(model) as fc.Arbitrary<Action>
const fixed = (command: Command): Drawn => fc.constant(command)
const strand = (...parts: fc.Arbitrary<Strand[number]>[]): fc.Arbitrary<Strand> => fc.tuple(...parts)
const close = (...parts: Drawn[]): fc.Arbitrary<readonly Command[]> => fc.tuple(...parts)

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
/** Is here after the next work, as what a strand then does is about it. */
const comesIn = draw({
  do: just('order'),
  shop: anyOf(0, 0, 0, 1),
  buyer: fc.nat({ max: 1 }),
  twin: fc.boolean(),
  mailed: fc.constant(true),
  kind: anyOf('ready', 'ready', 'ready', 'ready', 'fresh', 'preorder'),
  days: anyOf(3, 40, 61, 90),
})
const mail = draw({
  do: just('mail'),
  order,
  kind: anyOf('placed', 'paid', 'changed', 'cancelled'),
  stranger: anyOf(false, false, true),
})
const edit = draw({ do: just('edit'), order, by: anyOf(0, 1), blind: fc.boolean() })
const pull = draw({ do: just('pull'), again: anyOf(false, false, true) })
const take = draw({
  do: just('take'),
  desk: anyOf(0, 0, 1),
  limit: anyOf(undefined, undefined, 1, 2),
})
const takeAt = (desk: 0 | 1, limit?: number): fc.Arbitrary<Action> =>
  fc.constant({ do: 'take', desk, ...(limit === undefined ? {} : { limit }) })
const useDesk = (desk: 0 | 1, inUse: boolean) => fixed({ do: 'useDesk', desk, inUse })
const putBack = draw({ do: just('putBack'), desk: anyOf(0, 0, 1), batches: anyOf(1, 1, 2, 5) })
const accept = draw({ do: just('accept'), limit: anyOf(1, 2, 10) })
const mallCancel = draw({
  do: just('mallCancel'),
  order,
  lag: anyOf(0, 0, 1, 2, 5),
  mailed: fc.boolean(),
})
const mallAddress = draw({ do: just('mallAddress'), order, mailed: fc.boolean() })
const fault = draw({
  do: just('fault'),
  kind: anyOf(...FAULTS),
  operation: anyOf(...OPERATIONS),
  times: fc.integer({ min: 1, max: 3 }),
})
const erase = draw({ do: just('erase'), order, by: anyOf('phone', 'email', 'number') })
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
  { weight: 3, arbitrary: take },
  { weight: 1, arbitrary: putBack },
  { weight: 1, arbitrary: draw({ do: just('useDesk'), desk: anyOf(0, 1), inUse: anyOf(true, true, false) }) },
  { weight: 1, arbitrary: accept },
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
  { weight: 1, arbitrary: draw({ do: just('dismiss'), order }) },
  { weight: 1, arbitrary: draw({ do: just('rules'), on: anyOf(true, true, false) }) },
  { weight: 1, arbitrary: draw({ do: just('sort') }) },
  { weight: 1, arbitrary: draw({ do: just('answerChange'), order, how: anyOf('retry', 'dismiss') }) },
  { weight: 1, arbitrary: draw({ do: just('period'), shop: anyOf(0, 1), days: anyOf(1, 3, 20) }) },
  { weight: 1, arbitrary: draw({ do: just('block'), buyer: fc.nat({ max: 1 }) }) },
  { weight: 2, arbitrary: fault },
  { weight: 1, arbitrary: draw({ do: just('stray') }) },
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

const own = fc.constant(0)

/** A worker stands still behind so many of the mall's answers about this order, and not about another one. */
const stallBehind = (at: fc.Arbitrary<number>, calls: fc.Arbitrary<number>): Drawn =>
  fc.record({
    do: just('hold'),
    at,
    calls,
    order: own,
    action: fc.constant<Action>({ do: 'work' }),
  }) as Drawn

/**
 * A worker mostly stands still where an answer of the mall is on its way into a row: what comes between is
 * what that answer does not know.
 */
const stall = fc.oneof(
  { weight: 1, arbitrary: holdUp(fc.constant({ do: 'work' }), 20) },
  { weight: 3, arbitrary: stallBehind(fc.nat({ max: 3 }), anyOf(1, 1, 2, 3)) },
)

const stallBehindCall = stallBehind(anyOf(0, 0, 0, 1), fc.constant(1))

const retryOwn = draw({ do: just('retry'), order: own })
const importOwn = draw({ do: just('import'), order: own })
const rereadOwn = draw({ do: just('reread'), order: own })
const paid = fixed({ do: 'mail', order: 0, kind: 'paid' })
const changedMail = fixed({ do: 'mail', order: 0, kind: 'changed' })
const mallCancelMailed = fixed({ do: 'mallCancel', order: 0, lag: 0, mailed: true })
const eraseOwn = draw({ do: just('erase'), order: own, by: anyOf('phone', 'email', 'number') })
/** On what it is now, so that it is accepted. */
const seenEdit = fixed({ do: 'edit', order: 0, by: 0, blind: false })
const mallAddressMailed = fixed({ do: 'mallAddress', order: 0, mailed: true })

const onHold = (days: readonly number[]) =>
  fc.record({ do: just('move'), order: fc.constant(0), to: just('on_hold'), days: anyOf(...days) }) as Drawn
const moveTo = (...to: (typeof STATUSES)[number][]) =>
  fc.record({ do: just('move'), order: fc.constant(0), to: anyOf(...to) }) as Drawn
const restored = fixed({ do: 'move', order: 0, to: 'on_hold', restore: true })
const change = (...actions: ChangeName[]) =>
  fc.record({ do: just('change'), order: fc.constant(0), action: anyOf(...actions) }) as fc.Arbitrary<Action>
const of = <T extends Command>(command: T): fc.Arbitrary<Action> => fc.constant(command as unknown as Action)
const doWork = of({ do: 'work' })
const rulesOn = fixed({ do: 'rules', on: true })
const sort = fixed({ do: 'sort' })
const deliver = fixed({ do: 'deliver' })
const holdUpSorting = holdUp(of({ do: 'sort' }), 5)

/** Behind what was read and before the first call; behind the call and before what its answer leads to. */
const twoOverOneChange = close(
  change('ship', 'ship', 'parts', 'confirm'),
  stallBehind(anyOf(0, 0, 0, 1, 2), fc.constant(1)),
  time(5 * MINUTE),
  stallBehind(anyOf(0, 1, 2, 2, 3), fc.constant(2)),
  resume,
  time(5 * MINUTE),
  work,
  resume,
  work,
)
const writtenMeanwhile = close(
  fc.oneof(mallAddressMailed, mallAddressMailed, mallAddressMailed, rereadOwn),
  stallBehind(anyOf(0, 1, 1, 1, 2), fc.constant(1)),
  fc.oneof(seenEdit, seenEdit, seenEdit, moveTo('on_hold', 'new')),
  resume,
  work,
)

/** Of the cart without an API. */
const comesByFile = draw({
  do: just('order'),
  shop: fc.constant(3),
  buyer: fc.nat({ max: 1 }),
  mailed: anyOf(true, false),
  kind: anyOf('ready', 'ready', 'ready', 'preorder'),
  days: fc.constant(3),
})
const isMailed = (mailed: boolean) => comesByFile.map((one) => ({ ...one, mailed }) as Action)
const file = draw({
  do: just('file'),
  back: fc.constant(0),
  by: anyOf('person', 'name', 'mail'),
  lacks: anyOf(undefined, undefined, undefined, true),
})
const olderFile = draw({
  do: just('file'),
  back: fc.integer({ min: 1, max: 4 }),
  by: anyOf('person', 'name', 'mail'),
})
const write = fixed({ do: 'write' })
const read = fixed({ do: 'read' })
const priced = fc.record({ do: just('cartPrice'), order: own, back: anyOf(false, false, true) }) as Drawn
const stateAtCart = (...to: Extract<Action, { do: 'cartState' }>['to'][]) =>
  draw({ do: just('cartState'), order: own, to: anyOf(...to) })
const closedAtCart = fc.oneof(
  stateAtCart('shipped', 'shipped', 'not_placed', 'unread'),
  fixed({ do: 'mallCancel', order: 0, lag: 0, mailed: false }),
)

/** Each about one order, which they name as 0; `about` gives it its own. */
const STRANDS: readonly fc.Arbitrary<Strand>[] = [
  // Comes in, is pulled, is shipped, is over.
  strand(
    comesIn,
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
  // 保留 twice, each with its own day and reason; left, and taken up again.
  strand(
    comesIn,
    work,
    onHold([2, 40]),
    moveTo('new', 'ready_to_ship'),
    time(SECOND, HOUR),
    onHold([5, 120]),
    fc.oneof(moveTo('new', 'awaiting_payment'), moveTo('ready_to_ship'), change('confirm', 'release')),
    work,
    restored,
    fc.oneof(moveTo('new'), work, eraseOwn),
  ),
  // 保留 beyond retention.
  strand(
    comesIn,
    work,
    pull,
    onHold([160, 200, 400]),
    time(61 * DAY),
    time(61 * DAY),
    fixed({ do: 'retention' }),
  ),
  // A call of a change loses its answer on the way there, and reaches the mall later.
  strand(
    comesIn,
    work,
    close(
      change('ship', 'parts', 'confirm', 'fee'),
      fixed({ do: 'stray' }),
      work,
      time(SECOND, 10 * SECOND),
      work,
      time(SECOND, 10 * SECOND),
      work,
    ),
    time(5 * MINUTE),
    work,
  ),
  // A call of a change loses its answer, at the mall or here.
  strand(
    comesIn,
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
  // A worker stalls over an order while the world goes on.
  strand(
    close(
      comesIn,
      stall,
      fc.oneof(mallCancel, mallAddress, mail, retryOwn),
      fc.oneof(importOwn, retryOwn, work),
    ),
    time(SECOND, 31 * SECOND, 5 * MINUTE),
    fc.oneof(work, edit, erase, pull),
    resume,
    work,
  ),
  // It stalls with news of an order in its hands, while people and mails ask for newer ones or write.
  strand(
    comesIn,
    work,
    close(
      fc.oneof(paid, mallAddressMailed),
      stallBehindCall,
      fc.oneof(mallCancelMailed, mallAddressMailed, changedMail, rereadOwn),
      resume,
      work,
    ),
    close(
      fc.oneof(rereadOwn, changedMail, mallAddressMailed),
      stallBehindCall,
      fc.oneof(edit, moveTo('on_hold', 'new')),
      mallCancelMailed,
      time(5 * MINUTE, 11 * MINUTE),
      work,
      resume,
    ),
    work,
  ),
  // It asked for an order that the mall does not know yet, and somebody asks again before it says so.
  strand(
    arrival.map((one) => ({ ...one, late: 180, mailed: true }) as Action),
    work,
    close(time(5 * MINUTE, 11 * MINUTE), stallBehindCall, fc.oneof(retryOwn, importOwn), resume, work),
    close(time(11 * MINUTE), stallBehindCall, fc.oneof(retryOwn, importOwn), resume, work),
    close(time(5 * MINUTE), fc.oneof(importOwn, retryOwn), work),
  ),
  // The same over a change.
  strand(
    comesIn,
    work,
    close(
      change('ship', 'confirm', 'fee', 'complete', 'hold'),
      stall,
      fc.oneof(mallCancelMailed, mallAddressMailed, paid, rereadOwn),
      work,
      time(31 * SECOND, 5 * MINUTE),
      work,
      work,
      resume,
      work,
    ),
  ),
  // A call is about to go out, and does when another worker has long done it.
  strand(
    comesIn,
    work,
    close(
      change('ship', 'confirm', 'fee'),
      stallBehind(fc.nat({ max: 1 }), anyOf(1, 2)),
      time(5 * MINUTE, 11 * MINUTE, HOUR),
      work,
      time(5 * MINUTE),
      work,
      resume,
      work,
    ),
  ),
  // Two stand still over one change, the second behind what the mall answered it.
  strand(comesIn, work, twoOverOneChange, comesIn, work, twoOverOneChange),
  // A refresh stands still behind its reading, and a person writes.
  strand(comesIn, work, writtenMeanwhile, comesIn, work, writtenMeanwhile, comesIn, work, writtenMeanwhile),
  // A change that waits for the mall is held while news of its order come.
  strand(
    comesIn.map((one) => ({ ...one, shop: 0, kind: 'fresh' }) as Action),
    work,
    close(
      change('confirm', 'ship'),
      stallBehind(anyOf(0, 0, 0, 1, 2), fc.constant(1)),
      mallCancelMailed,
      time(31 * SECOND),
      work,
      resume,
      work,
    ),
  ),
  // What staff have changed here, a change at the mall changes too.
  strand(
    comesIn,
    work,
    edit,
    close(change('fee', 'fee', 'ship', 'parts'), fc.oneof(work, beside(doWork)), work),
    fc.oneof(edit, change('memo', 'fee'), rereadOwn),
    work,
  ),
  // Staff close it here while the mall holds it still.
  strand(
    comesIn.map((one) => ({ ...one, shop: 0, kind: 'preorder', days: 120 }) as Action),
    work,
    fc.oneof(pull, take),
    moveTo('cancelled'),
    time(31 * DAY),
    time(31 * DAY),
    fixed({ do: 'retention' }),
  ),
  // An erasure runs into its time limit, and is asked for again.
  strand(comesIn, work, close(holdUp(eraseOwn, 4), time(2 * MINUTE), work, resume), work),
  // Its list tells of a change that its detail does not show yet.
  strand(
    arrival.map((one) => ({ ...one, shop: 0, mailed: false, late: 0 }) as Action),
    time(13 * HOUR),
    close(
      draw({ do: just('mallCancel'), order: own, lag: anyOf(1, 2, 5, 8), mailed: fc.constant(false) }),
      time(13 * HOUR),
    ),
  ),
  // A parcel’s number is corrected.
  strand(comesIn, work, change('ship', 'ship', 'parts'), work, time(5 * MINUTE), change('correct'), work),
  // It waits for its order's release, of which the news comes while a worker holds it.
  strand(
    comesIn.map((one) => ({ ...one, kind: 'preorder', days: 3 }) as Action),
    work,
    close(
      change('ship', 'confirm'),
      work,
      time(13 * HOUR),
      stall,
      draw({ do: just('mallRelease'), order: own, days: own }),
      paid,
      work,
      resume,
      work,
    ),
  ),
  // The mall knows an order late; people ask again.
  strand(
    arrival.map((one) => ({ ...one, late: 180, mailed: true }) as Action),
    work,
    time(31 * SECOND),
    fc.oneof(stall, work),
    draw({ do: just('retry'), order: fc.constant(0) }),
    time(MINUTE * 5),
    resume,
    work,
    draw({ do: just('import'), order: fc.constant(0) }),
    work,
    time(13 * HOUR),
  ),
  // Broken answers until it is given up.
  strand(
    fc.tuple(
      fixed({ do: 'fault', kind: 'broken-body', operation: 'orderInfo', times: 12 }),
      comesIn.map((one) => ({ ...one, shop: 0 }) as Action),
      work,
      ...[5 * MINUTE, 5 * MINUTE, 5 * MINUTE, 11 * MINUTE, 11 * MINUTE, 11 * MINUTE].flatMap((ms) => [
        time(ms),
        work,
      ]),
      fc.oneof(fixed({ do: 'retryAll' }), retryOwn, time(13 * HOUR), time(31 * DAY)),
    ),
    fc.oneof(work, time(13 * HOUR), time(31 * DAY)),
    fixed({ do: 'retention' }),
  ),
  // A person does not want what came to nothing, and the mall’s list goes on to name it.
  strand(
    fc.tuple(
      fixed({ do: 'fault', kind: 'broken-body', operation: 'orderInfo', times: 3 }),
      comesIn.map((one) => ({ ...one, shop: 0 }) as Action),
      work,
    ),
    fc.oneof(time(5 * MINUTE), stall, work),
    fixed({ do: 'dismiss', order: 0 }),
    resume,
    time(13 * HOUR, 31 * DAY),
    fc.oneof(importOwn, fixed({ do: 'retention' }), paid),
    work,
  ),
  // Rules move it on, until a person does.
  strand(
    rulesOn,
    comesIn,
    work,
    fc.oneof(pull, take, accept),
    close(
      fc.oneof(sort, holdUpSorting, holdUpSorting),
      fc.oneof(
        mallCancelMailed,
        moveTo('on_hold', 'awaiting_payment', 'new'),
        onHold([2, 40]),
        change('hold', 'ship'),
      ),
      work,
      resume,
    ),
    sort,
    fc.oneof(mallCancelMailed, moveTo('new', 'on_hold'), paid, edit, eraseOwn),
    work,
    sort,
    fc.oneof(fixed({ do: 'rules', on: false }), moveTo('auto_imported'), sort),
    fc.oneof(accept, take),
    sort,
  ),
  // Rules know of a parcel with another order, and of what its mall holds back.
  strand(
    rulesOn,
    comesIn.map((one) => ({ ...one, kind: 'preorder', days: 3, twin: true }) as Action),
    work,
    close(fc.oneof(accept, take), sort),
    close(
      holdUpSorting,
      draw({ do: just('mallRelease'), order: own, days: anyOf(0, 5) }),
      paid,
      work,
      resume,
    ),
    sort,
    time(3 * DAY),
    fixed({ do: 'order', shop: 0, buyer: 0, twin: true, mailed: true, kind: 'ready', days: 0 }),
    work,
    sort,
  ),
  // A buyer is erased of whom versions and reasons are kept, while an older order is on its way.
  strand(
    comesIn,
    work,
    edit,
    onHold([2, 40]),
    moveTo('new', 'ready_to_ship'),
    mallAddress,
    rereadOwn,
    work,
    fixed({ do: 'order', shop: 0, buyer: 0, mailed: false, kind: 'ready', days: 0 }),
    fixed({ do: 'order', shop: 0, buyer: 1, mailed: true, kind: 'ready', days: 0, late: 180 }),
    erase,
    work,
    time(13 * HOUR),
  ),
  // Another encryption key comes in front, what was sealed before goes under it, and a buyer is
  // erased meanwhile.
  strand(
    comesIn,
    work,
    fixed({ do: 'order', shop: 0, buyer: 0, mailed: false, kind: 'ready', days: 0 }),
    fc.oneof(erase, edit, onHold([2, 40])),
    fixed({ do: 'newKey' }),
    work,
    fc.oneof(time(13 * HOUR), edit, erase),
    fixed({ do: 'rotateKeys' }),
    fc.oneof(work, edit, erase, rereadOwn),
  ),
  // A buyer is erased, and orders again, is read again, is written to.
  strand(
    comesIn,
    work,
    erase,
    fc.oneof(mallAddress, draw({ do: just('reread'), order: fc.constant(0) }), edit, change('memo', 'fee')),
    work,
    comesIn,
    work,
  ),
  // Months go by.
  strand(comesIn, work, pull, time(31 * DAY), fixed({ do: 'retention' }), work),
  strand(
    comesIn,
    work,
    fc.oneof(mallCancel, mallCancel, moveTo('cancelled'), pull),
    time(61 * DAY, 61 * DAY, 31 * DAY),
    fixed({ do: 'retention' }),
    fixed({ do: 'follow' }),
  ),
  // Webhooks are edited while they fail or send.
  strand(
    comesIn,
    work,
    fixed({ do: 'deaf', on: true }),
    fc.oneof(deliver, holdUp(of({ do: 'deliver' }), 6)),
    fc.oneof(
      fixed({ do: 'webhookEdit', what: 'url' }),
      fixed({ do: 'webhookEdit', what: 'secret' }),
      time(3 * DAY),
    ),
    fixed({ do: 'deaf', on: false }),
    deliver,
    resume,
    move,
    time(MINUTE * 5, 13 * HOUR),
    deliver,
  ),
  // A webhook’s receiver is deaf to the last that happens to an order.
  strand(
    comesIn,
    work,
    deliver,
    close(
      fixed({ do: 'deaf', on: true }),
      fc.oneof(moveTo('ready_to_ship'), moveTo('ready_to_ship', 'on_hold'), seenEdit, pull),
      fc.oneof(deliver, deliver, deliver, holdUp(of({ do: 'deliver' }), 3)),
      fixed({ do: 'deaf', on: false }),
    ),
    resume,
  ),
  // A client pulls through a bad line.
  strand(
    comesIn,
    work,
    beside(pull),
    fixed({ do: 'pull', again: true }),
    comesIn,
    work,
    pull,
    resume,
    fixed({ do: 'pull', again: true }),
  ),
  // A program takes by position, while copies of its requests come late and staff move what is staged.
  strand(
    comesIn,
    work,
    close(holdUp(take, 8), take),
    comesIn,
    work,
    fc.oneof(accept, moveTo('ready_to_ship', 'on_hold'), mallCancel),
    take,
    resume,
    putBack,
    take,
  ),
  // Two programs at once, each with its own desk; the answer of one is lost.
  strand(
    arrival,
    takeAt(1),
    comesIn,
    work,
    fc.record({
      do: just('both'),
      runs: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 6 }),
      left: takeAt(0, 1),
      right: fc.oneof(takeAt(1, 1), takeAt(0), accept, draw({ do: just('pull'), again: fc.constant(false) })),
    }) as Drawn,
    beside(take),
    take,
    fixed({ do: 'rotateKey', overlaps: true }),
    work,
    take,
  ),
  // The owner takes a desk out of use while a copy of its request is on its way and staff move orders.
  strand(
    comesIn,
    work,
    close(takeAt(0), holdUp(take, 4), useDesk(0, false)),
    comesIn,
    work,
    fc.oneof(moveTo('ready_to_ship', 'on_hold'), accept, takeAt(1)),
    resume,
    fc.oneof(takeAt(0), takeAt(1)),
    useDesk(0, true),
    take,
  ),
  // Two people, and the mall.
  strand(
    comesIn,
    work,
    edit,
    mallAddress,
    work,
    edit,
    draw({ do: just('reread'), order: fc.constant(0) }),
    work,
    edit,
  ),
  // A server is lost.
  strand(
    comesIn,
    work,
    anyOf<Command>({ do: 'backup' }, { do: 'standby' }),
    fc.oneof(pull, take, erase, change('ship', 'confirm'), edit),
    work,
    take,
    fixed({ do: 'restore' }),
    work,
    fc.oneof(pull, take),
  ),
  strand(
    comesIn,
    work,
    draw({ do: just('label'), order: fc.constant(0) }),
    beside(draw({ do: just('tracking'), order: fc.constant(0) })),
    work,
  ),
  strand(
    fixed({ do: 'settings', shop: 0, confirms: true, completes: true }),
    comesIn,
    work,
    work,
    time(13 * HOUR),
  ),
  // A request under a key runs into its time limit, is repeated, and goes on after that.
  strand(
    comesIn,
    work,
    close(
      fc.oneof(
        holdUp(draw({ do: just('block'), buyer: fc.nat({ max: 1 }) }), 6),
        holdUp(rereadOwn, 8),
        holdUp(draw({ do: just('tracking'), order: own }), 8),
      ),
      time(5 * MINUTE),
      fc.oneof(work, pull, edit),
      resume,
    ),
    work,
  ),
  // Two people write on one version.
  strand(comesIn, work, close(holdUp(edit, 14), fc.oneof(edit, edit, erase), resume), work),
  strand(
    comesIn,
    work,
    fc.record({
      do: just('both'),
      runs: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 6 }),
      left: edit,
      right: edit,
    }) as Drawn,
  ),
  // It comes by file, is changed, and its files come late and again.
  strand(
    comesByFile,
    fixed({ do: 'mallRelease', order: 0, days: 0 }),
    file,
    close(priced, write, priced, write, priced),
    fc.oneof(file, olderFile),
    fc.oneof(work, read, beside(of({ do: 'read' }))),
    olderFile,
    work,
    olderFile,
    read,
  ),
  // The cart closes it before any file of it was read, and an older one comes late.
  strand(
    close(isMailed(false), fixed({ do: 'mallRelease', order: 0, days: 0 }), write, closedAtCart, file),
    fc.oneof(read, beside(of({ do: 'read' }))),
    close(olderFile, olderFile),
    fc.oneof(read, work),
    fc.oneof(olderFile, time(3 * DAY)),
  ),
  // Its file is being read while people and its mall write, ship and erase.
  strand(
    isMailed(true),
    work,
    fc.oneof(takeAt(0), takeAt(1), onHold([2, 40])),
    close(
      fc.oneof(priced, closedAtCart),
      file,
      holdUp(of({ do: 'read' }), 20),
      fc.oneof(change('ship'), seenEdit, eraseOwn, moveTo('ready_to_ship', 'on_hold')),
      fc.oneof(work, time(5 * MINUTE)),
      file,
      work,
      resume,
    ),
    fc.oneof(closedAtCart, rereadOwn, olderFile),
    fc.oneof(file, change('ship')),
    work,
  ),
  strand(
    isMailed(true),
    fc.record({
      do: just('both'),
      runs: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 6 }),
      left: of({ do: 'read' }),
      right: fc.oneof(file, eraseOwn, take, of({ do: 'read' })),
    }) as Drawn,
    fc.oneof(work, eraseOwn, change('ship')),
    time(5 * MINUTE, 61 * DAY),
    priced,
    fc.oneof(file, olderFile),
    work,
  ),
  // Two recipients: one parcel goes out, and then the other.
  strand(
    arrival.map((one) => ({ ...one, shop: 2, kind: 'ready', twin: false }) as Action),
    work,
    pull,
    fc.oneof(change('ship'), change('parts'), draw({ do: just('label'), order: own })),
    fc.oneof(work, beside(doWork)),
    time(5 * MINUTE, 13 * HOUR),
    fc.oneof(change('parts', 'correct'), draw({ do: just('tracking'), order: own }), mallCancel),
    work,
    fc.oneof(rereadOwn, edit, time(13 * HOUR)),
    work,
  ),
  // A change does not end well, and a person answers it.
  strand(
    comesIn,
    work,
    mallCancel,
    change('ship', 'fee', 'complete', 'hold', 'release', 'correct'),
    work,
    time(5 * MINUTE, 13 * HOUR),
    fc.record({
      do: just('answerChange'),
      order: fc.constant(0),
      how: anyOf('dismiss', 'dismiss', 'retry'),
    }) as Drawn,
    work,
  ),
  // Of two orders that may go out as one, one goes away.
  strand(
    close(
      fixed({ do: 'order', shop: 0, buyer: 0, mailed: true, kind: 'ready', days: 0 }),
      work,
      fixed({ do: 'order', shop: 0, buyer: 0, twin: true, mailed: true, kind: 'ready', days: 0 }),
    ),
    work,
    fc.oneof(mallCancelMailed, moveTo('cancelled'), change('cancel')),
    work,
  ),
  // A webhook is off for longer than the feed is kept.
  strand(
    comesIn,
    work,
    fixed({ do: 'webhook', on: false }),
    moveTo('new', 'ready_to_ship'),
    time(31 * DAY),
    time(31 * DAY),
    fixed({ do: 'retention' }),
  ),
  // The list of a sweep does not know an order yet that was placed before it.
  strand(
    close(
      time(13 * HOUR),
      time(11 * HOUR),
      arrival.map((one) => ({ ...one, mailed: false, late: 180 }) as Action),
      time(HOUR),
    ),
    time(13 * HOUR),
  ),
  // Nor that of the day’s deep one.
  strand(
    arrival.map((one) => ({ ...one, mailed: false, late: 20 * 60 }) as Action),
    time(13 * HOUR),
    time(13 * HOUR),
    time(13 * HOUR),
  ),
  // Lists alone bring it.
  strand(
    arrival.map((one) => ({ ...one, mailed: false }) as Action),
    time(13 * HOUR),
    fc.oneof(mallCancel, mallAddress),
    time(13 * HOUR),
  ),
  strand(
    draw({ do: just('block'), buyer: fc.nat({ max: 1 }) }),
    arrival,
    comesIn,
    work,
    process,
    comesIn,
    work,
  ),
]

/** What comes between. */
const SINGLES: readonly { weight: number; arbitrary: fc.Arbitrary<Strand> }[] = [
  { weight: 4, arbitrary: beside(action).map((one) => [one]) },
  { weight: 3, arbitrary: strand(beside(doWork), work) },
  { weight: 6, arbitrary: strand(action) },
  { weight: 2, arbitrary: strand(process) },
  { weight: 2, arbitrary: anyOf(...TIMES).map((ms): Strand => [{ do: 'time', ms }]) },
  { weight: 1, arbitrary: anyOf(true, false).map((overlaps): Strand => [{ do: 'rotateKey', overlaps }]) },
]

const isList = (part: Strand[number]): part is readonly Command[] => Array.isArray(part)

/** How many orders come in by a command. */
export function placedBy(command: Command): number {
  if (command.do === 'both') return placedBy(command.left) + placedBy(command.right)
  if ('action' in command && typeof command.action === 'object') return placedBy(command.action)
  return command.do === 'order' ? 1 : 0
}

/** Orders that a strand's command names as its own; the others are any. */
const OWN_BELOW = 4

/** What a strand says of its own order is of the one that it is about. */
function about(command: Command, own: number): Command {
  if (command.do === 'both')
    return { ...command, left: about(command.left, own), right: about(command.right, own) } as Command
  if ('action' in command && typeof command.action === 'object')
    return {
      ...command,
      ...('order' in command ? { order: own } : {}),
      action: about(command.action, own) as Action,
    } as Command
  return 'order' in command && command.order < OWN_BELOW ? { ...command, order: own } : command
}

/**
 * Puts strands into each other, each in its own order. One in which an order comes in is about that one from
 * there on; before, and else, about the one that was drawn for it.
 */
function shuffled(
  strands: readonly { own: number; commands: Strand }[],
  picks: readonly number[],
): Command[] {
  const left = strands.map(({ own, commands }) => ({
    own,
    isAlone: commands.length === 1,
    rest: [...commands],
  }))
  const woven: Command[] = []
  let placed = 1
  for (let step = 0; left.length > 0; step++) {
    const at = (picks[step % picks.length] ?? 0) % Math.min(2, left.length)
    const one = left[at]
    const next = one?.rest.shift()
    if (!one || !next) {
      left.splice(at, 1)
      continue
    }
    for (const command of isList(next) ? next : [next]) {
      const comes = placedBy(command)
      if (comes > 0) one.own = placed
      placed += comes
      woven.push(one.isAlone ? command : about(command, one.own))
    }
  }
  return woven
}

/** Commands of a history: at least so many, where shorter ones are no more than a strand. */
export const LEAST_STEPS = 40

const first = arrival.map((one): Strand => [one])
const SINGLES_OF_HISTORY = 12

const historyOf = (strands: readonly fc.Arbitrary<Strand>[]): fc.Arbitrary<Command[]> =>
  fc
    .tuple(
      first,
      fc.tuple(...strands.map((one) => fc.tuple(order, one))),
      fc.array(fc.oneof(...SINGLES), { minLength: SINGLES_OF_HISTORY, maxLength: SINGLES_OF_HISTORY }),
      fc.array(fc.nat({ max: 1 }), { minLength: 64, maxLength: 64 }),
    )
    .map(([begin, drawn, singles, picks]) => {
      const chosen = drawn.map(([own, commands]) => ({ own, commands }))
      const steps = () => chosen.reduce((sum, { commands }) => sum + commands.flat().length, 0)
      for (const [place, commands] of singles.entries())
        if (place < FEWEST_SINGLES || steps() < LEAST_STEPS)
          chosen.splice((place * 2 + 1) % (chosen.length + 1), 0, { own: 0, commands })
      return [...begin.flat(), ...shuffled(chosen, picks)]
    })

const FEWEST_SINGLES = 3
const STRANDS_OF_HISTORY = 7

/** Strands are dealt, not drawn: in so many histories as they are sevenths of, each comes once. */
function dealt(seed: number, index: number): fc.Arbitrary<Strand>[] {
  const from = index * STRANDS_OF_HISTORY
  return Array.from({ length: STRANDS_OF_HISTORY }, (_, n) => {
    const [deal, place] = [Math.floor((from + n) / STRANDS.length), (from + n) % STRANDS.length]
    return present(deck(seed, deal)[place])
  })
}

function deck(seed: number, deal: number): fc.Arbitrary<Strand>[] {
  const { int } = seeded(seed, deal)
  const cards = [...STRANDS]
  for (let left = cards.length - 1; left > 0; left--) {
    const other = int(0, left)
    const [one, two] = [present(cards[left]), present(cards[other])]
    cards[left] = two
    cards[other] = one
  }
  return cards
}

/** The histories of a seed, each by its place, whatever was played before it. */
export function historyAt(seed: number, index: number): Command[] {
  // Unbiased: of a first draw fast-check takes mostly the ends of each range.
  const parameters = { seed: (seed + Math.imul(index, 0x9e3779b1)) | 0, numRuns: 1, unbiased: true }
  const drawn = fc.sample(historyOf(dealt(seed, index)), parameters)
  return drawn[0] ?? []
}
