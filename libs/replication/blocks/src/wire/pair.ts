import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';

/** Two ends of a stream within this process: what one writes the other reads; when one is gone the other is. */
export function streamPair(): readonly [Duplex, Duplex] {
  const [one, other] = duplexPair({ highWaterMark: 1024 ** 2 });
  one.once('close', () => other.destroy());
  other.once('close', () => one.destroy());
  return [one, other];
}
