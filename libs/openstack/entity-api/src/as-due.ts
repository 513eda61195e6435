/** A piece of work, and the keys of what must be done before it. */
export interface Piece {
  readonly key: string;
  readonly after: Iterable<string>;
  readonly work: () => Promise<void>;
}

/**
 * Does every piece as soon as all that it waits for is done; a key that no piece has counts as done. They must not wait for each other in a circle. After a
 * failure nothing new is begun, what runs is waited for (its effects must be known), and the first error is thrown.
 */
export async function asDue(pieces: readonly Piece[]): Promise<void> {
  const byKey = new Map(pieces.map((piece) => [piece.key, piece]));
  const begun = new Map<string, Promise<void>>();
  const errors: unknown[] = [];
  const done = (key: string): Promise<void> => {
    const piece = byKey.get(key);
    const known = begun.get(key) ?? (piece ? perform(piece) : Promise.resolve());
    begun.set(key, known);
    return known;
  };
  const perform = async ({ after, work }: Piece): Promise<void> => {
    await Promise.all([...after].map(done));
    if (errors.length === 0) await work().catch((thrown: unknown) => errors.push(thrown));
  };
  await Promise.all(pieces.map(({ key }) => done(key)));
  if (errors.length > 0) throw errors[0];
}
