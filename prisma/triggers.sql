-- All functions and triggers but row-level security's (row-security.sql). Run after the migrations by the role that ran them, whenever this file or
-- the schema has changed (src/platform/db/migrate.ts); running it again changes nothing. Migrations make none of them any more
-- (test/house/migrations.test.ts): a database has what stands here and nothing else (test/integration/platform/migrations.test.ts).
-- What an earlier release made and this one does not need is dropped at the end. Of several triggers on one event of a table, Postgres fires the one
-- whose name sorts first.

-- Events. Written in the transaction that makes a thing true, on every path to it. NOTIFY is not sent here: it takes one lock for the whole server
-- until its transaction has ended. That there is something is raised to the connection (TK001), whose process notifies once it is committed
-- (src/platform/db/watched-client.ts).
CREATE OR REPLACE FUNCTION "torikomi_tell"("tenant" UUID, "what" TEXT, "facts" JSONB) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "events" ("xid", "tenant_id", "kind", "data", "at")
  VALUES (pg_current_xact_id()::text::bigint, "tenant", "what", "facts", clock_timestamp());
  RAISE NOTICE USING ERRCODE = 'TK001', MESSAGE = 'torikomi_told';
END $$;

-- Marks of new orders are looked up inside the statement that stages them (docs/decisions/marks-in-stage.md). A function, because the look-up must see what
-- was committed before it took its locks: a statement sees only what stood when it began, each statement of a volatile function what stands when
-- that one begins.
-- Returns the marks that an order has by other orders and by the list of blocked buyers; a row without an order holds for all of them.
-- Of two statements that stage orders for one parcel at once one must know of the other: each locks its addresses, a tenant's in 32 parts,
-- until its commit, and looks then. With p_waits false it waits for no lock, and says 'busy' where one was held: whoever called it looks
-- again after its own commit, with p_waits. It never fails what it is a part of: an error, and a look-up longer than a statement may be, give
-- the mark `unchecked`.
-- ROWS: of the 1,000 that the planner takes by itself, STAGE's plan for all values would seem dearer than one for each, and STAGE would be planned
-- anew each time, which takes longer than it (test/integration/platform/plans.test.ts).
CREATE OR REPLACE FUNCTION "torikomi_look_up_marks"(
  "p_waits" BOOLEAN, "p_tenant" UUID, "p_rules" TEXT, "p_ids" UUID[], "p_times" TIMESTAMPTZ[], "p_kinds" TEXT[], "p_hashes" BYTEA[],
  "p_names" BYTEA[], "p_person_ids" UUID[], "p_person_kinds" TEXT[], "p_person_hashes" BYTEA[]
) RETURNS TABLE ("id" UUID, "marks" TEXT[], "failure" TEXT) LANGUAGE plpgsql ROWS 10 SET lock_timeout = '5s' AS $$
#variable_conflict use_column
DECLARE
  part BIGINT;
  busy BOOLEAN := false;
BEGIN
  FOR part IN
    SELECT DISTINCT hashtextextended(p_tenant::text || get_byte(w.hash, 0) % 32, 0) AS key
    FROM unnest(p_kinds, p_hashes) AS w (kind, hash) WHERE w.kind = 'address' ORDER BY key
  LOOP
    IF p_waits THEN PERFORM pg_advisory_xact_lock(part);
    ELSIF NOT pg_try_advisory_xact_lock(part) THEN busy := true;
    END IF;
  END LOOP;
  IF busy THEN
    RETURN QUERY SELECT NULL::uuid, '{}'::text[], 'busy';
  END IF;
  -- The row's own version: two changes may have one time.
  IF (SELECT r.xmin::text FROM mark_rules r WHERE r.tenant_id = p_tenant) IS DISTINCT FROM p_rules THEN
    RETURN QUERY SELECT NULL::uuid, ARRAY['unchecked'], 'rules changed';
  END IF;
  RETURN QUERY
  WITH wanted AS MATERIALIZED (
    SELECT w.* FROM unnest(p_ids, p_times, p_kinds, p_hashes, p_names) AS w (id, ordered_at, kind, hash, name)
  ), other AS (
    SELECT w.id, w.kind, o.ordered_at < w.ordered_at AS earlier,
      o.mall_state = 'cancelled' OR o.status = 'cancelled' AS cancelled,
      o.mall_state = 'open' AND o.status NOT IN ('shipped', 'completed', 'cancelled')
        -- Not in one parcel (同梱) with it already; an order that is being stored is in none.
        AND (o.bundle_id IS NULL OR o.bundle_id IS DISTINCT FROM (SELECT own.bundle_id FROM orders own WHERE own.id = w.id)) AS open
    FROM wanted w CROSS JOIN LATERAL (
      -- A buyer with thousands of orders, or a mail address that a mall gives to everybody, costs no more.
      SELECT t.order_id FROM order_search t
      WHERE t.tenant_id = p_tenant AND t.kind = w.kind AND t.hash = w.hash AND t.order_id <> w.id LIMIT 500
    ) t JOIN orders o ON o.id = t.order_id
    WHERE w.name IS NULL OR EXISTS (
      SELECT FROM order_search s WHERE s.order_id = t.order_id AND s.kind = 'name' AND s.hash = w.name)
  ), found (id, mark) AS (
    SELECT other.id, CASE WHEN other.kind = 'address' THEN 'combinable' ELSE 'repeat_buyer' END
    FROM other WHERE CASE WHEN other.kind = 'address' THEN other.open ELSE other.earlier END
    UNION
    SELECT other.id, 'repeat_canceller' FROM other WHERE other.kind <> 'address' AND other.earlier AND other.cancelled
    UNION
    SELECT p.id, 'blocked_buyer' FROM unnest(p_person_ids, p_person_kinds, p_person_hashes) AS p (id, kind, hash)
    JOIN blocked_buyers b ON b.tenant_id = p_tenant AND b.kind = p.kind AND b.hash = p.hash
  )
  SELECT found.id, array_agg(found.mark), NULL::text FROM found GROUP BY found.id;
