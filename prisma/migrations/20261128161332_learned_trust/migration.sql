-- AlterTable
ALTER TABLE "mails" ADD COLUMN     "path" BYTEA;

-- CreateIndex
CREATE INDEX "mails_by_path" ON "mails"("mailbox_id", "path", "seen_at") WHERE (path IS NOT NULL);
