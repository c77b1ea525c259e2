import { bootstrap, DefaultLogger, dummyPaymentHandler, LogLevel } from '@vendure/core'

/** A Vendure as its own documents start it, on Postgres: DATABASE_URL, PORT. */
const { hostname: host, port, username, password, pathname } = new URL(process.env.DATABASE_URL)
await bootstrap({
  apiOptions: {
    port: Number(process.env.PORT),
    hostname: '127.0.0.1',
    adminApiPath: 'admin-api',
    shopApiPath: 'shop-api',
  },
  authOptions: {
    tokenMethod: ['bearer'],
    superadminCredentials: { identifier: 'superadmin', password: 'superadmin' },
    cookieOptions: { secret: 'of-a-test' },
  },
  dbConnectionOptions: {
    type: 'postgres',
    host,
    port: Number(port),
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
    synchronize: true,
  },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  logger: new DefaultLogger({ level: LogLevel.Error }),
  plugins: [],
})
process.stdout.write('ready\n')
