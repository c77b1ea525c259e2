-- DropIndex
DROP INDEX "import_requests_sealed";

-- CreateIndex
CREATE INDEX "import_requests_sealed" ON "import_requests"("finished_at") WHERE ((sealed_raw IS NOT NULL) OR (sealed_mall_message IS NOT NULL));

-- CreateIndex
CREATE INDEX "mails_seen_at_id_idx" ON "mails"("seen_at", "id");
