import { MarketplaceFailure } from '../../port/failures.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import type { Answer, RakutenClient } from '../client.ts'
import type { VersionChoice } from './versions.ts'
import type { WireMessage } from './wire.ts'

/** One getOrder answer, or the failure of the whole batch. */
export type BatchAnswer =
  | { kind: 'answered'; answer: Answer; error: WireMessage | null }
  /** The whole answer is unreadable, and the order that causes it is unknown. */
  | { kind: 'unreadable'; failure: MarketplaceFailure }

export interface Reader {
  client: RakutenClient
  versions: VersionChoice
  tools: MarketplaceTools
}

/**
 * Calls getOrder for at most 100 numbers, with the newest version that Rakuten accepts. `error` is the ERROR
 * that names no order and so applies to all without an entry of their own.
 * @throws MarketplaceFailure for what concerns the whole shop
 */
export async function readBatch(
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
    error = errorOfAll(answer)
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

function errorOfAll({ frame }: Answer): WireMessage | null {
  return frame.MessageModelList.find((entry) => entry.messageType === 'ERROR' && !entry.orderNumber) ?? null
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
  throw new MarketplaceFailure({
    kind: 'unavailable',
    code: 'RAKUTEN_VERSION_REFUSED',
    message: '楽天のgetOrderが、このサービスの対応バージョンを受け付けません。運営者へ連絡してください。',
    mallCode: error.messageCode ?? undefined,
    mallMessage: error.message ?? undefined,
    raw: answer.text,
  })
}
