/** Gives what comes to `take`, so many at once; one batch is done with before the next is gathered. */
export async function inBatches<T>(
  items: AsyncIterable<T>,
  size: number,
  take: (batch: readonly T[]) => Promise<void>,
): Promise<void> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    await take(batch);
    batch = [];
  }
  if (batch.length > 0) await take(batch);
}