EXCEPTION WHEN query_canceled OR OTHERS THEN
  RETURN QUERY SELECT NULL::uuid, ARRAY['unchecked'], SQLSTATE || ' ' || SQLERRM;
END $$;

-- Parts of what finds an order: its item and number tokens, with tenant and month in what is hashed (docs/decisions/item-search.md).
CREATE OR REPLACE FUNCTION "torikomi_month"("at" TIMESTAMPTZ) RETURNS INTEGER
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (extract(year FROM "at" AT TIME ZONE 'UTC') * 12 + extract(month FROM "at" AT TIME ZONE 'UTC'))::int
$$;
CREATE OR REPLACE FUNCTION "torikomi_item_tokens"("tenant" UUID, "month" INTEGER, "item" TEXT) RETURNS INTEGER[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT hashtext("tenant"::text || "month"::text || p.part)), '{}') FROM (
    SELECT l.letter || l.next AS part FROM (
      SELECT letter, lead(letter) OVER (ORDER BY n) AS next
      FROM unnest(string_to_array("item", NULL)) WITH ORDINALITY AS u (letter, n)
    ) l WHERE l.next IS NOT NULL AND l.letter <> E'\n' AND l.next <> E'\n'
    UNION ALL
    SELECT letter FROM unnest(string_to_array("item", NULL)) AS u (letter) WHERE letter !~ '[a-z0-9\s]'
  ) p
$$;

