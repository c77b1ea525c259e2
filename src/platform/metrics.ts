import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** Seconds from a mail to its order: a few, or minutes to hours where the mall does not know it yet. */
const LATENESS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200, 86400]
const CALL_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30]
/** Few, as there are some two hundred routes. */
const HTTP_SECONDS = [0.05, 0.25, 1, 2.5, 10]

/** A registry of its own, so that two services in one test process do not share numbers. */
export function createMetrics(options: { processMetrics?: boolean; roles?: readonly string[] } = {}) {
  const registry = new Registry()
  if (options.processMetrics) collectDefaultMetrics({ register: registry, prefix: 'torikomi_' })
  const registers = [registry]
  const counter = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Counter<T>({ name: `torikomi_${name}`, help, labelNames, registers })
  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Gauge<T>({ name: `torikomi_${name}`, help, labelNames, registers })

  /** Gauge of the whole installation, absent until read: a new process knows nothing of it. */
  const whole = (name: string, help: string) => {
    const one = gauge(name, help, [])
    one.remove()
    return one
  }

  const webhookDeliveries = counter('webhook_deliveries_total', 'Attempts to deliver to a webhook', [
    'result',
  ])
  const noticeMails = counter('notice_mails_total', 'Attempts to mail a notice', ['result'])
  // There from the start: what first appears at 1 has risen from nothing, which no rule sees
  // (TorikomiNoticesUnsent).
  for (const result of ['sent', 'retried', 'failed']) noticeMails.inc({ result }, 0)
  for (const result of ['delivered', 'retried', 'failed']) webhookDeliveries.inc({ result }, 0)
  const roles = gauge('roles', 'What this process does', ['role'])
  for (const role of options.roles ?? []) roles.set({ role }, 1)
  return {
    registry,
    /** result: recognised, unreadable, ignored, duplicate */
    mails: counter('mails_total', 'Mails looked at', ['result']),
    /** result: recognised, unreadable, ignored, duplicate; or refused: missing, forged, stale, replayed */
    inboundMails: counter('inbound_mails_total', 'Mails posted to inbound mailboxes', ['result']),
    /** result: taken, idle, poison, duplicate */
    notifications: counter('notifications_total', 'Notifications of the malls', ['marketplace', 'result']),
    /** trust: verified, forwarder, unknown */
    mailsByTrust: counter('mails_by_trust_total', 'Mails of malls by trust in their sender', ['trust']),
    importRequests: counter('import_requests_total', 'Import requests made', ['marketplace', 'source']),
    ordersStaged: counter('orders_staged_total', 'Orders staged', ['marketplace']),
    /** From the mail being seen to the order standing in staging. */
    mailToStaged: new Histogram({
      name: 'torikomi_mail_to_staged_seconds',
      help: 'From a mail being seen to its order being staged',
      labelNames: ['marketplace'] as const,
      buckets: LATENESS,
      registers,
    }),
    /** kind: found, not_found, failed, or a failure kind of the whole call */
    fetches: counter('fetch_outcomes_total', 'Outcomes of asking a mall for orders', ['marketplace', 'kind']),
    /** kind: field, code. Which, is in GET /v1/admin/unknown-fields. */
    unknownFields: counter(
      'unknown_fields_total',
      'Fields and codes of orders that no document of the mall names',
      ['marketplace', 'kind'],
    ),
    fetchSeconds: new Histogram({
      name: 'torikomi_fetch_seconds',
      help: 'How long a fetch slice of one shop took',
      labelNames: ['marketplace'] as const,
      buckets: CALL_SECONDS,
      registers,
    }),
    pulls: counter('pulls_total', 'Pulls answered; replayed when the same key was used again', ['result']),
    ordersPulled: counter('orders_pulled_total', 'Orders handed over', ['marketplace']),
    /** reason: the failure code that closed it */
    laneClosings: counter('lane_closings_total', 'How often a lane to a mall was closed', [
      'marketplace',
      'reason',
    ]),
    /** state: succeeded, warning, failed */
    siteChanges: counter('site_changes_total', 'Site changes that ended', ['marketplace', 'state']),
    /** state: queued, changing, and warning and failed that nobody has seen yet */
    siteChangesOpen: gauge('site_changes', 'Site changes that are not over', ['state']),
    siteChangesOldest: gauge(
      'site_changes_oldest_seconds',
      'Age of the longest queued, and of the longest changing one',
      ['state'],
    ),
    sweepRuns: counter('sweep_runs_total', 'Comparisons with a mall’s own list that came to their end', [
      'marketplace',
    ]),
    ordersMissing: gauge('orders_missing', 'Orders that the malls list and that are not here', [
      'marketplace',
    ]),
    /** Lag of the shop that is furthest behind. */
    sweepLag: gauge('sweep_lag_seconds', 'Age of the point up to which orders are verified', ['marketplace']),
    mailboxes: gauge('mailboxes', 'Mailboxes of this process by state', ['state']),
    mailboxesEnabled: whole('mailboxes_enabled', 'Mailboxes of active tenants'),
    mailboxesUnattended: whole('mailboxes_unattended', 'Mailboxes that no living listener holds'),
    mailboxesInAttention: whole('mailboxes_in_attention', 'Mailboxes that need a person'),
    mailboxesQuiet: whole('mailboxes_quiet', 'Mailboxes that get fewer order mails than they use to'),
    listeners: whole('listeners', 'Listeners that are alive'),
    /** state: enabled, attention, waits_for_mall, late (an import due for more than two minutes) */
    shops: gauge('shops', 'Shops of active tenants by state', ['state']),
    importsOldestDue: whole('imports_oldest_due_seconds', 'How long the longest waiting import has been due'),
    importsWaiting: whole('imports_waiting', 'Imports that wait, due or not, up to 1,000'),
    /** state: enabled, failing (for more than an hour) */
    webhooks: gauge('webhooks', 'Webhooks of active tenants by state', ['state']),
    quietMode: whole('quiet_mode', '1 while no mall is called and no mailbox is read'),
    clockOffset: whole('clock_offset_seconds', 'Time of the database minus time of this process'),
    backupAge: whole(
      'backup_age_seconds',
      'Age of the last backup that `ops backup` has written; of the installation where it has written none',
    ),
    /** Absent before the first one. */
    restoreDrillAge: whole(
      'restore_drill_age_seconds',
      'Age of the last backup drill that came to its end: a backup restored and opened',
    ),
    /** Disk of `DATA_DIR`: on one machine that of the containers and of Postgres too. */
    diskFree: whole('disk_free_bytes', 'Room left on the disk of this process’s folder'),
    diskSize: whole('disk_size_bytes', 'Size of the disk of this process’s folder'),
    /** state: receives, away. Absent where Postgres knows of no archive of its changes. */
    walArchive: gauge('wal_archive', '1 for whether the archive of changes (WAL) receives them', ['state']),
    /** role: api, listener, worker; 1 for each that this process has */
    roles,
    /** part: database, queue. state: ok, failed, read_only, full; 1 for the one that holds. */
    parts: gauge('parts', 'What this process reaches of what it needs', ['part', 'state']),
    /** result: delivered, retried, failed */
    webhookDeliveries,
    /** route: as in the OpenAPI document. status: 2xx, 3xx, 4xx, 5xx. Streams and probes are left out. */
    httpSeconds: new Histogram({
      name: 'torikomi_http_request_seconds',
      help: 'From a request to the end of its answer',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: HTTP_SECONDS,
      registers,
    }),
    unauthorised: counter('http_unauthorised_total', 'Requests refused for their key or session', []),
    mailboxConnects: counter('mailbox_connects_total', 'Attempts to connect to a mailbox', ['result']),
    /** result: level, found, unread */
    mailboxProbes: counter('mailbox_probes_total', 'Times a mail server was asked how far its mails go', [
      'result',
    ]),
    /** result: sent, retried, failed */
    noticeMails,
    /** To channels (Slack, Chatwork, …). result: sent, retried, failed */
    noticeMessages: counter('notice_messages_total', 'Attempts to send notices to a channel', ['result']),
    /** Days left of the credential that ends first. */
    credentialDaysLeft: gauge('credential_days_left', 'Days until the first key or consent of a mall ends', [
      'marketplace',
    ]),
    /** state: used, idle, waiting */
    databaseConnections: gauge(
      'database_connections',
      'Connections of this process to Postgres, and who waits for one',
      ['state'],
    ),
    queueJobs: gauge('queue_jobs', 'Wake-ups by state', ['state']),
    tickerWakes: counter('ticker_wakes_total', 'Shops woken by the ticker', []),
  }
}
