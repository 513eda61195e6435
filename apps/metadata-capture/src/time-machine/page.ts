/** For each page all is worked out anew, so pages are large. */
const PAGE_BYTES = 8_000_000;
const PAGE_ITEMS = 10_000;

/** So many from `cursor` on as a message carries, and where the next page begins. */
export function pageOf<T>(all: readonly T[], cursor: number): { readonly page: readonly T[]; readonly next?: number } {
  let bytes = 0;
  const page: T[] = [];
  for (const item of all.slice(cursor, cursor + PAGE_ITEMS)) {
    bytes += JSON.stringify(item).length;
    if (page.length > 0 && bytes > PAGE_BYTES) break;
    page.push(item);
  }
  const next = cursor + page.length;
  return next < all.length ? { page, next } : { page };
}
