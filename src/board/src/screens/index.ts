import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import type { Account } from '../session.ts'

/** The screens, each a file that is loaded when it is first opened. */
export interface Screen {
  path: string
  /** In the menu; without it the screen is reached from another. */
  name?: readonly [ja: string, en: string]
  /** Whom the menu shows it to; all of a tenant when left out. */
  roles?: readonly Account['role'][]
  Screen: LazyExoticComponent<ComponentType>
}

export const SCREENS: readonly Screen[] = [
  { path: '/orders', name: ['受注', 'Orders'], Screen: lazy(() => import('./orders.tsx')) },
  { path: '/orders/:id', Screen: lazy(() => import('./order.tsx')) },
  { path: '/desk', name: ['警告・失敗', 'Warnings'], Screen: lazy(() => import('./desk.tsx')) },
  { path: '/quota', name: ['クォータ時計', 'Quota clock'], Screen: lazy(() => import('./quota.tsx')) },
]
