/**
 * Calls `fn` for every item, so many at a time. After a failure nothing new is begun, what runs is waited for (its effects must be known), and the first
 * error is thrown.
 */
export async function inParallel<T>(items: readonly T[], limit: number, fn: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const errors: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined && errors.length === 0; item = queue.shift())
      await fn(item).catch((thrown: unknown) => errors.push(thrown));
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (errors.length > 0) throw errors[0];
}
