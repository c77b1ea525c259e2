export interface SettingNotes {
  group: string
  /** Shown in the docs where the default is not one fixed value. */
  shownDefault?: string
  secret?: boolean
}

export const note = (group: string, more: Omit<SettingNotes, 'group'> = {}): SettingNotes => ({
  group,
  ...more,
})
