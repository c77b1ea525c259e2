-- DropIndex
DROP INDEX "import_requests_tenant_id_state_requested_at_idx";

-- CreateTable
CREATE TABLE "order_item_search" (
    "order_id" UUID NOT NULL,
    "tokens" INTEGER[],

    CONSTRAINT "order_item_search_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "board_counts" (
    "id" BIGSERIAL NOT NULL,
    "shop_id" UUID NOT NULL,
    "what" TEXT NOT NULL,
    "n" INTEGER NOT NULL,

    CONSTRAINT "board_counts_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "order_item_search_tokens" ON "order_item_search" USING GIN ("tokens" array_ops);

-- CreateIndex
CREATE INDEX "board_counts_shop_id_idx" ON "board_counts"("shop_id");

-- CreateIndex
CREATE INDEX "import_requests_listed" ON "import_requests"("shop_id", "state", "requested_at", "id");

-- CreateIndex
CREATE INDEX "import_requests_ended_so" ON "import_requests"("shop_id", "outcome", "requested_at", "id");

-- CreateIndex
CREATE INDEX "order_raws_fetched_at_idx" ON "order_raws"("fetched_at");

-- AddForeignKey
ALTER TABLE "order_item_search" ADD CONSTRAINT "order_item_search_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "board_counts" ADD CONSTRAINT "board_counts_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the item search finds an order by: two neighbouring letters at a time, and each sign that is no plain letter or digit alone, so that one
-- kanji is found too. Tenant and month are part of what is hashed: a lookup meets no other tenant's orders, and a tenant's own
-- history month by month (src/orders/item-search.ts). Hashes that fall together do no harm, the text is compared behind.
CREATE FUNCTION "torikomi_month"("at" TIMESTAMPTZ) RETURNS INTEGER LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (extract(year FROM "at" AT TIME ZONE 'UTC') * 12 + extract(month FROM "at" AT TIME ZONE 'UTC'))::int
$$;

CREATE FUNCTION "torikomi_item_tokens"("tenant" UUID, "month" INTEGER, "item" TEXT) RETURNS INTEGER[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT hashtext("tenant"::text || "month"::text || p.part)), '{}') FROM (
    SELECT l.letter || l.next AS part FROM (
      SELECT letter, lead(letter) OVER (ORDER BY n) AS next
      FROM unnest(string_to_array("item", NULL)) WITH ORDINALITY AS u (letter, n)
    ) l WHERE l.next IS NOT NULL AND l.letter <> E'\n' AND l.next <> E'\n'
    UNION ALL
    SELECT letter FROM unnest(string_to_array("item", NULL)) AS u (letter) WHERE letter !~ '[a-z0-9\s]'
  ) p
$$;

CREATE FUNCTION "torikomi_item_searchable"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "order_item_search" ("order_id", "tokens")
  VALUES (NEW.id, "torikomi_item_tokens"(NEW.tenant_id, "torikomi_month"(NEW.ordered_at), NEW.items_text))
  ON CONFLICT ("order_id") DO UPDATE SET tokens = excluded.tokens;
  RETURN NULL;
END $$;

CREATE TRIGGER "orders_item_inserted" AFTER INSERT ON "orders"
  FOR EACH ROW WHEN (NEW.items_text <> '') EXECUTE FUNCTION "torikomi_item_searchable"();
CREATE TRIGGER "orders_item_updated" AFTER UPDATE OF "items_text", "ordered_at" ON "orders"
  FOR EACH ROW WHEN (NEW.items_text <> OLD.items_text OR NEW.ordered_at <> OLD.ordered_at)
  EXECUTE FUNCTION "torikomi_item_searchable"();

