-- CreateIndex
CREATE INDEX "import_requests_sealed" ON "import_requests"("finished_at") WHERE (sealed_raw IS NOT NULL);

-- CreateIndex
CREATE INDEX "mails_sealed" ON "mails"("seen_at") WHERE (sealed_mail IS NOT NULL);

-- CreateIndex
CREATE INDEX "orders_kept_unpulled" ON "orders"("updated_at") WHERE ((purged_at IS NULL) AND (pulled_at IS NULL));
