-- Which process has a shop's turn. A process of the release before knows nothing of it and goes by the queue's own locks: while both run, a
-- shop may have two turns at once (docs/decisions/turn-lease.md). A row is written twice a turn, each time in its place.
CREATE TABLE "shop_turns" (
  "shop_id" UUID NOT NULL,
  "holder" UUID NOT NULL,
  "lease_until" TIMESTAMPTZ(3),
  "wanted" BOOLEAN NOT NULL DEFAULT false,
  "released" UUID,
  CONSTRAINT "shop_turns_pkey" PRIMARY KEY ("shop_id")
) WITH (fillfactor = 50);
ALTER TABLE "shop_turns" ADD CONSTRAINT "shop_turns_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;
