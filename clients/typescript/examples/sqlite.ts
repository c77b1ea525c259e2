import { DatabaseSync } from 'node:sqlite'
import { type OrderStore, pull, Torikomi } from '../src/index.ts'

/**
 * Orders and position in one database file, written in one transaction: `node sqlite.ts <file>`, with TORIKOMI_URL and
 * TORIKOMI_API_KEY set. Put an older copy of the file back, and the next pull brings what it misses.
 */
export function sqliteStore(db: DatabaseSync): OrderStore {
  db.exec(`
    create table if not exists orders (shop text, number text, id text not null, body text not null, primary key (shop, number));
    create table if not exists torikomi (name text primary key, position text not null)`)
  const put = db.prepare('insert or replace into orders (shop, number, id, body) values (?, ?, ?, ?)')
  const remove = db.prepare('delete from orders where id = ?')
  const read = db.prepare('select position from torikomi where name = ?')
  const keep = db.prepare('insert or replace into torikomi (name, position) values (?, ?)')
  const kept = (name: string) => (read.get(name)?.position as string | undefined) ?? null
  const together = <T>(work: () => T): T => {
    db.exec('begin immediate')
    try {
      const done = work()
      db.exec('commit')
      return done
    } catch (error) {
      db.exec('rollback')
      throw error
    }
  }
  return {
    position: async () => kept('orders'),
    save: async (orders, position, { after }) =>
      together(() => {
        // Another program with the same file was faster: it has stored this batch.
        if (kept('orders') !== after) return false
        for (const order of orders) put.run(order.shopId, order.orderNumber, order.id, JSON.stringify(order))
        keep.run('orders', position)
      }),
    erasures: {
      position: async () => kept('erasures'),
      erase: async (orderIds, position) =>
        together(() => {
          for (const id of orderIds) remove.run(id)
          if (position !== null) keep.run('erasures', position)
        }),
    },
  }
}

const [, , file] = process.argv
if (file) {
  const { TORIKOMI_URL = '', TORIKOMI_API_KEY = '', TORIKOMI_BATCH = '200' } = process.env
  const client = new Torikomi({ url: TORIKOMI_URL, apiKey: TORIKOMI_API_KEY })
  const db = new DatabaseSync(file)
  console.log(`${await pull(client, sqliteStore(db), { limit: Number(TORIKOMI_BATCH) })} orders`)
  db.close()
}