-- The last two, three and four characters of an order's number. No item has a token of three characters.
CREATE OR REPLACE FUNCTION "torikomi_number_token"("tenant" UUID, "month" INTEGER, "ending" TEXT) RETURNS INTEGER
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT hashtext("tenant"::text || "month"::text || '#' || right("ending", 4))
$$;
CREATE OR REPLACE FUNCTION "torikomi_number_tokens"("tenant" UUID, "month" INTEGER, "number" TEXT) RETURNS INTEGER[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ARRAY(SELECT DISTINCT "torikomi_number_token"("tenant", "month", right(lower("number"), n)) FROM generate_series(2, 4) AS n)
$$;

-- By the beginning of their number, and in its order: read by the index on it whatever the planner takes for cheaper, as those may lie anywhere in
-- the history. The beginning is in lower case; the last of all characters stands behind its end. 200 rows, as far as the planner is told: of the 1,000
-- that it takes by itself it would read all orders to join them.
CREATE OR REPLACE FUNCTION "torikomi_orders_by_number"("tenant" UUID, "start" TEXT, "most" BIGINT)
  RETURNS TABLE ("id" UUID, "ordered_at" TIMESTAMPTZ)
  LANGUAGE sql STABLE ROWS 200 SET enable_seqscan = off SET enable_bitmapscan = off AS $$
  SELECT o.id, o.ordered_at FROM "orders" o
  WHERE o.tenant_id = "tenant" AND lower(o.order_number) ~>=~ "start" AND lower(o.order_number) ~<=~ ("start" || chr(1114111))
  ORDER BY lower(o.order_number) USING ~<~ LIMIT "most"
$$;

-- orders
-- Before a write: counts it as a revision, keeps since when the order is over, and empties the reason and date of a 保留 that ended or whose content
-- goes, whichever statement or release ends it. The time is the service's, which it writes beside.
-- An order that leaves 自動受注取込 in no batch waits for the desks in use (orders.waits_for_desk). A desk begins under the same lock alone
-- (BEGIN_DESK in src/orders/hand-over/statements.ts): no move under way is missed, and the function's own statement sees the desk. An order that is in a
-- batch stays in it, also where the release before hands it over once more.
-- 自動仕分け looks at an order that comes into 新規受付 for the first time, and at each change of it, until anybody else moves it.
CREATE OR REPLACE FUNCTION "torikomi_order_ended"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    -- 自動仕分け writes "sorting" itself (src/sorting/statements.ts); everybody else leaves it as it is. An order that it only looked at is as before.
    IF NEW.sorting IS DISTINCT FROM OLD.sorting THEN
      IF NEW.version = OLD.version THEN RETURN NEW; END IF;
    ELSIF OLD.status = 'auto_imported' AND NEW.status = 'new' AND OLD.pull_id IS NULL THEN
      IF EXISTS (SELECT FROM "move_rules" r WHERE r.tenant_id = NEW.tenant_id AND r.enabled) THEN NEW.sorting := 'due'; END IF;
    -- A person's own reason or day of 保留 is a move, too. Without a new version it was only sealed under another key.
    ELSIF NEW.status <> OLD.status OR (NEW.version <> OLD.version AND (NEW.on_hold_date IS DISTINCT FROM OLD.on_hold_date
      OR NEW.sealed_on_hold_reason IS DISTINCT FROM OLD.sealed_on_hold_reason)) THEN
      NEW.sorting := NULL;
    ELSIF OLD.sorting = 'seen' AND (NEW.version <> OLD.version OR NEW.marks <> OLD.marks) THEN
      NEW.sorting := 'due';
    END IF;
    IF OLD.pull_id IS NOT NULL AND NEW.pull_id IS NOT NULL THEN
      NEW.pull_id := OLD.pull_id;
      NEW.pull_position := OLD.pull_position;
    END IF;
    IF NEW.status = 'auto_imported' OR NEW.pull_id IS NOT NULL OR (NEW.purged_at IS NOT NULL AND NEW.erased_at IS NULL) THEN
      NEW.waits_for_desk := NULL;
    ELSIF OLD.status = 'auto_imported' THEN
      PERFORM pg_advisory_xact_lock_shared(hashtextextended('desks ' || NEW.tenant_id::text, 0));
      NEW.waits_for_desk := (SELECT max(d.ordinal) FROM "desks" d WHERE d.tenant_id = NEW.tenant_id AND d.closed_at IS NULL);
    END IF;
    NEW.revision := OLD.revision + 1;
    IF NEW.status <> 'on_hold' THEN NEW.on_hold_date := NULL; END IF;
    IF NEW.status <> 'on_hold' OR NEW.sealed_detail IS NULL THEN NEW.sealed_on_hold_reason := NULL; END IF;
    IF NEW.mall_state = OLD.mall_state AND NEW.status = OLD.status THEN RETURN NEW; END IF;
  END IF;
  IF NEW.mall_state = 'open' AND NEW.status NOT IN ('shipped', 'completed', 'cancelled') THEN
    NEW.ended_at := NULL;
  ELSIF NEW.ended_at IS NULL THEN
    NEW.ended_at := greatest(NEW.updated_at, NEW.refreshed_at);
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER "orders_ended_inserted" BEFORE INSERT ON "orders"
  FOR EACH ROW WHEN (NEW.mall_state <> 'open' OR NEW.status IN ('shipped', 'completed', 'cancelled'))
  EXECUTE FUNCTION "torikomi_order_ended"();
CREATE OR REPLACE TRIGGER "orders_ended" BEFORE UPDATE ON "orders"
  FOR EACH ROW EXECUTE FUNCTION "torikomi_order_ended"();

-- After new orders: feed, and marks by time. Their search tokens come with the statement that stages them.
CREATE OR REPLACE FUNCTION "torikomi_order_event"("n" "orders", "what" TEXT[]) RETURNS JSONB LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('orderId', n.id, 'shopId', n.shop_id, 'orderNumber', n.order_number, 'what', what,
    'status', n.status, 'changeState', n.change_state, 'mallState', n.mall_state, 'version', n.version, 'revision', n.revision)
$$;
CREATE OR REPLACE FUNCTION "torikomi_orders_inserted"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "events" ("xid", "tenant_id", "kind", "data", "at")
  SELECT pg_current_xact_id()::text::bigint, n.tenant_id, 'order', "torikomi_order_event"(n, ARRAY['staged']), clock_timestamp()
  FROM new_rows n;
  IF NOT FOUND THEN RETURN NULL; END IF;
  INSERT INTO "order_marks" ("tenant_id", "mark", "ordered_at", "order_id")
  SELECT DISTINCT n.tenant_id, m, n.ordered_at, n.id FROM new_rows n CROSS JOIN unnest(n.marks) AS m
  ON CONFLICT DO NOTHING;
  RAISE NOTICE USING ERRCODE = 'TK001', MESSAGE = 'torikomi_told';
  RETURN NULL;
END $$;
-- A desk out of use makes no batch, whichever release is asked: 1.1.0 does not know that there are such.
CREATE OR REPLACE FUNCTION "torikomi_desk_closed"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'desk % is out of use', NEW.id;
END $$;
CREATE OR REPLACE TRIGGER "desks_closed" BEFORE UPDATE OF "number" ON "desks"
  FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL AND NEW.number > OLD.number) EXECUTE FUNCTION "torikomi_desk_closed"();

CREATE OR REPLACE TRIGGER "orders_inserted" AFTER INSERT ON "orders" REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_orders_inserted"();

-- After changes: feed, then what is derived. An erasure is told by its own name, so that followers delete their copies; also of an order that
-- retention had purged, since a follower may still hold the data.
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
        CASE WHEN n.pull_id IS DISTINCT FROM o.pull_id AND n.pull_id IS NOT NULL THEN 'pulled' WHEN n.status <> o.status THEN 'moved' END,
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
CREATE OR REPLACE TRIGGER "orders_updated" AFTER UPDATE ON "orders" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_orders_updated"();

CREATE OR REPLACE FUNCTION "torikomi_item_searchable"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "order_item_search" ("order_id", "tokens")
  VALUES (NEW.id, "torikomi_item_tokens"(NEW.tenant_id, "torikomi_month"(NEW.ordered_at), NEW.items_text)
    || "torikomi_number_tokens"(NEW.tenant_id, "torikomi_month"(NEW.ordered_at), NEW.order_number))
  ON CONFLICT ("order_id") DO UPDATE SET tokens = excluded.tokens;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER "orders_item_updated" AFTER UPDATE OF "items_text", "ordered_at" ON "orders"
  FOR EACH ROW WHEN (NEW.items_text <> OLD.items_text OR NEW.ordered_at <> OLD.ordered_at)
  EXECUTE FUNCTION "torikomi_item_searchable"();

