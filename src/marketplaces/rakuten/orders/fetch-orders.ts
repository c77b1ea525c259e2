import type { Clock } from '../../../platform/clock.ts'
import { factsOf, present } from '../../../platform/narrow.ts'
import { storableFrom } from '../../../platform/storable.ts'
import { malformed, rejected, unavailable } from '../../kit/failures.ts'
import { warning } from '../../kit/order-parts.ts'
import { failed, found, notFound } from '../../kit/outcomes.ts'
import type { Raw } from '../../kit/wire.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { FetchHints, FetchOutcome, MarketplaceTools } from '../../port/session.ts'
import type { Answer, RakutenClient } from '../client.ts'
import { PROGRESS } from '../codes.ts'
import { RAKUTEN, shopCodeOf } from '../facts.ts'
import { refused } from '../failures.ts'
import type { WireMessage } from '../wire.ts'
import { toOrder } from './to-order.ts'

/** getOrder takes at most 100 numbers a call. */
export const BATCH = 100

/**
 * Fetches by number, up to 100 a call, one outcome per number. A number that spoils the whole call (an error
 * that names no order, an answer that cannot be read) is found by halving, so that it fails alone.
 */
export async function* fetchOrders(
  reader: Reader,
  shopCode: string,
  orderNumbers: readonly string[],
  signal: AbortSignal,
  { goesOn }: FetchHints = {},
): AsyncGenerator<FetchOutcome> {
  const asked = [...new Set(orderNumbers)]
  for (const orderNumber of asked)
    if (shopCodeOf(orderNumber) === null) yield failed(orderNumber, notANumber())
  const queue = chunked(
    asked.filter((orderNumber) => shopCodeOf(orderNumber) !== null),
    BATCH,
  )
  const broken: FetchOutcome[] = []
  let answered = 0
  let brokenInARow = 0
  for (let batch = queue.shift(); batch; batch = queue.shift()) {
    if (goesOn?.() === false) break
    const result = await readBatch(reader, batch, signal)
    if (result.kind === 'unreadable') {
      brokenInARow += 1
      if (answered === 0 && brokenInARow === PATIENCE) throw nothingReadable(result.failure)
      if (batch.length === 1) broken.push(failed(present(batch[0]), result.failure))
      else queue.unshift(...halves(batch))
      continue
    }
    answered += 1
    const { outcomes, unexplained } = sortAnswer(result.answer, batch, shopCode, reader.tools)
    yield* outcomes
    if (result.error === null) yield* unexplained.map((orderNumber) => notFound(orderNumber))
    else if (batch.length > 1) queue.unshift(...halves(unexplained))
    else {
      const { messageCode, message } = result.error
      yield* unexplained.map((one) => failed(one, refused(messageCode, message, result.answer.text)))
    }
  }
  const [first, second] = broken
  if (first?.kind === 'failed' && second && answered === 0) throw nothingReadable(first.failure)
  yield* broken
}

/** Halving 100 numbers down to one takes seven calls; by then nothing was readable: no order's fault. */
const PATIENCE = 8

const chunked = (numbers: readonly string[], size: number): string[][] =>
  Array.from({ length: Math.ceil(numbers.length / size) }, (_, at) =>
    numbers.slice(at * size, (at + 1) * size),
  )

const halves = (numbers: readonly string[]) => chunked(numbers, Math.ceil(numbers.length / 2))

const notANumber = rejected(
  'RAKUTEN_ORDER_NUMBER_FORM',
  '楽天の受注番号の形式（店舗ID6桁-日付8桁-8～10桁）ではありません。受注番号を確認してください。',
)

const nothingReadable = unavailable(
  'RAKUTEN_NOTHING_READABLE',
  '楽天のAPIの応答を続けて読み取れません。時間をおいて自動で再試行します。続く場合は運営者へ連絡してください。',
)

/** One getOrder answer, or the failure of the whole batch. */
type BatchAnswer =
  | { kind: 'answered'; answer: Answer; error: WireMessage | null }
  /** The whole answer is unreadable, and the order that causes it is unknown. */
  | { kind: 'unreadable'; failure: MarketplaceFailure }

