import type { ComponentType } from 'react'
import { lazyPart } from '../parts/lazy-part.tsx'
import type { Account } from '../session.ts'

/** The screens, each a file loaded when first opened; `early.ts` asks for the first while the page loads. */
export interface Screen {
  path: string
  /** In the menu; without it the screen is reached from another. */
  name?: readonly [ja: string, en: string]
  /** Beside one's own settings, in the account's menu, instead of the head's. */
  inAccountMenu?: true
  /** For whom it is; all of a tenant when left out. Others would be answered with 403. */
  roles?: readonly Account['role'][]
  Screen: ComponentType
}

const WORKING: readonly Account['role'][] = ['owner', 'staff']
const OPERATORS: readonly Account['role'][] = ['operator', 'operator_without_personal_data']

// First, so that idle time loads it first.
const Orders = lazyPart(() => import('./orders.tsx'))
const ShopScreen = lazyPart(() => import('./shops.tsx'))

const SCREENS: readonly Screen[] = [
  { path: '/orders', name: ['受注', 'Orders'], Screen: Orders },
  { path: '/orders/:id', Screen: Orders },
  { path: '/desk', name: ['警告・失敗', 'Warnings'], Screen: lazyPart(() => import('./desk.tsx')) },
  { path: '/csv', name: ['CSV・送り状', 'CSV'], roles: WORKING, Screen: lazyPart(() => import('./csv.tsx')) },
  { path: '/check', name: ['検品', 'Check'], roles: WORKING, Screen: lazyPart(() => import('./check.tsx')) },
  { path: '/calendar', name: ['突合', 'Comparison'], Screen: lazyPart(() => import('./calendar.tsx')) },
  { path: '/credentials', name: ['鍵・同意', 'Keys'], Screen: lazyPart(() => import('./credentials.tsx')) },
  { path: '/shops', name: ['店舗・受信箱', 'Shops'], Screen: ShopScreen },
  { path: '/shops/:id', Screen: ShopScreen },
  { path: '/orders/:id/difference', roles: WORKING, Screen: lazyPart(() => import('./difference.tsx')) },
  { path: '/print', Screen: lazyPart(() => import('./print.tsx')) },
  {
    path: '/operator',
    name: ['運営者', 'Operator'],
    roles: OPERATORS,
    Screen: lazyPart(() => import('./operator.tsx')),
  },
  {
    path: '/notices',
    name: ['通知先', 'Notices'],
    inAccountMenu: true,
    Screen: lazyPart(() => import('./notices.tsx')),
  },
  { path: '/figures', name: ['実績', 'Figures'], Screen: lazyPart(() => import('./figures.tsx')) },
  {
    path: '/help',
    name: ['使い方', 'Help'],
    inAccountMenu: true,
    roles: [...WORKING, 'read_only', ...OPERATORS],
    Screen: lazyPart(() => import('./help.tsx')),
  },
  { path: '/menu', Screen: lazyPart(() => import('./menu.tsx')) },
  {
    path: '/account',
    name: ['自分のアカウント', 'Your account'],
    inAccountMenu: true,
    roles: [...WORKING, 'read_only', ...OPERATORS],
    Screen: lazyPart(() => import('./account.tsx')),
  },
  {
    path: '/people',
    name: ['スタッフ', 'People'],
    inAccountMenu: true,
    roles: ['owner'],
    Screen: lazyPart(() => import('./people.tsx')),
  },
  {
    path: '/connections',
    name: ['連携（APIキー・Webhook）', 'API keys and webhooks'],
    inAccountMenu: true,
    roles: ['owner'],
    Screen: lazyPart(() => import('./connections.tsx')),
  },
  { path: '/waiting', Screen: lazyPart(() => import('./waiting.tsx')) },
  { path: '/quota', name: ['クォータ時計', 'Quota clock'], Screen: lazyPart(() => import('./quota.tsx')) },
]

/** Lists the screens of a role, for the menu and by address alike. */
export const screensOf = (role: Account['role']): readonly Screen[] =>
  SCREENS.filter(({ roles }) => roles?.includes(role) ?? !role.startsWith('operator'))