CREATE OR REPLACE FUNCTION "torikomi_order_marked"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM "order_marks"
    WHERE "tenant_id" = OLD.tenant_id AND "mark" = ANY (OLD.marks) AND "ordered_at" = OLD.ordered_at AND "order_id" = OLD.id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO "order_marks" ("tenant_id", "mark", "ordered_at", "order_id")
    SELECT DISTINCT NEW.tenant_id, m, NEW.ordered_at, NEW.id FROM unnest(NEW.marks) AS m
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER "orders_marked_updated" AFTER UPDATE OF "marks", "ordered_at" ON "orders"
  FOR EACH ROW WHEN (NEW.marks <> OLD.marks OR NEW.ordered_at <> OLD.ordered_at)
  EXECUTE FUNCTION "torikomi_order_marked"();

-- After deletions: what is derived goes with its order. As the owner of the tables: a policy finds the tenant of order_item_search through its
-- order, which is gone.
CREATE OR REPLACE FUNCTION "torikomi_orders_deleted"() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM "order_search" s USING old_rows o WHERE s.order_id = o.id;
  DELETE FROM "order_item_search" s USING old_rows o WHERE s.order_id = o.id;
  DELETE FROM "order_marks" m USING old_rows o
  WHERE m.tenant_id = o.tenant_id AND m.mark = ANY (o.marks) AND m.ordered_at = o.ordered_at AND m.order_id = o.id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER "orders_deleted" AFTER DELETE ON "orders" REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_orders_deleted"();

-- order_search
-- An erased buyer's order that comes in now loses its data in the statement that stores its hashes. That and an erasure wait for each other, by
-- tenant: one that began before the erasure was written has committed by the time the erasure looks for orders. Statements of many tenants take the
-- locks in one order; only an erasure holds one alone, and it holds nothing else.
CREATE OR REPLACE FUNCTION "torikomi_erase_again"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('erasure ' || t.tenant_id::text, 0))
  FROM (SELECT DISTINCT n.tenant_id FROM new_rows n ORDER BY 1) t;
  IF NOT EXISTS (SELECT FROM "erasures") THEN RETURN NULL; END IF;
  WITH hit AS (
    SELECT o.id, o.tenant_id, o.shop_id, o.order_number, max(e.at) AS at FROM new_rows n
    JOIN "erasures" e ON e.tenant_id = n.tenant_id AND e.kind = n.kind AND e.hash = n.hash
    JOIN "orders" o ON o.id = n.order_id AND o.tenant_id = n.tenant_id
    WHERE o.ordered_at <= e.at GROUP BY o.id
  ), raws AS (
    DELETE FROM "order_raws" USING hit WHERE order_id = hit.id
  ), versions AS (
    DELETE FROM "order_versions" USING hit WHERE order_id = hit.id
  ), search AS (
    DELETE FROM "order_search" USING hit WHERE order_id = hit.id
  ), differences AS (
    UPDATE "reimport_orders" r SET sealed_difference = NULL FROM hit WHERE r.order_id = hit.id
  ), reasons AS (
    UPDATE "order_events" e SET sealed_reason = NULL FROM hit WHERE e.order_id = hit.id AND e.sealed_reason IS NOT NULL
  ), mails AS (
    UPDATE "mails" m SET sealed_mail = NULL FROM hit
    WHERE m.tenant_id = hit.tenant_id AND m.sealed_mail IS NOT NULL AND hit.order_number = ANY (m.order_numbers)
  )
  UPDATE "orders" o SET sealed_detail = NULL, sealed_edits = NULL, marks = '{}', purged_at = o.updated_at, erased_at = hit.at,
    version = o.version + 1 FROM hit WHERE o.id = hit.id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER "order_search_inserted" AFTER INSERT ON "order_search" REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_erase_again"();

-- import_requests
-- They only change the board, so one row a transaction and tenant tells of it, however many requests. Each attempt is told, not only what ended; what
-- ends with its order is told by that.
CREATE OR REPLACE FUNCTION "torikomi_counts_told"("tenant" UUID) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
  "this" CONSTANT text := pg_current_xact_id()::text || ' ' || "tenant"::text;
BEGIN
  IF current_setting('torikomi.counts_told', true) = "this" THEN RETURN; END IF;
  PERFORM "torikomi_tell"("tenant", 'counts', '{}'), set_config('torikomi.counts_told', "this", true);
END $$;
CREATE OR REPLACE FUNCTION "torikomi_imports_inserted"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "torikomi_counts_told"(t.tenant_id) FROM (SELECT DISTINCT tenant_id FROM new_rows) t;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER "import_requests_inserted" AFTER INSERT ON "import_requests" REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_imports_inserted"();
CREATE OR REPLACE FUNCTION "torikomi_imports_updated"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "torikomi_counts_told"(NEW.tenant_id);
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER "import_requests_updated" AFTER UPDATE ON "import_requests"
  FOR EACH ROW WHEN ((NEW.state <> OLD.state OR NEW.attempts <> OLD.attempts) AND NEW.outcome IS DISTINCT FROM 'staged')
  EXECUTE FUNCTION "torikomi_imports_updated"();

-- site_changes
CREATE OR REPLACE FUNCTION "torikomi_change_told"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "torikomi_tell"(NEW.tenant_id, 'change', jsonb_build_object('changeId', NEW.id, 'orderId', NEW.order_id,
    'shopId', NEW.shop_id, 'action', NEW.action, 'state', NEW.state, 'code', NEW.code));
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER "site_changes_inserted" AFTER INSERT ON "site_changes"
  FOR EACH ROW EXECUTE FUNCTION "torikomi_change_told"();
