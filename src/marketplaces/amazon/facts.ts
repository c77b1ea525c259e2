import type { MallNames } from '../kit/http-failures.ts'

export const AMAZON: MallNames = { label: 'Amazon', prefix: 'AMAZON' }

/** marketplaceId of Amazon.co.jp; the Far East host serves Singapore and Australia as well. */
export const MARKETPLACE_JP = 'A1VC38T7YXB528'
