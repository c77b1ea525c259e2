-- AlterTable
ALTER TABLE "shops" ADD COLUMN     "sealed_push_secret" BYTEA;
