import { defineConfig } from 'prisma/config'

// The schema alone: the service itself applies migrations (src/platform/db), so no URL belongs here.
export default defineConfig({ schema: 'prisma/schema.prisma' })
