import { external } from '@lifeboat/kernel';
import type { Lag, Materialised, Promoted, Reversed, SnapshotTaken, Transferred, Verified } from '../driver.ts';
import { RESULTS } from './protocol.ts';
import type { Verb } from './protocol.ts';

/** What a verb that is done answers. */
export interface Results {
  readonly snapshot: SnapshotTaken;
  readonly transfer: Transferred;
  readonly materialise: Materialised;
  readonly release: null;
  readonly discard: null;
  readonly lag: Lag;
  readonly promote: Promoted;
  readonly reverse: Reversed;
  readonly verify: Verified;
}

/** The result of a driver's verb after it travelled, or was stored. Throws `external` `driver-answer-malformed`. */
export function resultOf<V extends Verb>(driver: string, verb: V, result: unknown): Results[V] {
  const parsed = RESULTS[verb].safeParse(result);
  if (parsed.success) return parsed.data as Results[V];
  throw external(
    'driver-answer-malformed',
    `Driver "${driver}" ended "${verb}" with a result that its protocol does not know: ${parsed.error.message}`,
    { mend: 'This is a mistake in the driver: lifeboat-driver-test shows where.' },
  );
}
