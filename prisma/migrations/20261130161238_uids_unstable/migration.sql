-- AlterTable
ALTER TABLE "mailboxes" ADD COLUMN     "read_until" TIMESTAMPTZ(3),
ADD COLUMN     "uids_unstable_since" TIMESTAMPTZ(3);
