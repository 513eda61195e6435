/**
 * Gives what comes to `take`, so many at once, one batch after the other; the next is gathered meanwhile. After a failure nothing more is given, and what
 * failed is thrown once what runs has ended.
 */
export async function inBatches<T>(
  items: AsyncIterable<T>,
  size: number,
  take: (batch: readonly T[]) => Promise<void>,
): Promise<void> {
  let batch: T[] = [];
  let before: Promise<void> = Promise.resolve();
  const give = async (): Promise<void> => {
    await before;
    before = take(batch);
    before.catch(() => undefined); // Told when the next is given, or at the end.
    batch = [];
  };
  try {
    for await (const item of items) {
      batch.push(item);
      if (batch.length >= size) await give();
    }
    if (batch.length > 0) await give();
  } catch (thrown) {
    await before.catch(() => undefined);
    throw thrown;
  }
  await before;
}
