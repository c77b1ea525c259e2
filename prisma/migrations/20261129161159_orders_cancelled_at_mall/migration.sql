-- CreateIndex
CREATE INDEX "orders_cancelled_at_mall" ON "orders"("tenant_id", "ordered_at", "id", "shop_id") WHERE ((mall_state = 'cancelled'::text) AND (status <> ALL (ARRAY['shipped'::order_status, 'completed'::order_status, 'cancelled'::order_status])) AND (purged_at IS NULL));
