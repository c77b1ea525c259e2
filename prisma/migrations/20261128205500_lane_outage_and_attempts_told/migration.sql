-- AlterTable
ALTER TABLE "shops" ADD COLUMN     "lane_outage" BOOLEAN NOT NULL DEFAULT false;

-- The board is told of each attempt too, and not only of what ended: 要確認 counts them, and whoever pressed 今すぐ取り込む waits for it.
CREATE OR REPLACE FUNCTION "torikomi_imports_updated"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "board_counts" ("shop_id", "what", "n")
  SELECT g.shop_id, w, sum(g.n) FROM (
    SELECT shop_id, state, purpose, attempts, outcome, sum(by) AS n FROM (
      SELECT shop_id, state, purpose, attempts, outcome, 1 AS by FROM new_rows UNION ALL SELECT shop_id, state, purpose, attempts, outcome, -1 FROM old_rows
    ) d GROUP BY shop_id, state, purpose, attempts, outcome HAVING sum(by) <> 0
  ) g CROSS JOIN LATERAL unnest("torikomi_import_counted"(g.state, g.purpose, g.attempts, g.outcome)) AS w GROUP BY 1, 2 HAVING sum(g.n) <> 0;
  PERFORM "torikomi_tell"(t.tenant_id, 'counts', '{}')
  FROM (SELECT DISTINCT n.tenant_id FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE o.state <> n.state OR o.attempts <> n.attempts) t;
  RETURN NULL;
END $$;
