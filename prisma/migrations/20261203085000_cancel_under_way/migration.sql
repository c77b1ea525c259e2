-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "cancel_under_way" BOOLEAN NOT NULL DEFAULT false;

-- The trigger of triggers.sql keeps it from here on.
UPDATE "orders" o SET "cancel_under_way" = true FROM "site_changes" c
WHERE c."order_id" = o."id" AND c."action" = 'cancel' AND c."state" IN ('queued', 'changing');
