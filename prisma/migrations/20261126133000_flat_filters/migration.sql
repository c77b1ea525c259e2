-- CreateIndex
CREATE INDEX "orders_tenant_id_payment_kind_ordered_at_id_idx" ON "orders"("tenant_id", "payment_kind", "ordered_at", "id");

-- CreateIndex
CREATE INDEX "orders_held" ON "orders"("tenant_id", "ordered_at", "id") WHERE (cardinality(holds) > 0);

-- By what the end of an order's number is found, beside the tokens of its items and hashed like them, with tenant and month: its last two, three and
-- four characters, so that an end of any length has one. No item has a token of three characters.
CREATE FUNCTION "torikomi_number_token"("tenant" UUID, "month" INTEGER, "ending" TEXT) RETURNS INTEGER LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT hashtext("tenant"::text || "month"::text || '#' || right("ending", 4))
$$;

CREATE FUNCTION "torikomi_number_tokens"("tenant" UUID, "month" INTEGER, "number" TEXT) RETURNS INTEGER[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ARRAY(SELECT DISTINCT "torikomi_number_token"("tenant", "month", right(lower("number"), n)) FROM generate_series(2, 4) AS n)
$$;

CREATE OR REPLACE FUNCTION "torikomi_item_searchable"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "order_item_search" ("order_id", "tokens")
  VALUES (NEW.id, "torikomi_item_tokens"(NEW.tenant_id, "torikomi_month"(NEW.ordered_at), NEW.items_text)
    || "torikomi_number_tokens"(NEW.tenant_id, "torikomi_month"(NEW.ordered_at), NEW.order_number))
  ON CONFLICT ("order_id") DO UPDATE SET tokens = excluded.tokens;
  RETURN NULL;
END $$;

-- Each order has a number, if not an item.
CREATE OR REPLACE TRIGGER "orders_item_inserted" AFTER INSERT ON "orders"
  FOR EACH ROW EXECUTE FUNCTION "torikomi_item_searchable"();

-- As for the items: the service makes them beside its work for what is there already (src/orders/item-search.ts), and until then reads all numbers.
INSERT INTO "data_steps" ("name", "place") SELECT 'number_ends', CASE WHEN EXISTS (SELECT FROM "orders") THEN NULL ELSE 'done' END;
