import { createClient } from '../../src/platform/db/hosts.ts'
import type { SeenState } from './history.ts'

/**
 * What a run hangs into the service's database, past the gate: a disk that is full, and an eye on sweeps,
 * requests and shops.
 */
export interface Hooks {
  /**
   * While true every insert and update of the service and its queue is refused as Postgres does when its disk
   * is full.
   */
  fillDisk(full: boolean): Promise<void>
  /** Lets the time come at which a shop of this mall that waits for a person is looked at again by itself. */
  makeProbeDue(mall: string): Promise<void>
  /**
   * Lets the time come at which calls that were sent before then, and whose answer was lost, are surely over
   * at their mall: an order that does not show one may be written anew.
   * @returns how many changes waited for it
   */
  settleLostCalls(sentBefore: Date): Promise<number>
  sweeps(): Promise<SweepCounts>
  /** What the rows said at each moment, by the server's own clock, oldest first. */
  states(): Promise<SeenState[]>
}

export interface SweepCounts {
  /** Windows of a mall's list that had more than one page. */
  paged: number
  /**
   * Those of them that changed while they were read: a further reading named orders that the ones before had
   * not.
   */
  shifted: number
}

/** After the service has made its tables. */
export async function hangHooks(url: () => string): Promise<Hooks> {
  const query = async (text: string, values: unknown[] = []) => {
    const client = createClient(url())
    client.on('error', () => undefined)
    await client.connect()
    try {
      return (await client.query(text, values)).rows
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  await query(MAKE)
  for (const { name } of await query(TABLES))
    await query(`create or replace trigger chaos_disk before insert or update on ${name}
      for each statement execute function chaos.refuse_when_full()`)
  return {
    fillDisk: async (full) => void (await query('update chaos.disk set is_full = $1', [full])),
    makeProbeDue: async (mall) =>
      void (await query(
        'update shops set attention_probe_at = now() where marketplace::text = $1 and attention_probe_at > now()',
        [mall],
      )),
    settleLostCalls: async (sentBefore) => (await query(SETTLE, [sentBefore])).length,
    async sweeps() {
      const [counts] = await query(SWEEPS)
      return counts as SweepCounts
    },
    states: async () => (await query(SEEN)).map(({ state }) => state as SeenState),
  }
}

/** Milliseconds since 1970 of a column, as it stands in JSON. */
const MS = (column: string): string => `round(extract(epoch from (shown->>'${column}')::timestamptz) * 1000)`

const MAKE = `
create schema chaos;
create table chaos.disk (is_full bool not null);
insert into chaos.disk values (false);
create table chaos.sweep_steps (shop_id uuid, window_from timestamptz, pass int, second_page bool, found bool);
create function chaos.refuse_when_full() returns trigger language plpgsql security definer as $$
begin
  if (select is_full from chaos.disk) then
    raise exception 'could not extend file "base/16384/24576": No space left on device'
      using errcode = '53100', hint = 'Check free disk space.';
  end if;
  return null;
end $$;
create function chaos.note_step() returns trigger language plpgsql security definer as $$
begin
  insert into chaos.sweep_steps
    values (new.shop_id, new.window_from, new.pass, new.page is not null,
      new.pass > 1 or (new.pass > 0 and new.pass_new > 0));
  return null;
end $$;
create trigger chaos_steps after update on shop_sweeps for each row when (new.window_from is not null)
  execute function chaos.note_step();
create table chaos.states (n bigserial, at timestamptz default clock_timestamp(), what text, shop_id uuid, number text, more jsonb);
create function chaos.note_state() returns trigger language plpgsql security definer as $$
declare shown jsonb := coalesce(to_jsonb(new), to_jsonb(old));
begin
  insert into chaos.states (what, shop_id, number, more) values (tg_argv[0], (shown->>tg_argv[1])::uuid, shown->>'order_number',
    case tg_argv[0]
      when 'request' then jsonb_build_object('state', case tg_op when 'DELETE' then '"gone"' else shown->'state' end, 'outcome', shown->'outcome', 'trust', shown->'trust',
        'attempts', shown->'attempts')
      when 'shop' then jsonb_build_object('closedUntil', ${MS('lane_closed_until')}, 'attention', shown->'attention_code',
        'enabled', shown->'enabled')
      when 'quota' then jsonb_build_object('until', ${MS('until_at')})
      else '{}' end);
  return null;
end $$;
create function chaos.note_unreadable() returns trigger language plpgsql security definer as $$
begin
  insert into chaos.states (what, shop_id, number, more)
  select 'unreadable', ms.shop_id, number, '{}' from unnest(new.order_numbers) number, mailbox_shops ms where ms.mailbox_id = new.mailbox_id;
  return null;
end $$;
${[
  ['request', 'shop_id', "insert or update on import_requests for each row when (new.purpose = 'import')"],
  ['request', 'shop_id', "delete on import_requests for each row when (old.purpose = 'import')"],
  [
    'shop',
    'id',
    'insert or update of lane_closed_until, attention_code, attention_probe_at, enabled on shops for each row',
  ],
  ['quota', 'shop_id', "insert or update on shop_waits for each row when (new.kind = 'quota')"],
  ['sweep', 'shop_id', 'insert or update on shop_sweeps for each row'],
  ['listed', 'shop_id', 'insert on swept_orders for each row'],
  ['staged', 'shop_id', 'insert on orders for each row'],
]
  .map(
    ([what, shop, when], n) =>
      `create trigger chaos_state_${what}_${n} after ${when} execute function chaos.note_state('${what}', '${shop}');`,
  )
  .join('\n')}
create trigger chaos_state_unreadable after insert on mails for each row when (new.state = 'unreadable' or new.reason is not null)
  execute function chaos.note_unreadable()`

const SEEN = `
select jsonb_build_object('when', round(extract(epoch from c.at) * 1000), 'what', c.what, 'shop', c.shop_id,
  'order', case when c.number is not null then concat(s.marketplace, ' ', c.number) end) || c.more as state
from chaos.states c join shops s on s.id = c.shop_id order by c.n`

const SETTLE = `
update site_changes c set next_attempt_at = $1, steps = (
  select jsonb_agg(case when (s.step->>'settlesAt')::timestamptz > $1
    then jsonb_set(s.step, '{settlesAt}', to_jsonb(to_char($1::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
    else s.step end order by s.position)
  from jsonb_array_elements(c.steps) with ordinality s (step, position))
where c.state = 'changing' and exists (
  select from jsonb_array_elements(c.steps) step
  where step->>'state' = 'sent' and (step->>'sentAt')::timestamptz < $1 and (step->>'settlesAt')::timestamptz > $1)
returning c.id`

const TABLES = `
select format('%I.%I', schemaname, tablename) as name from pg_tables
where schemaname in ('public', 'torikomi_queue', 'torikomi_lanes') and tablename <> '_prisma_migrations'`

const SWEEPS = `
with windows as (
  select bool_or(second_page) as paged, bool_or(found) as shifted
  from chaos.sweep_steps group by shop_id, window_from
)
select count(*) filter (where paged)::int as paged, count(*) filter (where paged and shifted)::int as shifted from windows`
