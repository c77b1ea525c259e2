-- An order that is staged is written into 8 indexes in place of 11, and an import request that ends into one less. Lists by payment, by the state of
-- a change and of orders without a tracking number read staged orders by their status, and the others by these; the pull, which writes every index
-- of an order anew, adds them. A process of the release before still finds all orders; such a list of its reads more of them meanwhile.
-- Built before the old ones are dropped, while all are read and written.

-- CreateIndex
CREATE INDEX CONCURRENTLY IF NOT EXISTS "orders_by_change_state" ON "orders"("tenant_id", "change_state", "ordered_at", "id") WHERE (status <> 'auto_imported'::order_status);

-- CreateIndex
CREATE INDEX CONCURRENTLY IF NOT EXISTS "orders_by_payment" ON "orders"("tenant_id", "payment_kind", "ordered_at", "id") WHERE (status <> 'auto_imported'::order_status);

-- CreateIndex
CREATE INDEX CONCURRENTLY IF NOT EXISTS "orders_without_tracking" ON "orders"("tenant_id", "ordered_at", "id") WHERE ((tracked_parcels = 0) AND (status <> 'auto_imported'::order_status));

-- CreateIndex
CREATE INDEX CONCURRENTLY IF NOT EXISTS "import_requests_waiting" ON "import_requests"("shop_id", "priority", "next_attempt_at") WHERE (state = 'waiting'::import_state);

-- DropIndex
DROP INDEX CONCURRENTLY IF EXISTS "orders_tenant_id_change_state_ordered_at_id_idx";

-- DropIndex
DROP INDEX CONCURRENTLY IF EXISTS "orders_tenant_id_payment_kind_ordered_at_id_idx";

-- DropIndex
DROP INDEX CONCURRENTLY IF EXISTS "orders_untracked";

-- DropIndex
DROP INDEX CONCURRENTLY IF EXISTS "import_requests_shop_id_state_priority_next_attempt_at_idx";
