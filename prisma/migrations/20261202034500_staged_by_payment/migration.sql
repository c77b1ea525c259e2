-- Staged orders that staff look for by payment: those whose money or document comes later. Paid ones, as most are, are in no index by payment until
-- they are pulled. Built while all are read and written; it holds the backlog alone.

-- CreateIndex
CREATE INDEX CONCURRENTLY IF NOT EXISTS "orders_staged_by_payment" ON "orders"("tenant_id", "payment_kind", "ordered_at", "id") WHERE ((status = 'auto_imported'::order_status) AND (payment_kind = ANY ('{cod,bank_transfer,convenience_store,deferred,invoice,loan,other}'::text[])));
