/** 今日出荷: what is ready to leave, by the day until which it must. */
export const SHIP_TODAY = '/orders?status=ready_to_ship&tracking=none&hold=false&sort=shipBy'

export const isByDeadline = (search: string): boolean =>
  /^(?:deadline|shipBy)$/.test(new URLSearchParams(search).get('sort') ?? '')