CREATE OR REPLACE TRIGGER "site_changes_updated" AFTER UPDATE ON "site_changes"
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.code IS DISTINCT FROM NEW.code)
  EXECUTE FUNCTION "torikomi_change_told"();

-- Follows whoever writes a cancellation, a process of an earlier release too. Writers hold the order's row (lockOrders()), so none misses another's
-- cancellation.
CREATE OR REPLACE FUNCTION "torikomi_cancel_under_way"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "orders" o SET "cancel_under_way" = w."is" FROM (
    SELECT EXISTS (SELECT FROM "site_changes" c
      WHERE c."order_id" = NEW."order_id" AND c."action" = 'cancel' AND c."state" IN ('queued', 'changing')) AS "is"
  ) w WHERE o."id" = NEW."order_id" AND o."cancel_under_way" <> w."is";
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER "site_changes_cancel" AFTER INSERT OR UPDATE OF "state" ON "site_changes"
  FOR EACH ROW WHEN (NEW."action" = 'cancel') EXECUTE FUNCTION "torikomi_cancel_under_way"();

-- shops, mailboxes, notices
CREATE OR REPLACE FUNCTION "torikomi_shop_told"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
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
CREATE OR REPLACE TRIGGER "shops_inserted" AFTER INSERT ON "shops"
  FOR EACH ROW EXECUTE FUNCTION "torikomi_shop_told"();
CREATE OR REPLACE TRIGGER "shops_updated" AFTER UPDATE ON "shops"
  FOR EACH ROW WHEN (OLD.attention_code IS DISTINCT FROM NEW.attention_code
    OR OLD.lane_closed_until IS DISTINCT FROM NEW.lane_closed_until OR OLD.name IS DISTINCT FROM NEW.name)
  EXECUTE FUNCTION "torikomi_shop_told"();

-- What holds up a shop's orders, by whichever statement: a closed lane, attention, being switched off. Times are those of `updated_at`: the clock
-- of whoever wrote the row.
CREATE OR REPLACE FUNCTION "torikomi_shop_waits"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."lane_closed_until" IS DISTINCT FROM OLD."lane_closed_until" THEN
    UPDATE "shop_waits" SET "ended_at" = NEW."updated_at"
      WHERE "shop_id" = NEW."id" AND "kind" = 'lane_closed' AND "ended_at" IS NULL AND "until_at" > NEW."updated_at";
    IF NEW."lane_closed_until" > NEW."updated_at" THEN
      INSERT INTO "shop_waits" ("id", "shop_id", "kind", "code", "from_at", "until_at")
      VALUES (gen_random_uuid(), NEW."id", 'lane_closed', NEW."lane_closed_reason", NEW."updated_at", NEW."lane_closed_until");
    END IF;
  END IF;
  IF NEW."attention_code" IS DISTINCT FROM OLD."attention_code" THEN
    UPDATE "shop_waits" SET "ended_at" = NEW."updated_at"
      WHERE "shop_id" = NEW."id" AND "kind" = 'attention' AND "ended_at" IS NULL;
    IF NEW."attention_stops" THEN
      INSERT INTO "shop_waits" ("id", "shop_id", "kind", "code", "from_at")
      VALUES (gen_random_uuid(), NEW."id", 'attention', NEW."attention_code", NEW."updated_at");
    END IF;
  END IF;
  IF NEW."enabled" IS DISTINCT FROM OLD."enabled" THEN
    UPDATE "shop_waits" SET "ended_at" = NEW."updated_at"
      WHERE "shop_id" = NEW."id" AND "kind" = 'disabled' AND "ended_at" IS NULL;
    IF NOT NEW."enabled" THEN
      INSERT INTO "shop_waits" ("id", "shop_id", "kind", "from_at")
      VALUES (gen_random_uuid(), NEW."id", 'disabled', NEW."updated_at");
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER "shops_waits" AFTER UPDATE OF "lane_closed_until", "attention_code", "enabled" ON "shops"
  FOR EACH ROW EXECUTE FUNCTION "torikomi_shop_waits"();

CREATE OR REPLACE FUNCTION "torikomi_mailbox_told"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.attention_code IS DISTINCT FROM NEW.attention_code THEN
    PERFORM "torikomi_tell"(NEW.tenant_id, 'attention', jsonb_build_object('shopId', NULL, 'mailboxId', NEW.id,
      'code', NEW.attention_code, 'message', NEW.attention_message, 'since', NEW.attention_since, 'laneClosedUntil', NULL));
  ELSE
    PERFORM "torikomi_tell"(NEW.tenant_id, 'counts', '{}');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER "mailboxes_inserted" AFTER INSERT ON "mailboxes"
  FOR EACH ROW EXECUTE FUNCTION "torikomi_mailbox_told"();
CREATE OR REPLACE TRIGGER "mailboxes_updated" AFTER UPDATE ON "mailboxes"
  FOR EACH ROW WHEN (OLD.attention_code IS DISTINCT FROM NEW.attention_code OR OLD.state IS DISTINCT FROM NEW.state
    OR OLD.quiet_since IS DISTINCT FROM NEW.quiet_since OR OLD.name IS DISTINCT FROM NEW.name)
  EXECUTE FUNCTION "torikomi_mailbox_told"();

