-- CreateIndex
CREATE INDEX "mails_unasked_numbers" ON "mails" USING GIN ("order_numbers" array_ops) WHERE (reason IS NOT NULL);
