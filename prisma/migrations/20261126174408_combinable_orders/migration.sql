-- CreateIndex
CREATE INDEX "orders_combinable" ON "orders"("id") WHERE (marks @> '{combinable}'::text[]);

-- CreateIndex
CREATE INDEX "orders_combinable_gone" ON "orders"("id") WHERE ((marks @> '{combinable}'::text[]) AND ((mall_state IS DISTINCT FROM 'open'::text) OR (status = ANY (ARRAY['shipped'::order_status, 'completed'::order_status, 'cancelled'::order_status]))));