CREATE OR REPLACE FUNCTION "torikomi_notice_told"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  -- 10000 is no number of days: told as soon as it was seen.
  PERFORM "torikomi_tell"(NEW.tenant_id, 'notice', jsonb_build_object('noticeId', NEW.id, 'shopId', NEW.shop_id,
    'mailboxId', NEW.mailbox_id, 'webhookId', NEW.webhook_id, 'kind', NEW.kind, 'what', NEW.what, 'occursAt', NEW.occurs_at,
    'daysBefore', CASE WHEN NEW.kind = 'expiry' AND NEW.threshold < 10000 THEN NEW.threshold END, 'subject', NEW.subject));
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER "notices_inserted" AFTER INSERT ON "notices"
  FOR EACH ROW EXECUTE FUNCTION "torikomi_notice_told"();

-- The audit is append-only for everybody, the service included: nothing of it is changed, and what goes is older than twelve months.
CREATE OR REPLACE FUNCTION "audit_append_only"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD."at" < now() - interval '12 months' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% of % is refused: the audit is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER "audit_entries_append_only" BEFORE UPDATE OR DELETE ON "audit_entries"
  FOR EACH ROW EXECUTE FUNCTION "audit_append_only"();
CREATE OR REPLACE TRIGGER "audit_entries_never_truncated" BEFORE TRUNCATE ON "audit_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_append_only"();
CREATE OR REPLACE TRIGGER "audit_links_append_only" BEFORE UPDATE OR DELETE ON "audit_links"
  FOR EACH ROW EXECUTE FUNCTION "audit_append_only"();
CREATE OR REPLACE TRIGGER "audit_links_never_truncated" BEFORE TRUNCATE ON "audit_links"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_append_only"();

-- For processes of earlier releases beside this one.
-- A mall's words may name the buyer and are kept sealed; what is written in clear is taken out on its way.
CREATE OR REPLACE FUNCTION "torikomi_without_words"("answer" JSONB) RETURNS JSONB
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN jsonb_typeof("answer") <> 'object' THEN "answer" ELSE
    ("answer" || CASE WHEN "answer" ? 'mallMessage' THEN '{"mallMessage": null}'::jsonb ELSE '{}'::jsonb END)
    || CASE WHEN jsonb_typeof("answer" -> 'warnings') = 'array' THEN jsonb_build_object('warnings', (
      SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(w) = 'object' AND w ? 'message' THEN w || '{"message": ""}'::jsonb ELSE w END ORDER BY n), '[]'::jsonb)
      FROM jsonb_array_elements("answer" -> 'warnings') WITH ORDINALITY AS t (w, n))) ELSE '{}'::jsonb END
  END
$$;
CREATE OR REPLACE FUNCTION "torikomi_steps_without_words"("steps" JSONB) RETURNS JSONB
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN jsonb_typeof("steps") <> 'array' THEN "steps" ELSE (
    SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(s) = 'object' AND s ? 'answer'
      THEN s || jsonb_build_object('answer', "torikomi_without_words"(s -> 'answer')) ELSE s END ORDER BY n), '[]'::jsonb)
    FROM jsonb_array_elements("steps") WITH ORDINALITY AS t (s, n)) END
$$;
CREATE OR REPLACE FUNCTION "torikomi_change_words"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  NEW."mall_message" := NULL;
  NEW."steps" := "torikomi_steps_without_words"(NEW."steps");
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER "site_changes_words" BEFORE INSERT OR UPDATE OF "steps", "mall_message" ON "site_changes"
  FOR EACH ROW WHEN (NEW."mall_message" IS NOT NULL
    OR jsonb_path_exists(NEW."steps", '$[*].answer ? (@.mallMessage != null || @.warnings[*].message != "")'))
  EXECUTE FUNCTION "torikomi_change_words"();
CREATE OR REPLACE FUNCTION "torikomi_event_words"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  NEW."data" := "torikomi_without_words"(NEW."data") - 'mallMessage';
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER "order_events_words" BEFORE INSERT ON "order_events"
  FOR EACH ROW WHEN (NEW."data" ? 'mallMessage') EXECUTE FUNCTION "torikomi_event_words"();

-- An Idempotency-Key is kept as a hash. A process that looks for the key itself finds none and makes no second batch under it either (the unique
-- index), and answers with an error that its caller repeats.
CREATE OR REPLACE FUNCTION "torikomi_hashed_key"("tenant" UUID, "key" TEXT) RETURNS TEXT
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN "key" ~ '^sha256:[0-9a-f]{64}$' THEN "key"
    ELSE 'sha256:' || encode(sha256(convert_to("tenant"::text || ' ' || "key", 'UTF8')), 'hex') END
$$;
CREATE OR REPLACE FUNCTION "torikomi_hash_pull_key"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  NEW.idempotency_key := "torikomi_hashed_key"(NEW.tenant_id, NEW.idempotency_key);
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER "pulls_key_hashed" BEFORE INSERT ON "pulls"
  FOR EACH ROW EXECUTE FUNCTION "torikomi_hash_pull_key"();
CREATE OR REPLACE FUNCTION "torikomi_hash_request_key"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  NEW.request_key := "torikomi_hashed_key"(NEW.tenant_id, NEW.request_key);
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER "site_changes_key_hashed" BEFORE INSERT ON "site_changes"
  FOR EACH ROW WHEN (NEW.request_key IS NOT NULL) EXECUTE FUNCTION "torikomi_hash_request_key"();

