-- An erasure and a statement that stores hashes wait for each other, by tenant: one that began before the erasure was written has
-- committed by the time the erasure looks for orders, and one that comes after it sees it here. Statements of many tenants take the locks
-- in one order; only an erasure holds one alone, and it holds nothing else.
-- What the order loses is what POST /v1/erasure takes of an order that is here already.
CREATE OR REPLACE FUNCTION "torikomi_erase_again"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('erasure ' || t.tenant_id::text, 0))
  FROM (SELECT DISTINCT n.tenant_id FROM new_rows n ORDER BY 1) t;
  IF NOT EXISTS (SELECT FROM "erasures") THEN RETURN NULL; END IF;
  WITH hit AS (
    SELECT o.id, o.tenant_id, o.shop_id, o.order_number, max(e.at) AS at FROM new_rows n
    JOIN "erasures" e ON e.tenant_id = n.tenant_id AND e.kind = n.kind AND e.hash = n.hash
    JOIN "orders" o ON o.id = n.order_id
    WHERE o.ordered_at <= e.at GROUP BY o.id
  ), raws AS (
    DELETE FROM "order_raws" USING hit WHERE order_id = hit.id
  ), versions AS (
    DELETE FROM "order_versions" USING hit WHERE order_id = hit.id
  ), search AS (
    DELETE FROM "order_search" USING hit WHERE order_id = hit.id
  ), differences AS (
    UPDATE "reimport_orders" r SET sealed_difference = NULL FROM hit WHERE r.order_id = hit.id
  ), mails AS (
    UPDATE "mails" m SET sealed_mail = NULL FROM hit
    WHERE m.tenant_id = hit.tenant_id AND m.sealed_mail IS NOT NULL AND hit.order_number = ANY (m.order_numbers)
  )
  UPDATE "orders" o SET sealed_detail = NULL, sealed_edits = NULL, marks = '{}', purged_at = o.updated_at, erased_at = hit.at,
    version = o.version + 1 FROM hit WHERE o.id = hit.id;
  RETURN NULL;
END $$;

-- An edit or a refresh that met an erasure left these behind; nothing finds them by a hash any more. Looked for once, and only where
-- somebody was erased.
CREATE TEMPORARY TABLE "erased_orders" AS
SELECT id FROM "orders" WHERE erased_at IS NOT NULL AND EXISTS (SELECT FROM "erasures");
DELETE FROM "order_search" USING "erased_orders" o WHERE order_id = o.id;
DELETE FROM "order_versions" USING "erased_orders" o WHERE order_id = o.id;
DELETE FROM "order_raws" USING "erased_orders" o WHERE order_id = o.id;
UPDATE "reimport_orders" r SET sealed_difference = NULL FROM "erased_orders" o WHERE r.order_id = o.id AND r.sealed_difference IS NOT NULL;
-- Marks say what the shop thought of the buyer.
UPDATE "orders" SET marks = '{}' FROM "erased_orders" o WHERE "orders".id = o.id AND cardinality(marks) > 0;
DROP TABLE "erased_orders";
