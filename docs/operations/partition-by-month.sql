-- Makes order_events, order_raws and order_search tables of one partition a month, by the time that is in their ids (UUID v7).
-- What is there stays where it is, as the partition of all months up to this one. Run it once, while no process of the
-- service runs: it is one transaction and reads the tables once. Afterwards call torikomi_add_months at the start of each
-- month, or once a year; a row of a month without a partition goes to the default one and is not lost.

create or replace function torikomi_first_id(at timestamptz) returns uuid language sql immutable as $$
  select (regexp_replace(lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0'), '^(.{8})(.{4})$', '\1-\2')
    || '-0000-0000-000000000000')::uuid
$$;

create or replace function torikomi_add_months(months int) returns void language plpgsql as $$
declare
  name text;
  first timestamptz;
begin
  foreach name in array array['order_events', 'order_raws', 'order_search'] loop
    for n in 1..months loop
      first := date_trunc('month', now(), 'UTC') + make_interval(months => n);
      execute format('create table if not exists %I partition of %I for values from (%L) to (%L)',
        name || to_char(first at time zone 'UTC', '_YYYY_MM'), name,
        torikomi_first_id(first), torikomi_first_id(first + interval '1 month'));
    end loop;
  end loop;
end
$$;

do $$
declare
  name text;
  key text;
  old text;
  index text;
  link record;
begin
  foreach name in array array['order_events', 'order_raws', 'order_search'] loop
    key := case name when 'order_events' then 'id' else 'order_id' end;
    old := name || '_before';
    execute format('alter table %I rename to %I', name, old);
    for index in select indexname from pg_indexes where schemaname = 'public' and tablename = old loop
      execute format('alter index %I rename to %I', index, left(index, 55) || '_before');
    end loop;
    execute format('create table %I (like %I including all) partition by range (%I)', name, old, key);
    for link in select conname, pg_get_constraintdef(oid) as def from pg_constraint
      where conrelid = old::regclass and contype = 'f' loop
      execute format('alter table %I add constraint %I %s', name, link.conname, link.def);
    end loop;
    execute format('alter table %I attach partition %I for values from (minvalue) to (%L)',
      name, old, torikomi_first_id(date_trunc('month', now(), 'UTC') + interval '1 month'));
    execute format('create table %I partition of %I default', name || '_default', name);
  end loop;
end
$$;

select torikomi_add_months(13);
