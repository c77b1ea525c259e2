import type { SandboxEvent } from '../../kit/types.ts'
import { type ChangeReason, DAY_MS, nextNight, readTime, type SimOrder, wireTime } from './model.ts'
import { settlesBy } from './pools.ts'
import type { Settings } from './settings.ts'

/** orderProgress on the clock: what Rakuten does by itself between the calls. */

const NEVER = Number.POSITIVE_INFINITY

/** When the order's next step is due, counted from the times that the order itself carries. */
export function firstDue(order: SimOrder, now: number, settings: Settings): number {
  const { model } = order
  switch (model.orderProgress) {
    case 100: {
      const auto = settings.autoConfirmSeconds
      const expires = order.placedAt + 14 * DAY_MS
      return auto === null ? expires : Math.min(order.placedAt + auto * 1000, expires)
    }
    case 200:
      return (readTime(model.shopOrderCfmDatetime) ?? now) + settleMs(order, settings)
    case 300:
      return allShipped(order) ? nextNight(now) : NEVER
    case 500:
      return (readTime(model.shippingCmplRptDatetime) ?? now) + DAY_MS
    case 600:
      return (readTime(model.shippingCmplRptDatetime) ?? now) + 2 * DAY_MS
    case 800:
      return (
        (readTime(model.ChangeReasonModelList.at(-1)?.changeApplyDatetime) ?? now) +
        settings.cancelSeconds * 1000
      )
    default:
      return NEVER
  }
}

/** Takes every step that is due, and tells which of them a mail would tell. */
export function settle(order: SimOrder, now: number, settings: Settings): SandboxEvent['type'][] {
  const happened: SandboxEvent['type'][] = []
  while (order.nextAt <= now) {
    const at = order.nextAt
    const paid = order.model.orderProgress === 200 && settlesBy(code(order)) === 'prepaid'
    step(order, at)
    if (paid) happened.push('paid')
    order.nextAt = firstDue(order, at, settings)
  }
  return happened
}

function step(order: SimOrder, at: number): void {
  const { model } = order
  switch (model.orderProgress) {
    case 100:
      if (at >= order.placedAt + 14 * DAY_MS) model.orderProgress = 900
      else confirm(order, at)
      return
    case 200:
      model.orderProgress = 300
      model.orderFixDatetime = wireTime(at)
      model.shippingInstDatetime = wireTime(at)
      return
    case 300:
      model.orderProgress = 500
      model.shippingCmplRptDatetime = wireTime(at)
      return
    case 500:
      model.orderProgress = 600
      return
    case 600:
      model.orderProgress = 700
      return
    case 800:
      finishCancel(order, at)
  }
}

/** 100 → 200, with the changeType 8 entry (注文確認) of the same second. */
export function confirm(order: SimOrder, at: number): void {
  order.model.orderProgress = 200
  order.model.shopOrderCfmDatetime = wireTime(at)
  const done = wireTime(at)
  change(order, {
    changeType: 8,
    changeApplyDatetime: done,
    changeFixDatetime: done,
    changeCmplDatetime: done,
  })
}

/** → 800; Rakuten completes it to 900. */
export function startCancel(order: SimOrder, at: number, why: { reason: number; byCustomer: boolean }): void {
  order.model.orderProgress = 800
  change(order, {
    changeType: 0,
    changeReason: why.byCustomer ? 1 : 0,
    changeReasonDetail: why.reason,
    changeApplyDatetime: wireTime(at),
  })
}

export function finishCancel(order: SimOrder, at: number): void {
  order.model.orderProgress = 900
  const last = order.model.ChangeReasonModelList.at(-1)
  if (!last) return
  last.changeType = 2
  last.changeFixDatetime = wireTime(at)
  last.changeCmplDatetime = wireTime(at)
}

function change(order: SimOrder, entry: Partial<ChangeReason> & { changeType: number }): void {
  const list = order.model.ChangeReasonModelList
  order.model.ChangeReasonModelList = [...list, { ...NO_CHANGE, changeId: 12_345 + list.length, ...entry }]
}

const NO_CHANGE = {
  changeTypeDetail: null,
  changeReason: null,
  changeReasonDetail: null,
  changeApplyDatetime: null,
  changeFixDatetime: null,
  changeCmplDatetime: null,
}

const code = (order: SimOrder) => order.model.SettlementModel?.settlementMethodCode ?? 1

const settleMs = (order: SimOrder, settings: Settings) =>
  settings.settleSeconds[settlesBy(code(order))] * 1000

const allShipped = (order: SimOrder) =>
  order.model.PackageModelList.every((basket) =>
    basket.ShippingModelList.some((parcel) => parcel.shippingDate),
  )
