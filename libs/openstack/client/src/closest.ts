/** The known word that somebody may have meant: at most two letters off. */
export function closest(word: string, known: readonly string[]): string | undefined {
  return known
    .map((one) => ({ one, off: distance(word, one) }))
    .toSorted((a, b) => a.off - b.off)
    .find(({ off }) => off <= 2)?.one;
}

/** Levenshtein. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