interface Reader {
  client: RakutenClient
  versions: VersionChoice
  tools: MarketplaceTools
}

/**
 * Calls getOrder for at most 100 numbers, with the newest version that Rakuten accepts. `error` is the ERROR
 * that names no order and so applies to all without an entry of their own.
 * @throws MarketplaceFailure for what concerns the whole shop
 */
async function readBatch(
  { client, versions, tools }: Reader,
  numbers: readonly string[],
  signal: AbortSignal,
): Promise<BatchAnswer> {
  let version: number | null = versions.current(tools.clock)
  let error: WireMessage | null = null
  while (version !== null) {
    let answer: Answer
    try {
      answer = await client.order('getOrder', { orderNumberList: numbers, version }, signal)
    } catch (failure) {
      if (!(failure instanceof MarketplaceFailure) || failure.kind !== 'malformed') throw failure
      return { kind: 'unreadable', failure }
    }
    const { MessageModelList: messages } = answer.frame
    error = messages.find((entry) => entry.messageType === 'ERROR' && !entry.orderNumber) ?? null
    if (!refusesVersion(error)) return { kind: 'answered', answer, error }
    version = versions.refused(version, tools.clock)
    if (version === null) return allVersionsRefused(versions, answer, error)
    tools.notice({
      code: 'RAKUTEN_VERSION_LOWERED',
      message: `楽天のgetOrderがバージョンを受け付けないため、バージョン${version}で読み取ります。`,
    })
  }
  throw new Error('unreachable: a version choice always starts with a version')
}

/** 009 means a missing required field. Numbers are always sent, so it can only be the version. */
const refusesVersion = (error: WireMessage | null): error is WireMessage =>
  error !== null && (error.messageCode === 'ORDER_EXT_API_GET_ORDER_ERROR_009' || namesVersion(error))

const namesVersion = (error: WireMessage) => /version|バージョン/i.test(error.message ?? '')

/**
 * Handles the refusal of every version. When the message names the version, no order can be read and none is
 * at fault. When only the code hints at it, a single number may be the cause, and the caller retries with
 * fewer.
 */
function allVersionsRefused(versions: VersionChoice, answer: Answer, error: WireMessage): BatchAnswer {
  versions.reset()
  if (!namesVersion(error)) return { kind: 'answered', answer, error }
  const mallCode = error.messageCode ?? undefined
  throw versionRefused({ mallCode, mallMessage: error.message ?? undefined, raw: answer.text })
}

const versionRefused = unavailable(
  'RAKUTEN_VERSION_REFUSED',
  '楽天のgetOrderが、このサービスの対応バージョンを受け付けません。運営者へ連絡してください。',
)

/**
 * By order number: Rakuten promises no order of the list. Unrequested numbers are skipped. `unexplained`:
 * numbers that the answer says nothing of.
 */
function sortAnswer(
  answer: Answer,
  numbers: readonly string[],
  shopCode: string,
  tools: Pick<MarketplaceTools, 'notice' | 'clock'>,
) {
  const { models, nameless } = modelsOf(answer)
  const messages = Map.groupBy(answer.frame.MessageModelList, (entry) => entry.orderNumber ?? '')
  noticeGeneral(messages.get('') ?? [], tools)
  const outcomes: FetchOutcome[] = []
  const unexplained: string[] = []
  for (const orderNumber of numbers) {
    const own = messages.get(orderNumber) ?? []
    const model = models.get(orderNumber)
    const outcome = model
      ? read(orderNumber, { model, shopCode, own }, tools.clock.now())
      : explained(orderNumber, own)
    if (outcome) outcomes.push(outcome)
    else if (nameless) outcomes.push(failed(orderNumber, withoutNumber(nameless)))
    else unexplained.push(orderNumber)
  }
  return { outcomes, unexplained }
}

