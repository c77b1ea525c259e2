-- AlterTable
ALTER TABLE "consent_requests" ADD COLUMN     "code_hash" BYTEA,
ADD COLUMN     "code_tries" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "mailbox_consents" ADD COLUMN     "code_hash" BYTEA,
ADD COLUMN     "code_tries" INTEGER NOT NULL DEFAULT 0;
