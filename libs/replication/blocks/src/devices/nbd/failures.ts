import type { LifeboatError } from '@lifeboat/kernel';
import { external, forbidden, illegalState, invalidInput, unavailable } from '@lifeboat/kernel';
import type { Extent } from '../../device.ts';

export const deviceLost = (what: string, cause?: unknown): LifeboatError =>
  unavailable('device-lost', `${what} was lost${cause instanceof Error ? `: ${cause.message}` : ''}.`, {
    mend: 'Open the device again.',
    ...(cause !== undefined && { cause }),
  });

export const deviceReadOnly = (what: string): LifeboatError =>
  illegalState('device-read-only', `${what} was opened to be read.`);

/** What the other side says breaks the protocol: nothing that it says after that can be trusted. */
export const protocolBroken = (what: string): LifeboatError =>
  external('nbd-protocol-broken', `The NBD server broke the protocol: ${what}.`, { retry: 'no' });

/** Throws `invalid-input` `out-of-range`. */
export function checkRange(what: string, size: number, { offset, length }: Extent): void {
  if (
    Number.isSafeInteger(offset) &&
    Number.isSafeInteger(length) &&
    offset >= 0 &&
    length >= 0 &&
    offset + length <= size
  )
    return;
  throw invalidInput('out-of-range', `${length} bytes at ${offset} do not lie within the ${size} bytes of ${what}.`);
}

const EPERM = 1;
const ENOSPC = 28;
const ESHUTDOWN = 108;

/** An error number of the protocol, with what the server says about it. */
export function refused(errno: number, words: string): LifeboatError {
  const said = words === '' ? `error ${errno}` : `${words} (error ${errno})`;
  const data = { errno };
  switch (errno) {
    case EPERM:
      return forbidden('device-forbids', `The device does not allow it: ${said}.`, { data });
    case ENOSPC:
      return external('device-full', `There is no room behind the device: ${said}.`, {
        retry: 'no',
        mend: 'Make room in the storage that the device lies on.',
        data,
      });
    case ESHUTDOWN:
      return unavailable('device-lost', `The NBD server is shutting down: ${said}.`, { data });
    default:
      return external('device-io-failed', `The device failed: ${said}.`, { retry: 'yes', data });
  }
}
