-- AlterTable
ALTER TABLE "webhook_deliveries" ADD COLUMN     "attempt_log" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "attempts_before" INTEGER NOT NULL DEFAULT 0;
