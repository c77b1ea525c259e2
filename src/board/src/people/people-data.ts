import { useQuery } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { roleWord } from '../words.ts'

export type Person = Schemas['StaffAccount']
export type Role = Schemas['ClientRole']

const ROLES: readonly Role[] = ['owner', 'staff', 'read_only']
export const roleOptions = (): readonly (readonly [Role, string])[] =>
  ROLES.map((role) => [role, `${roleWord(role)}: ${roleHelp(role)}`] as const)

/** Of a tenant's person; the service gives them no other. */
export const clientRoleOf = (role: Person['role']): Role => ROLES.find((one) => one === role) ?? 'read_only'

const roleHelp = (role: Role): string =>
  ({
    owner: t('設定と人も扱う', 'settings and people, too'),
    staff: t('受注を扱う', 'works on orders'),
    read_only: t('見るだけ', 'looks only'),
  })[role]

export const readStaff = async () => (await answer(api.GET('/v1/staff'))).staff

export const usePeople = () =>
  useQuery({
    queryKey: ['staff'],
    // Somebody accepts, is locked out, signs in.
    refetchInterval: 30_000,
    queryFn: readStaff,
  })

export const useInvitations = () =>
  useQuery({
    queryKey: ['invitations'],
    queryFn: async () => (await answer(api.GET('/v1/staff/invitations'))).invitations,
  })

export const refreshPeople = (): void => refresh('staff', 'invitations')

/** What somebody made that works on without them. */
export const useMade = (id: string) =>
  useQuery({
    queryKey: ['made', id],
    queryFn: async () => (await answer(api.GET('/v1/staff/made/{id}', { params: { path: { id } } }))).made,
  })

/** After what somebody made has ended. */
export const refreshMade = (): void => refresh('made', 'api-keys', 'webhooks', 'notice-channels')

/** The service keeps one who may manage the others: told before somebody tries. */
export const isLastOwner = (person: Person, all: readonly Person[]): boolean =>
  person.role === 'owner' &&
  person.state === 'active' &&
  all.every((one) => one.id === person.id || one.role !== 'owner' || one.state !== 'active')