-- A process that reads a webhook's `url` alone would post to nowhere and count that as the receiver's failure: who does not say that he can open a
-- sealed address gets no lease of it.
CREATE OR REPLACE FUNCTION "torikomi_sealed_webhook"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER "webhooks_sealed" BEFORE UPDATE OF "lease_owner" ON "webhooks"
  FOR EACH ROW WHEN (NEW."url" = '' AND NEW."lease_owner" IS NOT NULL AND NEW."lease_owner" NOT LIKE 'sealed:%')
  EXECUTE FUNCTION "torikomi_sealed_webhook"();

-- リハーサル: of a shop that rehearses no site change is ever queued, by whatever release and on whatever way it is asked for, and one that was asked
-- for in a rehearsal is never queued later. It stands as ended, for the report. The shop's row is locked as its foreign key would lock it: a rehearsal
-- begins with the row for itself (src/rehearsal/rehearsals.ts), so that either sees the other. As definer: a tenant's request may not lock the shop.
CREATE OR REPLACE FUNCTION "torikomi_rehearsed"() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  "rehearsal" UUID;
BEGIN
  IF TG_OP = 'UPDATE' AND OLD."code" = 'REHEARSAL' THEN RETURN OLD; END IF;
  SELECT s."rehearsal_id" INTO "rehearsal" FROM "shops" s WHERE s."id" = NEW."shop_id" FOR KEY SHARE;
  IF "rehearsal" IS NULL THEN RETURN NEW; END IF;
  NEW."state" := 'warning';
  NEW."code" := 'REHEARSAL';
  NEW."message" := 'リハーサル中の店舗のため、モールには送信していません。';
  NEW."next_step" := 'リハーサルの画面で、送信されるはずだった内容を確認してください。';
  NEW."finished_at" := NEW."updated_at";
  NEW."dismissed_at" := NEW."updated_at";
  NEW."lease_token" := NULL;
  NEW."lease_until" := NULL;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER "site_changes_rehearsed" BEFORE INSERT OR UPDATE OF "state" ON "site_changes"
  FOR EACH ROW WHEN (NEW."state" IN ('queued', 'changing')) EXECUTE FUNCTION "torikomi_rehearsed"();

-- A process of the release before stores no maker with a key, a webhook or a channel; its entry of the audit, in the same transaction, names them.
-- Of the entry's own tenant alone: entries also come with a tenant that moves here, from a file that somebody may have forged.
-- As the owner of the tables: a tenant's request may not change who made a key.
CREATE OR REPLACE FUNCTION "torikomi_note_maker"() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW."action" = 'api_key.created' THEN
    UPDATE "api_keys" SET "created_by" = NEW."actor" WHERE "id" = NEW."target"::uuid AND "tenant_id" = NEW."tenant_id" AND "created_by" IS NULL;
  ELSIF NEW."action" = 'api_key.rotated' THEN
    UPDATE "api_keys" SET "created_by" = NEW."actor" WHERE "id" = (NEW."data" ->> 'successorId')::uuid AND "tenant_id" = NEW."tenant_id" AND "created_by" IS NULL;
  ELSIF NEW."action" LIKE 'webhook.%' THEN
    UPDATE "webhooks" SET "created_by" = NEW."actor" WHERE "id" = NEW."target"::uuid AND "tenant_id" = NEW."tenant_id" AND "created_by" IS DISTINCT FROM NEW."actor";
  ELSE
    UPDATE "notice_channels" SET "created_by" = NEW."actor" WHERE "id" = NEW."target"::uuid AND "tenant_id" = NEW."tenant_id" AND "created_by" IS DISTINCT FROM NEW."actor";
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER "audit_entries_maker" AFTER INSERT ON "audit_entries" FOR EACH ROW
  WHEN (NEW."target" ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' AND (NEW."action" IN ('api_key.created', 'api_key.rotated', 'webhook.created', 'notice_channel.created')
    OR NEW."action" = 'webhook.updated' AND NEW."data" -> 'fields' ? 'url'
    OR NEW."action" = 'notice_channel.updated' AND NEW."data" -> 'fields' ?| ARRAY['url', 'roomId', 'token']))
  EXECUTE FUNCTION "torikomi_note_maker"();

-- A process throws when it reads a shop of a mall that its release does not know. So such a shop is not stored while an older process is connected, and
-- an older one that starts, or comes back, is refused once there is one. Each session says in its name how many malls it knows, the first so many of the
-- enum (src/platform/db/known-malls.ts); those up to 1.1.0 say nothing, are named torikomi or as their URL says, and know four.
CREATE OR REPLACE FUNCTION "torikomi_known_malls"("name" TEXT) RETURNS INTEGER LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(substring("name" FROM ' malls=(\d{1,4})$')::int, 4)
$$;
CREATE OR REPLACE FUNCTION "torikomi_mall_is_known"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
  "place" CONSTANT INTEGER := array_position(enum_range(NULL::"marketplace"), NEW."marketplace");
  "own" CONSTANT TEXT := regexp_replace(current_setting('application_name'), ' malls=\d{1,4}$', '');
BEGIN
  -- Whoever starts meanwhile waits for this transaction's end. Who started before is connected.
  PERFORM pg_advisory_xact_lock(hashtext('torikomi known malls'));
  IF EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
      AND (a.application_name IN ('torikomi', "own") OR a.application_name ~ ' malls=\d{1,4}$')
      AND "torikomi_known_malls"(a.application_name) < "place") THEN
    RAISE EXCEPTION 'a process of an older release, which does not know %, is connected', NEW."marketplace" USING ERRCODE = 'TK002';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER "shops_mall_is_known" BEFORE INSERT OR UPDATE OF "marketplace" ON "shops"
  FOR EACH ROW WHEN (NEW."marketplace" > 'aupay') EXECUTE FUNCTION "torikomi_mall_is_known"();

