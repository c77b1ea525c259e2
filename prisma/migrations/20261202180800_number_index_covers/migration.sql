-- A list by the beginning of a number sorts all that have it by time: from the index alone in place of the orders. The number itself is in it because
-- Postgres reads no index alone that has an expression without its column. Built while all are read and written; the one of before goes then.

-- CreateIndex
CREATE INDEX CONCURRENTLY IF NOT EXISTS "orders_by_number" ON "orders"("tenant_id", lower("order_number") text_pattern_ops) INCLUDE ("order_number", "ordered_at", "id");

-- DropIndex
DROP INDEX CONCURRENTLY IF EXISTS "orders_number_prefix";
