import pg from 'pg'

/**
 * Tells when an order's row is committed, the same way for the floor and for the service: a trigger that the
 * bench adds to both tables notifies with the order number, and Postgres delivers it at commit.
 */
export interface Arrivals {
  /** performance.now() at which the number's commit was heard. */
  of(orderNumber: string): Promise<number>
  count(): number
  reached(count: number): Promise<number>
  close(): Promise<void>
}

export async function listenForArrivals(url: string, table: 'orders' | 'floor_orders'): Promise<Arrivals> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  if (table === 'floor_orders')
    await client.query('CREATE TABLE IF NOT EXISTS floor_orders (order_number text PRIMARY KEY, body text)')
  await client.query(`
    CREATE OR REPLACE FUNCTION bench_notify() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_notify('bench', NEW.order_number); RETURN NULL; END $$;
    DROP TRIGGER IF EXISTS bench_notify ON ${table};
    CREATE TRIGGER bench_notify AFTER INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION bench_notify();
    LISTEN bench;`)
  const seen = new Map<string, number>()
  const waiting = new Map<string, (at: number) => void>()
  let goal: { count: number; resolve: (at: number) => void } | null = null
  client.on('notification', ({ payload }) => {
    const at = performance.now()
    if (!payload || seen.has(payload)) return
    seen.set(payload, at)
    waiting.get(payload)?.(at)
    if (goal && seen.size >= goal.count) goal.resolve(at)
  })
  return {
    of: (orderNumber) =>
      new Promise((resolve) => {
        const at = seen.get(orderNumber)
        if (at !== undefined) resolve(at)
        else waiting.set(orderNumber, resolve)
      }),
    count: () => seen.size,
    reached: (count) =>
      new Promise((resolve) => {
        if (seen.size >= count) resolve(performance.now())
        else goal = { count, resolve }
      }),
    close: () => client.end(),
  }
}
