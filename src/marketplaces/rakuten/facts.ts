import type { MallNames } from '../kit/http-failures.ts'

export const RAKUTEN: MallNames = { label: '楽天市場', prefix: 'RAKUTEN' }
