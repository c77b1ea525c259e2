-- What follows from new orders and from import requests is written by one trigger a statement in place of four and two. All of it stays in the
-- database, so a process of the release before goes on and forgets nothing.
LOCK TABLE "orders", "import_requests" IN ACCESS EXCLUSIVE MODE;

-- Both were IMMUTABLE and are not: they print enums. Postgres then keeps them out of the statement that calls them and starts each call by itself.
ALTER FUNCTION "torikomi_order_event"("orders", TEXT[]) STABLE;
CREATE OR REPLACE FUNCTION "torikomi_order_counted"("status" "order_status", "change" "change_state", "marks" TEXT[]) RETURNS TEXT[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT array_remove(ARRAY[
    CASE WHEN "status" IN ('auto_imported', 'new', 'awaiting_payment', 'ready_to_ship', 'on_hold') THEN 'status:' || "status" END,
    CASE WHEN "change" IN ('queued', 'changing') THEN 'change:changing' WHEN "change" IN ('warning', 'failed') THEN 'change:' || "change" END
  ], NULL) || CASE WHEN "status" = 'auto_imported' AND cardinality("marks") > 0
    THEN string_to_array('mark:' || array_to_string("marks", E'\nmark:'), E'\n') END
$$;

-- Feed, board counts, marks by time, and the search tokens of orders that an older process stages.
CREATE OR REPLACE FUNCTION "torikomi_orders_inserted"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "events" ("xid", "tenant_id", "kind", "data", "at")
  SELECT pg_current_xact_id()::text::bigint, n.tenant_id, 'order', "torikomi_order_event"(n, ARRAY['staged']), clock_timestamp()
  FROM new_rows n;
  IF NOT FOUND THEN RETURN NULL; END IF;
  INSERT INTO "board_counts" ("shop_id", "what", "n")
  SELECT g.shop_id, w, sum(g.n) FROM (SELECT shop_id, status, change_state, marks, count(*) AS n FROM new_rows GROUP BY shop_id, status, change_state, marks) g
  CROSS JOIN LATERAL unnest("torikomi_order_counted"(g.status, g.change_state, g.marks)) AS w GROUP BY 1, 2;
  INSERT INTO "order_marks" ("tenant_id", "mark", "ordered_at", "order_id")
  SELECT DISTINCT n.tenant_id, m, n.ordered_at, n.id FROM new_rows n CROSS JOIN unnest(n.marks) AS m
  ON CONFLICT DO NOTHING;
  INSERT INTO "order_item_search" ("order_id", "tokens")
  SELECT n.id, "torikomi_item_tokens"(n.tenant_id, "torikomi_month"(n.ordered_at), n.items_text)
    || "torikomi_number_tokens"(n.tenant_id, "torikomi_month"(n.ordered_at), n.order_number)
  FROM new_rows n WHERE NOT EXISTS (SELECT FROM "order_item_search" s WHERE s.order_id = n.id);
  RAISE NOTICE USING ERRCODE = 'TK001', MESSAGE = 'torikomi_told';
  RETURN NULL;
END $$;
DROP TRIGGER "orders_counted_inserted" ON "orders";
DROP FUNCTION "torikomi_orders_counted_inserted"();
DROP TRIGGER "orders_marked_inserted" ON "orders";
DROP TRIGGER "orders_item_inserted" ON "orders";
DROP FUNCTION "torikomi_items_searchable"();

CREATE OR REPLACE FUNCTION "torikomi_imports_inserted"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "board_counts" ("shop_id", "what", "n")
  SELECT g.shop_id, w, sum(g.n) FROM (SELECT shop_id, state, purpose, attempts, outcome, count(*) AS n FROM new_rows GROUP BY shop_id, state, purpose, attempts, outcome) g
  CROSS JOIN LATERAL unnest("torikomi_import_counted"(g.state, g.purpose, g.attempts, g.outcome)) AS w GROUP BY 1, 2;
  PERFORM "torikomi_tell"(t.tenant_id, 'counts', '{}') FROM (SELECT DISTINCT tenant_id FROM new_rows) t;
  RETURN NULL;
END $$;
DROP TRIGGER "import_requests_counted_inserted" ON "import_requests";
DROP FUNCTION "torikomi_imports_counted_inserted"();

CREATE OR REPLACE FUNCTION "torikomi_imports_updated"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "board_counts" ("shop_id", "what", "n")
  SELECT g.shop_id, w, sum(g.n) FROM (
    SELECT shop_id, state, purpose, attempts, outcome, sum(by) AS n FROM (
      SELECT shop_id, state, purpose, attempts, outcome, 1 AS by FROM new_rows UNION ALL SELECT shop_id, state, purpose, attempts, outcome, -1 FROM old_rows
    ) d GROUP BY shop_id, state, purpose, attempts, outcome HAVING sum(by) <> 0
  ) g CROSS JOIN LATERAL unnest("torikomi_import_counted"(g.state, g.purpose, g.attempts, g.outcome)) AS w GROUP BY 1, 2 HAVING sum(g.n) <> 0;
  PERFORM "torikomi_tell"(t.tenant_id, 'counts', '{}')
  FROM (SELECT DISTINCT n.tenant_id FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE o.state <> n.state) t;
  RETURN NULL;
END $$;
DROP TRIGGER "import_requests_counted_updated" ON "import_requests";
DROP FUNCTION "torikomi_imports_counted_updated"();
