-- The second wall: what a tenant's request may see, whatever its statements ask for. Run after the migrations by the role that ran them, whenever
-- this file or the schema has changed (src/platform/db/migrate.ts); running it again changes nothing. Why so: docs/decisions/row-security.md.
--
-- torikomi_tenant  what a tenant's request is run as: of the tables of tenants it sees the rows of the one that is set for the session
-- torikomi_service what the service's own login is a member of: all rows of all tables, and nothing is its own
-- torikomi_reports for the operator's own reports: reads, and no column that is sealed, hashed or a text of a person

DO $$
DECLARE
  "version" CONSTANT int := current_setting('server_version_num')::int;
  "name" text;
BEGIN
  FOREACH "name" IN ARRAY ARRAY['torikomi_tenant', 'torikomi_service', 'torikomi_reports'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = "name") THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', "name");
      -- Another database of the same server was quicker.
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
  END LOOP;
  -- For a service that signs in as whoever migrates. A superuser needs no leave; who did not make the roles has none to give.
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    BEGIN
      IF "version" >= 160000 THEN
        EXECUTE format('GRANT torikomi_tenant, torikomi_reports TO %I WITH INHERIT FALSE, SET TRUE', current_user);
      ELSE
        EXECUTE format('GRANT torikomi_tenant, torikomi_reports TO %I', current_user);
      END IF;
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION "torikomi_current_tenant"() RETURNS UUID LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(current_setting('torikomi.tenant', true), '')::uuid
$$;

-- A condition may go into an index before the wall's own only if its function cannot tell of rows that it was not to see. Of these four, which
-- Postgres has not looked at, none can: they compare. Only a superuser may say so; without it such lists read more rows, and are right.
DO $$
DECLARE
  "one" regprocedure;
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN RETURN; END IF;
  FOREACH "one" IN ARRAY ARRAY['pg_catalog.enum_eq(anyenum,anyenum)', 'pg_catalog.arraycontains(anyarray,anyarray)',
    'pg_catalog.lower(text)', 'pg_catalog.textlike(text,text)']::regprocedure[] LOOP
    IF NOT (SELECT proleakproof FROM pg_proc WHERE oid = "one") THEN
      EXECUTE format('ALTER FUNCTION %s LEAKPROOF', "one");
    END IF;
  END LOOP;
END $$;

