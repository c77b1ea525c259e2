-- AlterTable
ALTER TABLE "staff_accounts" ADD COLUMN     "sealed_oidc" BYTEA;
