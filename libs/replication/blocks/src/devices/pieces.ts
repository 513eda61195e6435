/** So many requests of one call are under way at once; others of the same device come beside them. */
const AT_ONCE = 16;

/** Does `work` for each piece of at most `longest` bytes. Resolves when all are done; rejects with the first error when none is under way any more. */
export async function inPieces(
  length: number,
  longest: number,
  work: (start: number, length: number) => Promise<void>,
): Promise<void> {
  if (length <= longest) return length > 0 ? work(0, length) : undefined;
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < length) {
      const start = next;
      next += longest;
      await work(start, Math.min(longest, length - start)).catch((thrown: unknown) => {
        next = length;
        throw thrown;
      });
    }
  };
  const workers = Array.from({ length: Math.min(AT_ONCE, Math.ceil(length / longest)) }, worker);
  const failed = (await Promise.allSettled(workers)).find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}
