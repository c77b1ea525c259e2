import { documentOf } from '../../../sandbox/malls/shopify/schema.ts'
import { type Exchange, sentOf } from './exchange.ts'

/** Admin API: its schema. Answers are made by it, so that documents alone can differ. */
export const shopifyComplaints = (exchange: Exchange): string[] =>
  exchange.operation === 'graphql.json'
    ? documentOf(JSON.parse(sentOf(exchange)).query).errors.map(({ message }) => message)
    : []
