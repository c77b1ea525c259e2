-- CreateIndex
CREATE INDEX "import_requests_due" ON "import_requests"("next_attempt_at") WHERE (state = 'waiting'::import_state);

-- CreateIndex
CREATE INDEX "import_scans_due" ON "import_scans"("next_attempt_at") WHERE (state = 'waiting'::import_state);

-- CreateIndex
CREATE INDEX "shops_under_attention" ON "shops"("attention_probe_at") WHERE (attention_code IS NOT NULL);

-- CreateIndex
CREATE INDEX "site_changes_due_of_all" ON "site_changes"("next_attempt_at") WHERE (state = ANY (ARRAY['queued'::change_state, 'changing'::change_state]));
