-- AlterTable
ALTER TABLE "webhook_deliveries" ADD COLUMN     "epoch" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "webhooks" ADD COLUMN     "reset_at" TIMESTAMPTZ(3),
ADD COLUMN     "reset_code" TEXT;

-- CreateTable
CREATE TABLE "feed_history" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "epoch" TEXT NOT NULL DEFAULT '',
    "xid" BIGINT NOT NULL,
    "event_id" BIGINT NOT NULL,
    "place" TEXT,
    "begun_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "feed_history_pkey" PRIMARY KEY ("id")
);

-- Before this migration the oldest row that is left told from where the feed is whole; a new database begins at its present.
INSERT INTO "feed_history" ("xid", "event_id")
SELECT coalesce(o.xid, s.oldest - 1), coalesce(o.id, 9223372036854775807)
FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest) s
LEFT JOIN (SELECT xid, id FROM "events" ORDER BY xid, id LIMIT 1) o ON true;

-- An earlier release restored rows of this table without their sequence: every order that it counted was refused from then on.
SELECT setval(seq, greatest(nextval(seq), (SELECT max(id) FROM "board_counts")))
FROM (SELECT pg_get_serial_sequence('board_counts', 'id')::regclass AS seq) s;