DO $$
DECLARE
  "t" record;
  -- By what a row belongs to a tenant, where it does not say so itself.
  "of_parent" CONSTANT jsonb := '{
    "shop_notices": "shop_id shops", "shop_tokens": "shop_id shops", "credential_checks": "shop_id shops", "shop_waits": "shop_id shops", "shop_turns": "shop_id shops",
    "shop_sweeps": "shop_id shops", "sweep_gaps": "shop_id shops", "swept_orders": "shop_id shops", "shop_days": "shop_id shops",
    "mailbox_shops": "shop_id shops", "rehearsal_calls": "rehearsal_id rehearsals",
    "staff_sessions": "account_id staff_accounts", "password_resets": "account_id staff_accounts",
    "passkeys": "account_id staff_accounts",
    "notice_mails": "notice_id notices", "notice_deliveries": "notice_id notices",
    "mailbox_tokens": "mailbox_id mailboxes", "mailbox_consents": "mailbox_id mailboxes", "mailbox_deliveries": "mailbox_id mailboxes",
    "mailbox_days": "mailbox_id mailboxes",
    "order_raws": "order_id orders", "order_versions": "order_id orders", "order_events": "order_id orders",
    "order_item_search": "order_id orders", "order_file_parts": "file_id order_files", "reimport_orders": "reimport_id reimports", "webhook_deliveries": "webhook_id webhooks"
  }';
  -- Of the operator, or of nobody: a tenant's request has no business in them.
  "of_operator" CONSTANT text[] := ARRAY['applications', 'tenant_deletions', 'tenant_moves', 'mall_notifications', 'notification_queues', 'audit_links'];
  -- Hold nothing of any tenant (test/house/row-security.test.ts has the reasons).
  "of_nobody" CONSTANT text[] := ARRAY['_prisma_migrations', 'data_steps', 'feed_history', 'listeners', 'door_failures', 'passkey_challenges', 'unknown_fields'];
  -- What a tenant's request needs of each table, and what raises its own rights by column. test/e2e/docs-examples.test.ts compares it with what the
  -- statements of all operations need. What a release no longer needs stays for one more, as its processes go on during an update.
  "may_of_tenant" CONSTANT jsonb := '{
    "api_keys": "SELECT, INSERT, UPDATE (expires_at, revoked_at, successor_id)",
    "api_requests": "SELECT",
    "audit_entries": "SELECT, INSERT",
    "blocked_buyers": "SELECT, INSERT, DELETE",
    "consent_requests": "SELECT, INSERT, DELETE",
    "credential_checks": "SELECT, INSERT, UPDATE",
    "data_steps": "SELECT",
    "desks": "SELECT, INSERT, UPDATE (asked_at, closed_at, confirmed, number, path, went_back, went_back_since)",
    "door_failures": "SELECT",
    "erasures": "SELECT, INSERT, UPDATE",
    "events": "SELECT, INSERT",
    "feed_history": "SELECT",
    "figure_days": "SELECT",
    "idempotency_keys": "SELECT, INSERT, UPDATE, DELETE",
    "import_requests": "SELECT, INSERT, UPDATE, DELETE",
    "import_scans": "SELECT, INSERT",
    "items": "SELECT, INSERT, UPDATE, DELETE",
    "label_settings": "SELECT, INSERT, UPDATE",
    "labels": "SELECT, INSERT, UPDATE",
    "mailbox_consents": "SELECT, INSERT, DELETE",
    "mailbox_shops": "SELECT, INSERT, DELETE",
    "mailbox_tokens": "SELECT, INSERT, UPDATE",
    "mailboxes": "SELECT, INSERT, UPDATE, DELETE",
    "mails": "SELECT, UPDATE, DELETE",
    "mark_rules": "SELECT, INSERT, UPDATE",
    "move_rules": "SELECT, INSERT, UPDATE",
    "notice_channels": "SELECT, INSERT, UPDATE, DELETE",
    "notice_mails": "SELECT",
    "notices": "SELECT",
    "order_events": "SELECT, INSERT, UPDATE (sealed_reason)",
    "order_file_parts": "SELECT, INSERT",
    "order_files": "SELECT, INSERT, UPDATE",
    "order_item_search": "SELECT, INSERT, UPDATE, DELETE",
    "order_marks": "SELECT, INSERT, DELETE",
    "order_raws": "SELECT, DELETE",
    "order_search": "SELECT, INSERT, DELETE",
    "order_versions": "SELECT, INSERT, DELETE",
    "orders": "SELECT, UPDATE, DELETE",
    "passkeys": "SELECT, DELETE",
    "password_resets": "SELECT, DELETE",
    "pulls": "SELECT, INSERT",
    "rehearsal_calls": "SELECT, INSERT, UPDATE",
    "rehearsals": "SELECT, INSERT, UPDATE",
    "reimport_orders": "SELECT, INSERT, UPDATE",
    "reimports": "SELECT, INSERT",
    "saved_views": "SELECT, INSERT, UPDATE, DELETE",
    "shop_days": "SELECT",
    "shop_notices": "SELECT, INSERT, UPDATE, DELETE",
    "shop_papers": "SELECT, INSERT, UPDATE",
    "shop_sweeps": "SELECT, UPDATE",
    "shop_tokens": "SELECT, INSERT, UPDATE",
    "shop_waits": "SELECT, INSERT, UPDATE",
    "shops": "SELECT, INSERT, UPDATE, DELETE",
    "site_changes": "SELECT, INSERT, UPDATE",
    "staff_accounts": "SELECT, UPDATE (email_hash, oidc_hash, passkey_handle, recovery_codes, role, sealed_email, sealed_name, sealed_oidc, sealed_password, sealed_pending_totp, sealed_totp, state, updated_at)",
    "staff_invitations": "SELECT, INSERT, DELETE",
    "staff_sessions": "SELECT, DELETE",
    "sweep_gaps": "SELECT",
    "swept_orders": "SELECT, DELETE",
    "tenants": "SELECT, UPDATE (emails, registration_number, require_second_factor, status_follows_mall, updated_at)",
    "webhook_deliveries": "SELECT, INSERT, UPDATE",
    "webhooks": "SELECT, INSERT, UPDATE, DELETE"
  }';
  "rule" text;
  "column" text;
  "parent" text;
  "policy" text;
  "clause" text;
  "there" oid;
