import type { Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import { Sign } from './sign.tsx'

/** Who made a key, webhook or channel; marked where they may manage nothing any more. */
export function MadeBy({ by }: { by: Schemas['MadeBy'] | null }) {
  if (by === null) return t('記録がありません', 'Not on record')
  if (by.hasAccess !== false) return by.name
  return (
    <>
      {by.name} <Sign tone="warning">{t('現在は管理権限なし', 'no owner any more')}</Sign>
    </>
  )
}
