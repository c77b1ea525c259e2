/**
 * Of a script as Prisma writes it, the indexes of tables that are there: they become a migration of their
 * own, which builds them while all read and write. Unique ones stay: until such an index is whole it refuses
 * nothing.
 */
export function splitIndexes(script: string): { within: string; online: string } {
  const isNew = (table: string) => script.includes(`CREATE TABLE "${table}"`)
  const built: string[] = []
  const dropped: string[] = []
  const within = script
    .split(
      /\n(?=-- (?:CreateIndex|DropIndex|CreateTable|DropTable|AlterTable|AddForeignKey|CreateEnum|AlterEnum)\b)/,
    )
    .filter((part) => {
      const [, table] = /^CREATE INDEX "\w+" ON "(\w+)"/m.exec(part) ?? []
      if (table !== undefined && !isNew(table)) {
        built.push(part.replace('CREATE INDEX "', 'CREATE INDEX CONCURRENTLY IF NOT EXISTS "'))
        return false
      }
      if (!/^DROP INDEX "/m.test(part)) return true
      dropped.push(part.replace('DROP INDEX "', 'DROP INDEX CONCURRENTLY IF EXISTS "'))
      return false
    })
    .join('\n')
  // What leads to the rows is there before the old one goes.
  return { within, online: [...built, ...dropped].map((part) => `${part.trim()}\n`).join('\n') }
}
