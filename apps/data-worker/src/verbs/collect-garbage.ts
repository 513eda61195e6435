import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const EVERY_BYTES = 16 * 1024 ** 2;

/**
 * Every piece read from a socket is a buffer outside of the heap, and V8 hardly sees them: it lets 90 MB of dead ones lie before it looks. A look at the
 * young ones every 16 MiB takes a millisecond, and the memory of a worker stays flat however much it copies.
 */
export function youngGarbageCollector(): (bytes: number) => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { readonly type: 'minor' }) => void;
  let since = 0;
  return (bytes) => {
    since += bytes;
    if (since < EVERY_BYTES) return;
    since = 0;
    collect({ type: 'minor' });
  };
}
