-- AlterTable
ALTER TABLE "order_files" ADD COLUMN     "held_at" TIMESTAMPTZ(3),
ADD COLUMN     "left_out" BYTEA;
