-- AlterTable
ALTER TABLE "import_requests" ADD COLUMN     "retries" JSONB NOT NULL DEFAULT '[]';

-- CreateTable
CREATE TABLE "shop_waits" (
    "id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "code" TEXT,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "until_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "shop_waits_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "shop_waits_shop_id_from_at_idx" ON "shop_waits"("shop_id", "from_at");

-- CreateIndex
CREATE INDEX "shop_waits_from_at_idx" ON "shop_waits"("from_at");

-- AddForeignKey
ALTER TABLE "shop_waits" ADD CONSTRAINT "shop_waits_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shops"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Every path that closes or opens a shop's lane, puts it under attention, or switches it on or off is told here. Times are
-- those of `updated_at`: the clock of whoever wrote the row. (Triggers are not in schema.prisma.)
CREATE FUNCTION "torikomi_shop_waits"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."lane_closed_until" IS DISTINCT FROM OLD."lane_closed_until" THEN
    UPDATE "shop_waits" SET "ended_at" = NEW."updated_at"
      WHERE "shop_id" = NEW."id" AND "kind" = 'lane_closed' AND "ended_at" IS NULL AND "until_at" > NEW."updated_at";
    IF NEW."lane_closed_until" > NEW."updated_at" THEN
      INSERT INTO "shop_waits" ("id", "shop_id", "kind", "code", "from_at", "until_at")
      VALUES (gen_random_uuid(), NEW."id", 'lane_closed', NEW."lane_closed_reason", NEW."updated_at", NEW."lane_closed_until");
    END IF;
  END IF;
  IF NEW."attention_code" IS DISTINCT FROM OLD."attention_code" THEN
    UPDATE "shop_waits" SET "ended_at" = NEW."updated_at"
      WHERE "shop_id" = NEW."id" AND "kind" = 'attention' AND "ended_at" IS NULL;
    IF NEW."attention_code" IS NOT NULL THEN
      INSERT INTO "shop_waits" ("id", "shop_id", "kind", "code", "from_at")
      VALUES (gen_random_uuid(), NEW."id", 'attention', NEW."attention_code", NEW."updated_at");
    END IF;
  END IF;
  IF NEW."enabled" IS DISTINCT FROM OLD."enabled" THEN
    UPDATE "shop_waits" SET "ended_at" = NEW."updated_at"
      WHERE "shop_id" = NEW."id" AND "kind" = 'disabled' AND "ended_at" IS NULL;
    IF NOT NEW."enabled" THEN
      INSERT INTO "shop_waits" ("id", "shop_id", "kind", "from_at")
      VALUES (gen_random_uuid(), NEW."id", 'disabled', NEW."updated_at");
    END IF;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "shops_waits" AFTER UPDATE OF "lane_closed_until", "attention_code", "enabled" ON "shops"
  FOR EACH ROW EXECUTE FUNCTION "torikomi_shop_waits"();
