import type { MallNames } from '../kit/http-failures.ts'

export const aupayNames: MallNames = { label: 'au PAY マーケット', prefix: 'AUPAY' }