CREATE OR REPLACE FUNCTION "torikomi_older_process"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
  "known" CONSTANT INTEGER := "torikomi_known_malls"(current_setting('application_name'));
  "unknown" TEXT;
BEGIN
  IF TG_OP = 'INSERT' AND TG_TABLE_NAME = 'data_steps' THEN
    PERFORM pg_advisory_xact_lock_shared(hashtext('torikomi known malls'));
  END IF;
  SELECT string_agg(DISTINCT s."marketplace"::text, ', ') INTO "unknown" FROM "shops" s
  WHERE s."marketplace" > (enum_range(NULL::"marketplace"))["known"];
  IF "unknown" IS NOT NULL THEN
    RAISE EXCEPTION 'this database has shops of %, which this release cannot read: start a newer release', "unknown" USING ERRCODE = 'TK002',
      HINT = 'To go back to this release, delete those shops by the newer one first.';
  END IF;
  RETURN NEW;
END $$;
-- The row that every process writes when it starts.
CREATE OR REPLACE TRIGGER "data_steps_older_process" BEFORE INSERT ON "data_steps" FOR EACH ROW
  WHEN (NEW."name" = 'instance' AND "torikomi_known_malls"(current_setting('application_name')) < cardinality(enum_range(NULL::"marketplace")))
  EXECUTE FUNCTION "torikomi_older_process"();
-- A worker's turn, and a listener's sign of life: of a process that lost its connections while the shop was stored.
CREATE OR REPLACE TRIGGER "shop_turns_older_process" BEFORE INSERT OR UPDATE ON "shop_turns" FOR EACH STATEMENT
  WHEN ("torikomi_known_malls"(current_setting('application_name')) < cardinality(enum_range(NULL::"marketplace")))
  EXECUTE FUNCTION "torikomi_older_process"();
CREATE OR REPLACE TRIGGER "listeners_older_process" BEFORE INSERT OR UPDATE ON "listeners" FOR EACH STATEMENT
  WHEN ("torikomi_known_malls"(current_setting('application_name')) < cardinality(enum_range(NULL::"marketplace")))
  EXECUTE FUNCTION "torikomi_older_process"();

-- A process of 1.1.0 asks for no passkey: behind a password alone its sessions would be open.
CREATE OR REPLACE FUNCTION "torikomi_session_of_before"() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM "passkeys" WHERE "account_id" = NEW."account_id") THEN NEW."stage" := 'second_factor_required'; END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER "staff_sessions_of_before" BEFORE INSERT ON "staff_sessions" FOR EACH ROW
  WHEN (NOT NEW."knows_passkeys" AND NEW."stage" <> 'second_factor_required') EXECUTE FUNCTION "torikomi_session_of_before"();

-- It removes a lost second factor or a whole account without its passkeys; its entry of the audit, in the same transaction, says so.
CREATE OR REPLACE FUNCTION "torikomi_passkeys_removed"() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- As torikomi_note_maker: an entry changes nothing of another tenant's.
  DELETE FROM "passkeys" p USING "staff_accounts" a
  WHERE p."account_id" = NEW."target"::uuid AND a."id" = p."account_id" AND a."tenant_id" IS NOT DISTINCT FROM NEW."tenant_id";
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER "audit_entries_passkeys" AFTER INSERT ON "audit_entries" FOR EACH ROW
  WHEN (NEW."action" IN ('staff.second_factor_removed', 'staff.deleted') AND NEW."target" ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
  EXECUTE FUNCTION "torikomi_passkeys_removed"();

-- A tenant on its way to another installation works on neither side, whichever release is asked to let it in (src/ops/tenant-move).
CREATE OR REPLACE FUNCTION "torikomi_tenant_moves"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM "tenant_moves" m WHERE m."tenant_id" = NEW."id" AND m."state" IN ('leaving', 'gone', 'arrived', 'dropping')) THEN
    RAISE EXCEPTION 'tenant % is on its way to another installation', NEW."id" USING ERRCODE = 'TK003';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER "tenants_move" BEFORE UPDATE OF "status" ON "tenants"
  FOR EACH ROW WHEN (NEW."status" <> 'suspended' AND OLD."status" = 'suspended') EXECUTE FUNCTION "torikomi_tenant_moves"();

-- A process of 1.1.0 deletes an ended contract's rows in every table with a tenant; of moves they stay, so that an old file starts nothing again.
CREATE OR REPLACE FUNCTION "torikomi_tenant_moves_stay"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER "tenant_moves_stay" BEFORE DELETE ON "tenant_moves" FOR EACH ROW EXECUTE FUNCTION "torikomi_tenant_moves_stay"();

-- Of earlier releases.
DROP TRIGGER IF EXISTS "orders_counted_updated" ON "orders";
DROP TRIGGER IF EXISTS "orders_counted_deleted" ON "orders";
DROP TRIGGER IF EXISTS "import_requests_counted_deleted" ON "import_requests";
DROP FUNCTION IF EXISTS "torikomi_orders_counted_updated"(), "torikomi_orders_counted_deleted"(), "torikomi_imports_counted_deleted"(),
  "torikomi_order_counted"("order_status", "change_state", TEXT[]), "torikomi_import_counted"("import_state", TEXT, INTEGER, TEXT), "torikomi_count_anew"();
