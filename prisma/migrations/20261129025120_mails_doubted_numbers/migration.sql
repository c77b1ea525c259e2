-- CreateIndex
CREATE INDEX "mails_doubted_numbers" ON "mails" USING GIN ("order_numbers" array_ops) WHERE (trust = 'unknown'::text);
