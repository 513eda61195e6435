export { escape, page, receiptTable, seconds, table, tile, tiles, timeline } from './html.ts';
export type { Timed } from './html.ts';
