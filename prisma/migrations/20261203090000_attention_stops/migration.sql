-- Whether the attention of a shop stops its work, said once for every statement. Generated, so that a process of before, which knows no such
-- column, writes it as well. The table is small: one row a shop. Another code that stops nothing is added by another migration.
ALTER TABLE "shops" ADD COLUMN     "attention_stops" BOOLEAN NOT NULL
  GENERATED ALWAYS AS (coalesce("attention_code", 'ORDER_FILE_FAILED') <> 'ORDER_FILE_FAILED') STORED;
