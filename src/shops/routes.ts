import type { Pool } from 'pg'
import type { Routes } from '../http/app-types.ts'
import type { Random } from '../platform/random.ts'
import { type DiscoverTools, presetRoutes } from './mailboxes/discover.ts'
import type { MailboxConsentTools } from './mailboxes/mailbox-consent.ts'
import { mailboxRoutes } from './mailboxes/mailbox-routes.ts'
import type { MailboxTestTools } from './mailboxes/mailbox-test.ts'
import type { MailboxTools } from './mailboxes/mailboxes.ts'
import { attentionRoutes, queueRoutes, type ReadQueues } from './operator-routes.ts'
import { purchaseApplicationRoutes, subStatusRoutes } from './shops/ask-mall-routes.ts'
import { marketplaceRoutes } from './shops/marketplace-routes.ts'
import { shopRoutes } from './shops/shop-routes.ts'
import type { ShopTestTools } from './shops/shop-test.ts'
import type { ShopTools } from './shops/shops.ts'
import { type ApiKeyTools, apiKeyRoutes, ownKeyRoutes } from './tenants/api-keys.ts'
import { type AuditTools, auditRoutes, ownAuditRoutes } from './tenants/audit-routes.ts'
import type { Authenticator } from './tenants/authenticate.ts'
import { contractRoutes, tenantRoutes } from './tenants/tenant-routes.ts'

export type ShopsAreaTools = ShopTools &
  Pick<AuditTools, 'heavyReads'> &
  Omit<ShopTestTools, 'timeoutMs'> &
  MailboxTools &
  Omit<MailboxTestTools, 'timeoutMs'> &
  MailboxConsentTools &
  DiscoverTools & {
    /** For the operator's look at all parts. */
    pool: Pool
    random: Random
    authenticator: Pick<Authenticator, 'forget'>
    readQueues: ReadQueues
    /** From which the malls are called. */
    outgoingAddresses?: readonly string[]
    /** Longest time for a connection test; shorter than a request may take. Default 20 s. */
    testTimeoutMs?: number
  }

/** All routes about tenants, keys, shops and mailboxes. */
export function shopsArea(tools: ShopsAreaTools): { clientRoutes: Routes[]; operatorRoutes: Routes[] } {
  const withLimit = { ...tools, timeoutMs: tools.testTimeoutMs ?? 20_000 }
  const { db, marketplaces, outgoingAddresses = [], readQueues } = tools
  const keys: ApiKeyTools = { ...tools, onKeyRevoked: tools.authenticator.forget }
  const onTenantChanged = async () => {
    tools.authenticator.forget()
    await tools.onMailboxChanged()
  }
  return {
    clientRoutes: [
      shopRoutes(withLimit),
      subStatusRoutes(withLimit),
      purchaseApplicationRoutes(withLimit),
      mailboxRoutes(withLimit),
      presetRoutes(withLimit),
      marketplaceRoutes({ db, marketplaces, outgoingAddresses }),
      ownKeyRoutes(keys),
      contractRoutes({ ...tools, onTenantChanged }),
      ownAuditRoutes(tools),
    ],
    operatorRoutes: [
      tenantRoutes({ ...tools, onTenantChanged }),
      apiKeyRoutes(keys),
      auditRoutes(tools),
      queueRoutes({ readQueues }),
      attentionRoutes(tools),
    ],
  }
}
