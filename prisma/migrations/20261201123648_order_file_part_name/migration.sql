-- Sealed columns are found by the beginning of their names, so that no change of keys forgets one.
ALTER TABLE "order_file_parts" RENAME COLUMN "sealed" TO "sealed_part";