function modelsOf({ frame }: Answer): { models: Map<string, Raw>; nameless: unknown } {
  const list: unknown[] = Array.isArray(frame.OrderModelList) ? frame.OrderModelList : []
  const models = new Map<string, Raw>()
  let nameless: unknown
  for (const model of list) {
    const orderNumber = factsOf(model).orderNumber
    if (typeof orderNumber !== 'string') nameless = model
    else if (!models.has(orderNumber)) models.set(orderNumber, factsOf(model))
  }
  return { models, nameless }
}

function read(
  orderNumber: string,
  { model, shopCode, own }: { model: Raw; shopCode: string; own: readonly WireMessage[] },
  now: number,
): FetchOutcome {
  try {
    const order = toOrder(model, shopCode)
    order.warnings.push(...own.filter((entry) => entry.messageType !== 'INFO').map(mallWarning))
    const raw = JSON.stringify(model)
    return found(storableFrom(raw, order), raw, null, rereadTime(order, now))
  } catch (error) {
    if (!(error instanceof MarketplaceFailure)) throw error
    return failed(orderNumber, error)
  }
}

const DAY_MS = 24 * 60 * 60 * 1000
/** Longer than a cancellation waits to be fixed. */
const REREAD_FOR_MS = 90 * DAY_MS

/**
 * Neither list nor mail tells that a cancellation was revoked, and only open orders are read after each run.
 */
function rereadTime({ mallStatus, orderedAt }: NormalisedOrder, now: number): Date | null {
  const mayReopen = PROGRESS[Number(mallStatus.code)]?.mayReopen === true
  return mayReopen && now - Date.parse(orderedAt) < REREAD_FOR_MS ? new Date(now + DAY_MS) : null
}

/** GET_ORDER_INFO_102: could not be read, which a number that does not exist yet also gets. */
function explained(orderNumber: string, own: readonly WireMessage[]): FetchOutcome | null {
  const error = own.find((entry) => entry.messageType === 'ERROR')
  if (error) return failed(orderNumber, refused(error.messageCode, error.message))
  const first = own[0]
  return first ? notFound(orderNumber, first.message) : null
}

const withoutNumber = (model: unknown) =>
  malformed(RAKUTEN, '受注番号のない受注', JSON.stringify(model) ?? '')

const mallWarning = ({ message, messageCode }: WireMessage) =>
  warning(
    'MALL_MESSAGE',
    'orderNumber',
    `楽天からのメッセージ: ${message ?? ''}(${messageCode ?? 'コードなし'})`,
    null,
    messageCode,
  )

function noticeGeneral(messages: readonly WireMessage[], tools: Pick<MarketplaceTools, 'notice'>): void {
  for (const entry of messages) {
    if (entry.messageType !== 'WARNING') continue
    const code = entry.messageCode ?? 'コードなし'
    tools.notice({
      code: 'RAKUTEN_WARNING',
      message: `楽天のAPIから警告（${code}）が返されました。続く場合は運営者が楽天の仕様書でコードを確認してください。`,
    })
  }
}

/** Newest getOrder version known here, and the oldest one supported. */
export const NEWEST_VERSION = 10
const OLDEST_VERSION = 3

type VersionChoice = ReturnType<typeof createVersionChoice>

/**
 * getOrder version that Rakuten accepts, for all shops of this process. A refusal lowers it by one. The
 * preferred one is tried again later, because a refusal may be a passing fault and an older version lacks
 * fields.
 */
export function createVersionChoice(preferred: number) {
  let chosen = preferred
  let chosenAt = 0
  return {
    current(clock: Clock): number {
      if (chosen !== preferred && clock.now() - chosenAt >= RETRY_PREFERRED_MS) chosen = preferred
      return chosen
    },
    /** Returns the version to try now, or null when there is no lower one. */
    refused(version: number, clock: Clock): number | null {
      if (version <= OLDEST_VERSION) return null
      chosen = version - 1
      chosenAt = clock.now()
      return chosen
    },
    /** Forgets refusals that turned out to have another cause. */
    reset(): void {
      chosen = preferred
    },
  }
}

const RETRY_PREFERRED_MS = 6 * 60 * 60 * 1000
