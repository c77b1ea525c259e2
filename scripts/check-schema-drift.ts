import { schemaDiff } from './schema-diff.ts'

/**
 * Exit 1, showing the missing SQL, when schema.prisma and prisma/migrations differ. Part of `npm run check`.
 */
const missing = await schemaDiff()
if (missing === '') {
  process.stdout.write('schema: the migrations make what schema.prisma says\n')
} else {
  process.stderr.write(
    `schema: the migrations do not make what schema.prisma says. Missing (npm run migration -- <name> writes it):\n\n${missing}`,
  )
  process.exitCode = 1
}
