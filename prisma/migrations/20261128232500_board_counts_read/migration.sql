-- The board's counts are read when somebody asks, in place of being kept by triggers (docs/decisions/board-counts.md); prisma/triggers.sql drops these.
-- A process of the release before reads sums of `board_counts` for its boards and for what a pull leaves. It finds a view that counts as exactly, and
-- which the next release drops. What the triggers insert until they are dropped goes nowhere.
LOCK TABLE "orders", "import_requests", "board_counts" IN ACCESS EXCLUSIVE MODE;

-- DropForeignKey
ALTER TABLE "board_counts" DROP CONSTRAINT "board_counts_shop_id_fkey";

-- DropIndex
DROP INDEX "orders_shop_id_status_ordered_at_id_idx";

-- DropTable
DROP TABLE "board_counts";

-- CreateIndex
CREATE INDEX "import_requests_unusable" ON "import_requests"("shop_id") WHERE ((state = 'waiting'::import_state) AND (attempts >= 2) AND (outcome <> ALL (ARRAY['NOT_FOUND'::text, 'PENDING'::text])));

-- CreateIndex
CREATE INDEX "orders_counted" ON "orders"("shop_id", "status", "ordered_at", "id", "tenant_id");

-- CreateIndex
CREATE INDEX "orders_changing" ON "orders"("shop_id", "change_state", "tenant_id") WHERE (change_state = ANY (ARRAY['queued'::change_state, 'changing'::change_state, 'warning'::change_state, 'failed'::change_state]));

CREATE VIEW "board_counts" WITH (security_invoker = true) AS
SELECT NULL::bigint AS id, s.id AS shop_id, c.what, c.n::int AS n FROM "shops" s CROSS JOIN LATERAL (
  SELECT 'status:auto_imported' AS what, count(*) AS n FROM "orders" o WHERE o.shop_id = s.id AND o.status = 'auto_imported'
  UNION ALL
  SELECT 'status:new' AS what, count(*) AS n FROM "orders" o WHERE o.shop_id = s.id AND o.status = 'new'
  UNION ALL
  SELECT 'status:awaiting_payment' AS what, count(*) AS n FROM "orders" o WHERE o.shop_id = s.id AND o.status = 'awaiting_payment'
  UNION ALL
  SELECT 'status:ready_to_ship' AS what, count(*) AS n FROM "orders" o WHERE o.shop_id = s.id AND o.status = 'ready_to_ship'
  UNION ALL
  SELECT 'status:on_hold' AS what, count(*) AS n FROM "orders" o WHERE o.shop_id = s.id AND o.status = 'on_hold'
  UNION ALL
  SELECT 'change:changing', count(*) FROM "orders" o WHERE o.shop_id = s.id AND o.change_state IN ('queued', 'changing')
  UNION ALL
  SELECT 'change:warning', count(*) FROM "orders" o WHERE o.shop_id = s.id AND o.change_state = 'warning'
  UNION ALL
  SELECT 'change:failed', count(*) FROM "orders" o WHERE o.shop_id = s.id AND o.change_state = 'failed'
  UNION ALL
  SELECT 'mark:' || m, count(*) FROM "orders" o, unnest(o.marks) AS m WHERE o.shop_id = s.id AND o.status = 'auto_imported' GROUP BY m
  UNION ALL
  SELECT 'import:failed', count(*) FROM "import_requests" r WHERE r.shop_id = s.id AND r.state = 'failed'
  UNION ALL
  SELECT 'import:doubtful', count(*) FROM "import_requests" r
  WHERE r.shop_id = s.id AND r.state = 'waiting' AND r.attempts >= 2 AND r.outcome NOT IN ('NOT_FOUND', 'PENDING')
  UNION ALL
  SELECT 'import:waiting', count(*) FROM "import_requests" r
  WHERE r.shop_id = s.id AND r.state = 'waiting' AND r.purpose = 'import' AND (r.attempts < 2 OR r.outcome IN ('NOT_FOUND', 'PENDING'))
) c;
CREATE RULE "board_counts_inserted" AS ON INSERT TO "board_counts" DO INSTEAD NOTHING;

-- Without them there is no process of the release before either.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'torikomi_tenant') AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'torikomi_service') THEN
    GRANT SELECT, INSERT ON "board_counts" TO torikomi_tenant, torikomi_service;
  END IF;
END $$;
