-- AlterTable
ALTER TABLE "tenants" ADD COLUMN     "feed_event_id" BIGINT,
ADD COLUMN     "feed_xid" BIGINT;

-- What was forgotten until now is known for all tenants together only.
UPDATE "tenants" SET "feed_xid" = h."xid", "feed_event_id" = h."event_id" FROM "feed_history" h;
