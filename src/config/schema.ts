import { z } from 'zod'
import { MALL_FACTS } from '../marketplaces/facts.ts'
import type { MallSetting } from '../marketplaces/port/marketplace.ts'
import { mallUrl, rate } from './fields.ts'
import { people, secrets } from './settings/access.ts'
import { mailboxes, notices } from './settings/mail.ts'
import { note } from './settings/note.ts'
import { service } from './settings/service.ts'
import { storage } from './settings/storage.ts'
import { work } from './settings/work.ts'

/** The malls' own, as their facts tell them; by the name of the variable. */
const ofMalls = Object.fromEntries(
  MALL_FACTS.flatMap((mall) => Object.values<MallSetting>(mall.settings)).map((setting) => [
    setting.env,
    typeOf(setting).meta({
      description: setting.description,
      ...note('Malls', setting.kind === 'list' ? { shownDefault: 'none' } : {}),
    }),
  ]),
)

/** An address, or one with its name: `name=address`. A comma at the end adds no entry. */
const LISTED = /^$|^(?:[\w.-]{1,300}=)?https?:\/\/\S{1,500}$/

function typeOf(setting: MallSetting): z.ZodType<string | number> {
  if (setting.kind === 'list')
    return z
      .string()
      .trim()
      .prefault('')
      .refine((list) => list === '' || list.split(',').every((entry) => LISTED.test(entry.trim())), {
        error: 'must be URLs, comma separated, each alone or as name=URL',
      })
  return setting.kind === 'rate' ? rate : mallUrl(setting.byDefault)
}

export const OwnSettings = z.object({
  ...service,
  ...storage,
  ...secrets,
  ...work,
  ...mailboxes,
  ...notices,
  ...people,
})
export const MallSettings = z.object(ofMalls)

/** Every setting, in the order of docs/settings.md, which is made from the descriptions here. */
export const SETTINGS: Readonly<Record<string, z.ZodType>> = {
  ...service,
  ...storage,
  ...secrets,
  ...work,
  ...ofMalls,
  ...mailboxes,
  ...notices,
  ...people,
}

export type OwnSettings = z.infer<typeof OwnSettings>
