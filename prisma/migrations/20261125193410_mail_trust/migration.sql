-- AlterTable
ALTER TABLE "import_requests" ADD COLUMN     "trust" TEXT;

-- AlterTable
ALTER TABLE "mailboxes" ADD COLUMN     "authserv_id" TEXT,
ADD COLUMN     "mails_skipped" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "skipped_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "mails" ADD COLUMN     "trust" TEXT;

-- CreateIndex
CREATE INDEX "import_requests_doubtful" ON "import_requests"("shop_id", "next_attempt_at") WHERE ((state = 'waiting'::import_state) AND (trust = 'unknown'::text));