BEGIN
  GRANT USAGE ON SCHEMA public TO torikomi_tenant, torikomi_service, torikomi_reports;
  FOR "t" IN SELECT c.oid, c.relname AS name, c.relrowsecurity AS walled,
      EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') AS own
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 2 LOOP
    IF "t".name = '_prisma_migrations' THEN
      GRANT SELECT ON _prisma_migrations TO torikomi_service, torikomi_reports;
      CONTINUE;
    END IF;
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO torikomi_service', "t".name);
    EXECUTE format('REVOKE ALL ON %I FROM torikomi_tenant', "t".name);
    IF "may_of_tenant" ? "t".name THEN EXECUTE format('GRANT %s ON %I TO torikomi_tenant', "may_of_tenant" ->> "t".name, "t".name); END IF;
    -- Granted by an earlier release: addresses of webhooks carry secrets of their receivers.
    IF "t".name = 'webhooks' THEN REVOKE SELECT ON webhooks FROM torikomi_reports; END IF;
    EXECUTE (SELECT coalesce(format('GRANT SELECT (%s) ON %I TO torikomi_reports', string_agg(quote_ident(a.attname), ', '), "t".name), 'SELECT 1')
      FROM pg_attribute a WHERE a.attrelid = "t".oid AND a.attnum > 0 AND NOT a.attisdropped
        AND a.atttypid <> 'bytea'::regtype AND a.atttypid <> 'bytea[]'::regtype AND a.attname !~ '^sealed_'
        AND NOT (a.attname IN ('data', 'steps', 'parameters', 'emails', 'address', 'source', 'text', 'items_text', 'mall_message', 'settings'))
        AND NOT ("t".name = 'webhooks' AND a.attname = 'url'));
    CONTINUE WHEN "t".name = ANY ("of_nobody");
    IF "t".name = 'tenants' THEN
      "rule" := 'id = (SELECT torikomi_current_tenant())';
    ELSIF "t".name = ANY ("of_operator") THEN
      "rule" := NULL;
    ELSIF "of_parent" ? "t".name THEN
      "column" := split_part("of_parent" ->> "t".name, ' ', 1);
      "parent" := split_part("of_parent" ->> "t".name, ' ', 2);
      -- One look-up of the parent's key a row; the parent has a wall of its own. No index holds tableoid: else the planner took one that begins with the
      -- tenant and holds the key, and read all of it for each row.
      "rule" := format('(SELECT CASE WHEN p.tableoid <> 0 THEN p.tenant_id END FROM %I p WHERE p.id = %I.%I) = (SELECT torikomi_current_tenant())', "parent", "t".name, "column");
    ELSIF "t".own THEN
      "rule" := 'tenant_id = (SELECT torikomi_current_tenant())';
    ELSE
      RAISE EXCEPTION 'table % stands in no list of prisma/row-security.sql', "t".name;
    END IF;
    IF NOT "t".walled THEN EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', "t".name); END IF;
    -- What a policy was made from stands in its comment: one that is as it should be is left, as a new one waits for everybody who works on its table.
    FOR "policy", "clause" IN VALUES ('torikomi_tenant', format('TO torikomi_tenant USING (%s)', "rule")),
        ('torikomi_service', 'TO torikomi_service USING (true)'), ('torikomi_reports', 'FOR SELECT TO torikomi_reports USING (true)') LOOP
      IF "policy" = 'torikomi_tenant' AND "rule" IS NULL THEN "clause" := NULL; END IF;
      "there" := (SELECT oid FROM pg_policy WHERE polrelid = "t".oid AND polname = "policy");
      CONTINUE WHEN obj_description("there", 'pg_policy') IS NOT DISTINCT FROM md5("clause");
      IF "there" IS NOT NULL THEN EXECUTE format('DROP POLICY %I ON %I', "policy", "t".name); END IF;
      CONTINUE WHEN "clause" IS NULL;
      EXECUTE format('CREATE POLICY %I ON %I %s', "policy", "t".name, "clause");
      EXECUTE format('COMMENT ON POLICY %I ON %I IS %L', "policy", "t".name, md5("clause"));
    END LOOP;
  END LOOP;
  GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO torikomi_tenant, torikomi_service;
END $$;
