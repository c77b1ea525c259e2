-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1;

-- Counts every write of an order, so that no statement can forget to, and a process of an earlier release counts as well. One trigger
-- does this and keeps ended_at, which it leaves alone unless the order's state changes.
CREATE OR REPLACE FUNCTION "torikomi_order_ended"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    NEW.revision := OLD.revision + 1;
    IF NEW.mall_state = OLD.mall_state AND NEW.status = OLD.status THEN RETURN NEW; END IF;
  END IF;
  IF NEW.mall_state = 'open' AND NEW.status NOT IN ('shipped', 'completed', 'cancelled') THEN
    NEW.ended_at := NULL;
  ELSIF NEW.ended_at IS NULL THEN
    NEW.ended_at := greatest(NEW.updated_at, NEW.refreshed_at);
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER "orders_ended" BEFORE UPDATE ON "orders" FOR EACH ROW EXECUTE FUNCTION "torikomi_order_ended"();

CREATE OR REPLACE FUNCTION "torikomi_order_event"("n" "orders", "what" TEXT[]) RETURNS JSONB LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('orderId', n.id, 'shopId', n.shop_id, 'orderNumber', n.order_number, 'what', what,
    'status', n.status, 'changeState', n.change_state, 'mallState', n.mall_state, 'version', n.version, 'revision', n.revision)
$$;

-- An erasure is told by its own name, so that followers delete their copies; also of an order that retention had purged, since a
-- follower may still hold the data.
CREATE OR REPLACE FUNCTION "torikomi_orders_updated"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "events" ("xid", "tenant_id", "kind", "data", "at")
  SELECT pg_current_xact_id()::text::bigint, changed.tenant_id, 'order', changed.facts, clock_timestamp()
  FROM (
    SELECT n.tenant_id, w.what, "torikomi_order_event"(n, w.what) AS facts
    FROM new_rows n JOIN old_rows o ON o.id = n.id CROSS JOIN LATERAL (
      SELECT n.erased_at IS NOT NULL AND (n.erased_at IS DISTINCT FROM o.erased_at
        OR (o.sealed_detail IS NOT NULL AND n.sealed_detail IS NULL)) AS erased
    ) e CROSS JOIN LATERAL (
      SELECT array_remove(ARRAY[
        CASE WHEN n.status <> o.status THEN
          CASE WHEN n.pull_id IS DISTINCT FROM o.pull_id THEN 'pulled' ELSE 'moved' END END,
        CASE WHEN n.mall_state = 'cancelled' AND o.mall_state <> 'cancelled' THEN 'cancelled_at_mall' END,
        CASE WHEN n.mall_state <> 'cancelled' AND o.mall_state = 'cancelled' THEN 'reopened_at_mall' END,
        CASE WHEN n.change_state <> o.change_state THEN 'change_state' END,
        CASE WHEN n.edited_at IS DISTINCT FROM o.edited_at THEN 'edited' END,
        CASE WHEN e.erased THEN 'erased' END,
        CASE WHEN n.version <> o.version AND n.status = o.status AND n.edited_at IS NOT DISTINCT FROM o.edited_at
          AND NOT e.erased THEN 'changed' END
      ], NULL) AS what
    ) w
  ) changed
  WHERE cardinality(changed.what) > 0;
  IF FOUND THEN RAISE NOTICE USING ERRCODE = 'TK001', MESSAGE = 'torikomi_told'; END IF;
  RETURN NULL;
END $$;
