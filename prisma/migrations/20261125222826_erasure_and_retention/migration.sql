-- AlterTable
ALTER TABLE "import_requests" ADD COLUMN     "sealed_mall_message" BYTEA;

-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "ended_at" TIMESTAMPTZ(3),
ADD COLUMN     "erased_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "erasures" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "hash" BYTEA,
    "sealed_term" BYTEA,
    "orders" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "requested_by" TEXT NOT NULL,

    CONSTRAINT "erasures_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "erasures_tenant_id_kind_hash_idx" ON "erasures"("tenant_id", "kind", "hash");

-- CreateIndex
CREATE INDEX "orders_kept_ended" ON "orders"("marketplace", "ended_at") WHERE ((purged_at IS NULL) AND (ended_at IS NOT NULL));

-- CreateIndex
CREATE INDEX "orders_kept" ON "orders"("marketplace", "staged_at") WHERE (purged_at IS NULL);

-- AddForeignKey
ALTER TABLE "erasures" ADD CONSTRAINT "erasures_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What was ended before: its last change is the latest that its end can have been.
UPDATE "orders" SET "ended_at" = "updated_at" WHERE "mall_state" <> 'open' OR "status" IN ('shipped', 'completed', 'cancelled');
-- They may name a buyer, and only the service can seal them.
UPDATE "import_requests" SET "mall_message" = NULL WHERE "mall_message" IS NOT NULL;

-- Since when an order is over, by whichever statement it came to be so. The time is the service's, as it writes it beside.
CREATE FUNCTION "torikomi_order_ended"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.mall_state = 'open' AND NEW.status NOT IN ('shipped', 'completed', 'cancelled') THEN
    NEW.ended_at := NULL;
  ELSIF NEW.ended_at IS NULL THEN
    NEW.ended_at := greatest(NEW.updated_at, NEW.refreshed_at);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "orders_ended_inserted" BEFORE INSERT ON "orders" FOR EACH ROW EXECUTE FUNCTION "torikomi_order_ended"();
CREATE TRIGGER "orders_ended" BEFORE UPDATE ON "orders" FOR EACH ROW
  WHEN (NEW.mall_state IS DISTINCT FROM OLD.mall_state OR NEW.status IS DISTINCT FROM OLD.status)
  EXECUTE FUNCTION "torikomi_order_ended"();

-- An erased buyer's order of before that comes in now loses its data in the statement that stores it. Where nobody was ever erased it
-- costs one look at an empty table.
CREATE FUNCTION "torikomi_erase_again"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM "erasures") THEN RETURN NULL; END IF;
  WITH hit AS (
    SELECT o.id, max(e.at) AS at FROM new_rows n
    JOIN "erasures" e ON e.tenant_id = n.tenant_id AND e.kind = n.kind AND e.hash = n.hash
    JOIN "orders" o ON o.id = n.order_id
    WHERE o.ordered_at <= e.at GROUP BY o.id
  ), raws AS (
    DELETE FROM "order_raws" USING hit WHERE order_id = hit.id
  ), versions AS (
    DELETE FROM "order_versions" USING hit WHERE order_id = hit.id
  ), search AS (
    DELETE FROM "order_search" USING hit WHERE order_id = hit.id
  )
  UPDATE "orders" o SET sealed_detail = NULL, sealed_edits = NULL, purged_at = o.updated_at, erased_at = hit.at,
    version = o.version + 1 FROM hit WHERE o.id = hit.id;
  RETURN NULL;
END $$;
CREATE TRIGGER "order_search_inserted" AFTER INSERT ON "order_search" REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION "torikomi_erase_again"();
