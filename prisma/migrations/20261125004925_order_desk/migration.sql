-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "items_text" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "sealed_edits" BYTEA;

-- CreateTable
CREATE TABLE "order_search" (
    "order_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "order_search_pkey" PRIMARY KEY ("order_id","kind","hash")
);

-- CreateTable
CREATE TABLE "order_versions" (
    "order_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "ended_by" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "ended_at" TIMESTAMPTZ(3) NOT NULL,
    "sealed_detail" BYTEA NOT NULL,
    "sealed_edits" BYTEA,

    CONSTRAINT "order_versions_pkey" PRIMARY KEY ("order_id","number")
);

-- CreateTable
CREATE TABLE "reimports" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "apply" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reimports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reimport_orders" (
    "reimport_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "order_id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "version_before" INTEGER,
    "version_after" INTEGER,
    "sealed_difference" BYTEA,

    CONSTRAINT "reimport_orders_pkey" PRIMARY KEY ("reimport_id","position")
);

-- CreateTable
CREATE TABLE "events" (
    "xid" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "tenant_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "data" JSONB NOT NULL DEFAULT '{}',
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "events_pkey" PRIMARY KEY ("xid","id")
);

-- CreateIndex
CREATE INDEX "order_search_tenant_id_kind_hash_idx" ON "order_search"("tenant_id", "kind", "hash");

-- CreateIndex
CREATE INDEX "reimports_tenant_id_requested_at_idx" ON "reimports"("tenant_id", "requested_at");

-- CreateIndex
CREATE INDEX "reimport_orders_order_id_idx" ON "reimport_orders"("order_id");

-- CreateIndex
CREATE UNIQUE INDEX "reimport_orders_request_id_key" ON "reimport_orders"("request_id");

-- CreateIndex
CREATE INDEX "events_tenant_id_xid_id_idx" ON "events"("tenant_id", "xid", "id");

-- CreateIndex
CREATE INDEX "orders_number_prefix" ON "orders"("tenant_id", lower("order_number") text_pattern_ops);

-- AddForeignKey
ALTER TABLE "order_search" ADD CONSTRAINT "order_search_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_versions" ADD CONSTRAINT "order_versions_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reimports" ADD CONSTRAINT "reimports_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reimport_orders" ADD CONSTRAINT "reimport_orders_reimport_id_fkey" FOREIGN KEY ("reimport_id") REFERENCES "reimports"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reimport_orders" ADD CONSTRAINT "reimport_orders_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What GET /v1/events tells is written here, in the transaction that makes it true and on every path to it. (Triggers are
-- not in schema.prisma: the comparison with it does not see them.)
CREATE FUNCTION "torikomi_tell"("tenant" UUID, "what" TEXT, "facts" JSONB) RETURNS VOID LANGUAGE sql AS $$
  INSERT INTO "events" ("xid", "tenant_id", "kind", "data", "at")
  VALUES (pg_current_xact_id()::text::bigint, "tenant", "what", "facts", clock_timestamp());
  SELECT pg_notify('torikomi_events', '');
$$;

CREATE FUNCTION "torikomi_order_event"("n" "orders", "what" TEXT[]) RETURNS JSONB LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('orderId', n.id, 'shopId', n.shop_id, 'orderNumber', n.order_number, 'what', what,
    'status', n.status, 'changeState', n.change_state, 'mallState', n.mall_state, 'version', n.version)
$$;

CREATE FUNCTION "torikomi_orders_inserted"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "events" ("xid", "tenant_id", "kind", "data", "at")
  SELECT pg_current_xact_id()::text::bigint, n.tenant_id, 'order', "torikomi_order_event"(n, ARRAY['staged']), clock_timestamp()
  FROM new_rows n;
  IF FOUND THEN PERFORM pg_notify('torikomi_events', ''); END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "orders_inserted" AFTER INSERT ON "orders" REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_orders_inserted"();

