import type { MallNames } from '../http-failures.ts'

export const aupayNames: MallNames = { label: 'au PAY マーケット', prefix: 'AUPAY' }
