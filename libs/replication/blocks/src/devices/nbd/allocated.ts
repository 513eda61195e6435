import type { Extent } from '../../device.ts';
import { protocolBroken } from './failures.ts';
import { STATE_ZERO } from './protocol.ts';
import type { Transmission } from './transmission.ts';

/** Servers take no longer question than a length of 32 bits; a shorter one is answered sooner. */
const ASKED_AT_ONCE = 1024 * 1024 * 1024;

/** Where an export may hold other bytes than zeroes, asked as it is read. */
export async function* allocatedIn(
  size: number,
  context: number | undefined,
  transmission: Transmission,
): AsyncGenerator<Extent> {
  if (context === undefined) {
    if (size > 0) yield { offset: 0, length: size };
    return;
  }
  let open: Extent | undefined;
  for (let at = 0; at < size;) {
    const asked = Math.min(ASKED_AT_ONCE, size - at);
    for (const { length, zero } of blocksIn(await transmission.blockStatus(at, asked), context, asked)) {
      if (zero && open) {
        yield open;
        open = undefined;
      } else if (!zero) open = { offset: open?.offset ?? at, length: (open?.length ?? 0) + length };
      at += length;
    }
  }
  if (open) yield open;
}

/**
 * A hole that does not promise to read as zeroes may hold anything, so it counts as bytes. The last block may reach beyond what was asked; whoever asked
 * goes on from there.
 */
function* blocksIn(status: Buffer, context: number, asked: number): Generator<{ length: number; zero: boolean }> {
  if (status.readUInt32BE(0) !== context || status.length % 8 !== 4) throw protocolBroken('a status of other blocks');
  let left = asked;
  for (let at = 4; at < status.length && left > 0; at += 8) {
    const length = Math.min(status.readUInt32BE(at), left);
    if (length === 0) throw protocolBroken('a block of no length');
    yield { length, zero: (status.readUInt32BE(at + 4) & STATE_ZERO) !== 0 };
    left -= length;
  }
}
