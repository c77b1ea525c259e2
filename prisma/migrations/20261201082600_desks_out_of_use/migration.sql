-- A process of the release before knows none of these columns: it makes no batch for a desk out of use by a trigger, and does not note what was
-- confirmed, which its next pull by this release does.
-- AlterTable
ALTER TABLE "desks" ADD COLUMN     "closed_at" TIMESTAMPTZ(3),
ADD COLUMN     "confirmed" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "went_back" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "went_back_since" TIMESTAMPTZ(3);

-- The last batch was made for a client that had the one before.
UPDATE "desks" SET "confirmed" = greatest("number" - 1, 0);
