-- DropIndex
DROP INDEX "mailboxes_enabled_lease_until_idx";

-- AlterTable
ALTER TABLE "mailboxes" ADD COLUMN     "quiet_expected" INTEGER,
ADD COLUMN     "quiet_since" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "mailbox_days" (
    "mailbox_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "hours" INTEGER[],

    CONSTRAINT "mailbox_days_pkey" PRIMARY KEY ("mailbox_id","day")
);

-- CreateTable
CREATE TABLE "listeners" (
    "id" TEXT NOT NULL,
    "alive_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "listeners_pkey" PRIMARY KEY ("id")
);

-- AddForeignKey
ALTER TABLE "mailbox_days" ADD CONSTRAINT "mailbox_days_mailbox_id_fkey" FOREIGN KEY ("mailbox_id") REFERENCES "mailboxes"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The board shows it, so whoever looks at the board is told.
DROP TRIGGER "mailboxes_updated" ON "mailboxes";
CREATE TRIGGER "mailboxes_updated" AFTER UPDATE ON "mailboxes"
  FOR EACH ROW WHEN (OLD.attention_code IS DISTINCT FROM NEW.attention_code OR OLD.state IS DISTINCT FROM NEW.state
    OR OLD.quiet_since IS DISTINCT FROM NEW.quiet_since OR OLD.name IS DISTINCT FROM NEW.name)
  EXECUTE FUNCTION "torikomi_mailbox_told"();
