/** All of what comes in pages: asks on as long as a page names a next one. */
export async function allPages<P extends { readonly next?: number | undefined }, T>(
  ask: (cursor: number | undefined) => Promise<P>,
  itemsOf: (page: P) => readonly T[],
): Promise<{ readonly first: P; readonly items: readonly T[] }> {
  const first = await ask(undefined);
  const items = [...itemsOf(first)];
  for (let next = first.next; next !== undefined;) {
    const page = await ask(next);
    items.push(...itemsOf(page));
    next = page.next;
  }
  return { first, items };
}
