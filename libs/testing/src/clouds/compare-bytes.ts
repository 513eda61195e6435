/** Compares two streams byte by byte, whatever sizes their chunks have. Answers how many bytes are equal from the start on, and whether all are and both end together. */
export async function compareBytes(
  a: AsyncIterable<Buffer>,
  b: AsyncIterable<Buffer>,
): Promise<{ readonly bytes: number; readonly equal: boolean }> {
  const [left, right] = [a[Symbol.asyncIterator](), b[Symbol.asyncIterator]()];
  let [x, y] = [Buffer.alloc(0), Buffer.alloc(0)];
  let bytes = 0;
  for (;;) {
    while (x.length === 0) {
      const next = await left.next();
      if (next.done) return { bytes, equal: y.length === 0 && (await onlyEmpty(right)) };
      x = Buffer.from(next.value);
    }
    while (y.length === 0) {
      const next = await right.next();
      if (next.done) return { bytes, equal: false };
      y = Buffer.from(next.value);
    }
    const n = Math.min(x.length, y.length);
    if (x.compare(y, 0, n, 0, n) !== 0) return { bytes: bytes + firstDifference(x, y), equal: false };
    bytes += n;
    x = x.subarray(n);
    y = y.subarray(n);
  }
}

const firstDifference = (x: Buffer, y: Buffer): number => x.findIndex((byte, at) => byte !== y[at]);

async function onlyEmpty(rest: AsyncIterator<Buffer>): Promise<boolean> {
  for (let next = await rest.next(); !next.done; next = await rest.next()) if (next.value.length > 0) return false;
  return true;
}
