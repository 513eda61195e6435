/** A piece of work, and the keys of what must be done before it. */
export interface Piece {
  readonly key: string;
  readonly after: Iterable<string>;
  readonly work: () => Promise<void>;
}

/**
 * How many pieces have to be done one after the other once this one is, by keys: the longest chain that waits for it. Where not all can be done at once, what has
 * the longest goes first. Pure.
 */
export function chainsBehind(pieces: readonly Pick<Piece, 'key' | 'after'>[]): ReadonlyMap<string, number> {
  const later = new Map<string, string[]>(pieces.map(({ key }) => [key, []]));
  for (const { key, after } of pieces) for (const before of after) later.get(before)?.push(key);
  const chains = new Map<string, number>();
  const chain = (key: string): number => {
    const known = chains.get(key);
    if (known !== undefined) return known;
    const longest = (later.get(key) ?? []).reduce((most, next) => Math.max(most, chain(next) + 1), 0);
    chains.set(key, longest);
    return longest;
  };
  for (const { key } of pieces) chain(key);
  return chains;
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
