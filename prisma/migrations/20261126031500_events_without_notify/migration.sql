-- NOTIFY takes one lock for the whole server until its transaction has ended, so that all commits that tell of something stood in one
-- queue, and each waited for the disk, or a standby, of the one before. What was told is in `events`; that there is something
-- is said to the connection alone (TK001), whose process rings for all of it once it is committed (src/platform/db/bell.ts).
CREATE OR REPLACE FUNCTION "torikomi_tell"("tenant" UUID, "what" TEXT, "facts" JSONB) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "events" ("xid", "tenant_id", "kind", "data", "at")
  VALUES (pg_current_xact_id()::text::bigint, "tenant", "what", "facts", clock_timestamp());
  RAISE NOTICE USING ERRCODE = 'TK001', MESSAGE = 'torikomi_told';
END $$;

CREATE OR REPLACE FUNCTION "torikomi_orders_inserted"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "events" ("xid", "tenant_id", "kind", "data", "at")
  SELECT pg_current_xact_id()::text::bigint, n.tenant_id, 'order', "torikomi_order_event"(n, ARRAY['staged']), clock_timestamp()
  FROM new_rows n;
  IF FOUND THEN RAISE NOTICE USING ERRCODE = 'TK001', MESSAGE = 'torikomi_told'; END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION "torikomi_orders_updated"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
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
  IF FOUND THEN RAISE NOTICE USING ERRCODE = 'TK001', MESSAGE = 'torikomi_told'; END IF;
  RETURN NULL;
END $$;
