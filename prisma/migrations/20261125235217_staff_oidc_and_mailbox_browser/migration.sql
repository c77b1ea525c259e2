-- AlterTable
ALTER TABLE "mailbox_consents" ADD COLUMN     "browser_hash" BYTEA;

-- AlterTable
ALTER TABLE "staff_accounts" ADD COLUMN     "sealed_oidc" BYTEA;