-- Under what the board counts an order and a request. Of attempts that ended NOT_FOUND or PENDING (src/imports/requests/result-codes.ts)
-- one only waits.
CREATE FUNCTION "torikomi_order_counted"("status" "order_status", "change" "change_state", "marks" TEXT[]) RETURNS TEXT[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_remove(ARRAY[
    CASE WHEN "status" IN ('auto_imported', 'new', 'awaiting_payment', 'ready_to_ship', 'on_hold') THEN 'status:' || "status" END,
    CASE WHEN "change" IN ('queued', 'changing') THEN 'change:changing' WHEN "change" IN ('warning', 'failed') THEN 'change:' || "change" END
  ], NULL) || CASE WHEN "status" = 'auto_imported' THEN (SELECT array_agg('mark:' || m) FROM unnest("marks") AS m) END
$$;

CREATE FUNCTION "torikomi_import_counted"("state" "import_state", "purpose" TEXT, "attempts" INTEGER, "outcome" TEXT) RETURNS TEXT[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN "state" = 'failed' THEN ARRAY['import:failed']
    WHEN "state" = 'waiting' AND "attempts" >= 2 AND "outcome" NOT IN ('NOT_FOUND', 'PENDING') THEN ARRAY['import:doubtful']
    WHEN "state" = 'waiting' AND "purpose" = 'import' AND ("attempts" < 2 OR "outcome" IN ('NOT_FOUND', 'PENDING')) THEN ARRAY['import:waiting']
    ELSE '{}'::text[] END
$$;

-- Each statement writes its difference, one row a shop and count; rows that are alike are taken together first, for a pull is of a
-- thousand. A shop that is gone took its counts with it, and its orders go after it.
CREATE FUNCTION "torikomi_orders_counted_inserted"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "board_counts" ("shop_id", "what", "n")
  SELECT g.shop_id, w, sum(g.n) FROM (SELECT shop_id, status, change_state, marks, count(*) AS n FROM new_rows GROUP BY shop_id, status, change_state, marks) g
  CROSS JOIN LATERAL unnest("torikomi_order_counted"(g.status, g.change_state, g.marks)) AS w GROUP BY 1, 2;
  RETURN NULL;
END $$;

CREATE FUNCTION "torikomi_orders_counted_updated"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "board_counts" ("shop_id", "what", "n")
  SELECT g.shop_id, w, sum(g.n) FROM (
    SELECT shop_id, status, change_state, marks, sum(by) AS n FROM (
      SELECT shop_id, status, change_state, marks, 1 AS by FROM new_rows UNION ALL SELECT shop_id, status, change_state, marks, -1 FROM old_rows
    ) d GROUP BY shop_id, status, change_state, marks HAVING sum(by) <> 0
  ) g CROSS JOIN LATERAL unnest("torikomi_order_counted"(g.status, g.change_state, g.marks)) AS w GROUP BY 1, 2 HAVING sum(g.n) <> 0;
  RETURN NULL;
END $$;

CREATE FUNCTION "torikomi_orders_counted_deleted"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "board_counts" ("shop_id", "what", "n")
  SELECT g.shop_id, w, -sum(g.n) FROM (SELECT shop_id, status, change_state, marks, count(*) AS n FROM old_rows GROUP BY shop_id, status, change_state, marks) g
  CROSS JOIN LATERAL unnest("torikomi_order_counted"(g.status, g.change_state, g.marks)) AS w
  WHERE EXISTS (SELECT FROM "shops" s WHERE s.id = g.shop_id) GROUP BY 1, 2;
  RETURN NULL;
END $$;

CREATE TRIGGER "orders_counted_inserted" AFTER INSERT ON "orders" REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_orders_counted_inserted"();
CREATE TRIGGER "orders_counted_updated" AFTER UPDATE ON "orders" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_orders_counted_updated"();
CREATE TRIGGER "orders_counted_deleted" AFTER DELETE ON "orders" REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_orders_counted_deleted"();

CREATE FUNCTION "torikomi_imports_counted_inserted"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "board_counts" ("shop_id", "what", "n")
  SELECT g.shop_id, w, sum(g.n) FROM (SELECT shop_id, state, purpose, attempts, outcome, count(*) AS n FROM new_rows GROUP BY shop_id, state, purpose, attempts, outcome) g
  CROSS JOIN LATERAL unnest("torikomi_import_counted"(g.state, g.purpose, g.attempts, g.outcome)) AS w GROUP BY 1, 2;
  RETURN NULL;
END $$;

CREATE FUNCTION "torikomi_imports_counted_updated"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "board_counts" ("shop_id", "what", "n")
  SELECT g.shop_id, w, sum(g.n) FROM (
    SELECT shop_id, state, purpose, attempts, outcome, sum(by) AS n FROM (
      SELECT shop_id, state, purpose, attempts, outcome, 1 AS by FROM new_rows UNION ALL SELECT shop_id, state, purpose, attempts, outcome, -1 FROM old_rows
    ) d GROUP BY shop_id, state, purpose, attempts, outcome HAVING sum(by) <> 0
  ) g CROSS JOIN LATERAL unnest("torikomi_import_counted"(g.state, g.purpose, g.attempts, g.outcome)) AS w GROUP BY 1, 2 HAVING sum(g.n) <> 0;
  RETURN NULL;
END $$;

CREATE FUNCTION "torikomi_imports_counted_deleted"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "board_counts" ("shop_id", "what", "n")
  SELECT g.shop_id, w, -sum(g.n) FROM (SELECT shop_id, state, purpose, attempts, outcome, count(*) AS n FROM old_rows GROUP BY shop_id, state, purpose, attempts, outcome) g
  CROSS JOIN LATERAL unnest("torikomi_import_counted"(g.state, g.purpose, g.attempts, g.outcome)) AS w
  WHERE EXISTS (SELECT FROM "shops" s WHERE s.id = g.shop_id) GROUP BY 1, 2;
  RETURN NULL;
END $$;

CREATE TRIGGER "import_requests_counted_inserted" AFTER INSERT ON "import_requests" REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_imports_counted_inserted"();
CREATE TRIGGER "import_requests_counted_updated" AFTER UPDATE ON "import_requests" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_imports_counted_updated"();
CREATE TRIGGER "import_requests_counted_deleted" AFTER DELETE ON "import_requests" REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_imports_counted_deleted"();

-- What is there already. Creating the triggers has stopped writing to both tables until this is committed, so nothing is missed.
CREATE FUNCTION "torikomi_count_anew"() RETURNS VOID LANGUAGE sql AS $$
  DELETE FROM "board_counts";
  INSERT INTO "board_counts" ("shop_id", "what", "n")
  SELECT g.shop_id, w, sum(g.n) FROM (
    SELECT shop_id, status, change_state, marks, count(*) AS n FROM "orders"
    WHERE status IN ('auto_imported', 'new', 'awaiting_payment', 'ready_to_ship', 'on_hold') OR change_state <> 'none' GROUP BY 1, 2, 3, 4
  ) g CROSS JOIN LATERAL unnest("torikomi_order_counted"(g.status, g.change_state, g.marks)) AS w GROUP BY 1, 2;
  INSERT INTO "board_counts" ("shop_id", "what", "n")
  SELECT g.shop_id, w, sum(g.n) FROM (
    SELECT shop_id, state, purpose, attempts, outcome, count(*) AS n FROM "import_requests" WHERE state IN ('waiting', 'failed') GROUP BY 1, 2, 3, 4, 5
  ) g CROSS JOIN LATERAL unnest("torikomi_import_counted"(g.state, g.purpose, g.attempts, g.outcome)) AS w GROUP BY 1, 2;
$$;
SELECT "torikomi_count_anew"();

-- The tokens of what is there already take minutes where there are a million orders, so the service makes them beside its work
-- (src/orders/item-search.ts); until then the item search reads all texts, as it did.
INSERT INTO "data_steps" ("name", "place") SELECT 'item_search', CASE WHEN EXISTS (SELECT FROM "orders") THEN NULL ELSE 'done' END;