CREATE FUNCTION "torikomi_orders_updated"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "events" ("xid", "tenant_id", "kind", "data", "at")
  SELECT pg_current_xact_id()::text::bigint, changed.tenant_id, 'order', changed.facts, clock_timestamp()
  FROM (
    SELECT n.tenant_id, w.what, "torikomi_order_event"(n, w.what) AS facts
    FROM new_rows n JOIN old_rows o ON o.id = n.id CROSS JOIN LATERAL (
      SELECT array_remove(ARRAY[
        CASE WHEN n.status <> o.status THEN
          CASE WHEN n.pull_id IS DISTINCT FROM o.pull_id THEN 'pulled' ELSE 'moved' END END,
        CASE WHEN n.mall_state = 'cancelled' AND o.mall_state <> 'cancelled' THEN 'cancelled_at_mall' END,
        CASE WHEN n.mall_state <> 'cancelled' AND o.mall_state = 'cancelled' THEN 'reopened_at_mall' END,
        CASE WHEN n.change_state <> o.change_state THEN 'change_state' END,
        CASE WHEN n.edited_at IS DISTINCT FROM o.edited_at THEN 'edited' END,
        CASE WHEN n.version <> o.version AND n.status = o.status AND n.edited_at IS NOT DISTINCT FROM o.edited_at
          THEN 'changed' END
      ], NULL) AS what
    ) w
  ) changed
  WHERE cardinality(changed.what) > 0;
  IF FOUND THEN PERFORM pg_notify('torikomi_events', ''); END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "orders_updated" AFTER UPDATE ON "orders" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_orders_updated"();

CREATE FUNCTION "torikomi_change_told"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "torikomi_tell"(NEW.tenant_id, 'change', jsonb_build_object('changeId', NEW.id, 'orderId', NEW.order_id,
    'shopId', NEW.shop_id, 'action', NEW.action, 'state', NEW.state, 'code', NEW.code));
  RETURN NULL;
END $$;

CREATE TRIGGER "site_changes_inserted" AFTER INSERT ON "site_changes"
  FOR EACH ROW EXECUTE FUNCTION "torikomi_change_told"();
CREATE TRIGGER "site_changes_updated" AFTER UPDATE ON "site_changes"
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.code IS DISTINCT FROM NEW.code)
  EXECUTE FUNCTION "torikomi_change_told"();

CREATE FUNCTION "torikomi_shop_told"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.attention_code IS DISTINCT FROM NEW.attention_code
    OR OLD.lane_closed_until IS DISTINCT FROM NEW.lane_closed_until) THEN
    PERFORM "torikomi_tell"(NEW.tenant_id, 'attention', jsonb_build_object('shopId', NEW.id, 'mailboxId', NULL,
      'code', NEW.attention_code, 'message', NEW.attention_message, 'since', NEW.attention_since,
      'laneClosedUntil', NEW.lane_closed_until));
  ELSE
    PERFORM "torikomi_tell"(NEW.tenant_id, 'counts', '{}');
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "shops_inserted" AFTER INSERT ON "shops" FOR EACH ROW EXECUTE FUNCTION "torikomi_shop_told"();
CREATE TRIGGER "shops_updated" AFTER UPDATE ON "shops"
  FOR EACH ROW WHEN (OLD.attention_code IS DISTINCT FROM NEW.attention_code
    OR OLD.lane_closed_until IS DISTINCT FROM NEW.lane_closed_until OR OLD.name IS DISTINCT FROM NEW.name)
  EXECUTE FUNCTION "torikomi_shop_told"();

CREATE FUNCTION "torikomi_mailbox_told"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.attention_code IS DISTINCT FROM NEW.attention_code THEN
    PERFORM "torikomi_tell"(NEW.tenant_id, 'attention', jsonb_build_object('shopId', NULL, 'mailboxId', NEW.id,
      'code', NEW.attention_code, 'message', NEW.attention_message, 'since', NEW.attention_since, 'laneClosedUntil', NULL));
  ELSE
    PERFORM "torikomi_tell"(NEW.tenant_id, 'counts', '{}');
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "mailboxes_inserted" AFTER INSERT ON "mailboxes" FOR EACH ROW EXECUTE FUNCTION "torikomi_mailbox_told"();
CREATE TRIGGER "mailboxes_updated" AFTER UPDATE ON "mailboxes"
  FOR EACH ROW WHEN (OLD.attention_code IS DISTINCT FROM NEW.attention_code OR OLD.state IS DISTINCT FROM NEW.state
    OR OLD.name IS DISTINCT FROM NEW.name)
  EXECUTE FUNCTION "torikomi_mailbox_told"();

-- One row per statement and tenant, however many requests: they only change the board's counts.
CREATE FUNCTION "torikomi_imports_inserted"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "torikomi_tell"(t.tenant_id, 'counts', '{}') FROM (SELECT DISTINCT tenant_id FROM new_rows) t;
  RETURN NULL;
END $$;

CREATE TRIGGER "import_requests_inserted" AFTER INSERT ON "import_requests" REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_imports_inserted"();

CREATE FUNCTION "torikomi_imports_updated"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "torikomi_tell"(t.tenant_id, 'counts', '{}')
  FROM (SELECT DISTINCT n.tenant_id FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE o.state <> n.state) t;
  RETURN NULL;
END $$;

CREATE TRIGGER "import_requests_updated" AFTER UPDATE ON "import_requests"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_imports_updated"();
