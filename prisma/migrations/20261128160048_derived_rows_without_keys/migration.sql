-- First of all: whoever writes an order holds this table before those that are derived from it, so neither waits for the other in a circle.
LOCK TABLE "orders" IN ACCESS EXCLUSIVE MODE;

-- DropForeignKey
ALTER TABLE "order_item_search" DROP CONSTRAINT "order_item_search_order_id_fkey";

-- DropForeignKey
ALTER TABLE "order_search" DROP CONSTRAINT "order_search_order_id_fkey";

-- Deletes what is derived from orders with them. As the owner of the tables: a policy finds the tenant of order_item_search through its order, which is gone.
CREATE FUNCTION "torikomi_orders_deleted"() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM "order_search" s USING old_rows o WHERE s.order_id = o.id;
  DELETE FROM "order_item_search" s USING old_rows o WHERE s.order_id = o.id;
  DELETE FROM "order_marks" m USING old_rows o
  WHERE m.tenant_id = o.tenant_id AND m.mark = ANY (o.marks) AND m.ordered_at = o.ordered_at AND m.order_id = o.id;
  RETURN NULL;
END $$;
DROP TRIGGER "orders_marked_deleted" ON "orders";
CREATE TRIGGER "orders_deleted" AFTER DELETE ON "orders" REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_orders_deleted"();

-- STAGE inserts the tokens of its orders. Makes them for what an older process stages beside it, or after a step back, in one go for the statement.
CREATE FUNCTION "torikomi_items_searchable"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "order_item_search" ("order_id", "tokens")
  SELECT n.id, "torikomi_item_tokens"(n.tenant_id, "torikomi_month"(n.ordered_at), n.items_text)
    || "torikomi_number_tokens"(n.tenant_id, "torikomi_month"(n.ordered_at), n.order_number)
  FROM new_rows n WHERE NOT EXISTS (SELECT FROM "order_item_search" s WHERE s.order_id = n.id);
  RETURN NULL;
END $$;
DROP TRIGGER "orders_item_inserted" ON "orders";
CREATE TRIGGER "orders_item_inserted" AFTER INSERT ON "orders" REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_items_searchable"();
