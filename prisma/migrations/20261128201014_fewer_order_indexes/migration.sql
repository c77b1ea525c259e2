-- An order that is staged is written into 11 indexes in place of 14. Nothing reads orders_kept_unpulled any more: retention finds what was never
-- handed over by orders_kept. What goes by a pull or by the time of one finds only orders that have one.
-- A process of the release before goes on: its statements are the same, and both partial indexes serve them.
-- Built before the old ones are dropped, so that reading waits only for the end.

-- CreateIndex
CREATE INDEX "orders_of_pull" ON "orders"("pull_id", "pull_position") WHERE (pull_id IS NOT NULL);

-- CreateIndex
CREATE INDEX "orders_kept_pulled" ON "orders"("pulled_at") WHERE ((purged_at IS NULL) AND (pulled_at IS NOT NULL));

-- DropIndex
DROP INDEX "orders_kept_unpulled";

-- DropIndex
DROP INDEX "orders_pull_id_pull_position_idx";

-- DropIndex
DROP INDEX "orders_purged_at_pulled_at_idx";
