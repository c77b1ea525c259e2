-- AlterEnum
ALTER TYPE "marketplace" ADD VALUE 'shopify';
