import type { LifeboatError } from '@lifeboat/kernel';
import { timedOut } from '@lifeboat/kernel';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Child, Ending } from './child.ts';
import { endingOf, startChild } from './child.ts';
import type { NbdDevice } from './nbd.ts';
import { openNbd } from './nbd.ts';
import { imageOptions, qemuFailure, sourceName } from './qemu-options.ts';
import type { QemuSource } from './qemu-options.ts';
import { socketFolder } from './socket-folder.ts';

export interface QemuSettings {
  readonly writable?: boolean;
  /** Until the device can be read: 60 s where nothing is said. Storage that hangs ends there. */
  readonly timeoutMs?: number;
  /** Of the opening alone. */
  readonly signal?: AbortSignal;
}

const LOOK_AGAIN_MS = 10;
/** Between our good-bye and our kill. Flushing is ours to ask for, so nothing is lost by it. */
const MAY_END_MS = 5_000;

/**
 * Opens what QEMU can reach (`source`) through a `qemu-nbd` of its own, on a socket in a folder that nobody else sees. The child ends with the device, with
 * its connection, and with us.
 *
 * Throws `timeout` `device-timeout`; what QEMU says as `not-found` `device-not-found`, `forbidden` `device-forbids`, `conflict` `device-busy`, `unavailable`
 * `storage-unreachable` or `external` `device-not-opened`; `illegal-state` `program-missing`; and all that `openNbd` throws.
 */
export async function openQemu(source: QemuSource, settings: QemuSettings = {}): Promise<NbdDevice> {
  const { writable = false, timeoutMs = 60_000, signal } = settings;
  const late = AbortSignal.timeout(timeoutMs);
  const opening = signal ? AbortSignal.any([signal, late]) : late;
  opening.throwIfAborted();
  const folder = await socketFolder();
  const end = new AbortController();
  let child: Served | undefined;
  try {
    child = await serve(source, writable, folder, end.signal);
    const device = await Promise.race([
      connect(child, writable, AbortSignal.any([opening, end.signal]), timeoutMs),
      endOf(child, source),
    ]);
    return servedBy(child, device, folder, end);
  } catch (thrown) {
    end.abort();
    await child?.ending;
    await rm(folder, { recursive: true, force: true });
    signal?.throwIfAborted();
    if (late.aborted) throw tooLate(source, timeoutMs);
    throw thrown;
  }
}

interface Served {
  readonly process: Child;
  readonly socket: string;
  readonly ending: Promise<Ending>;
}

async function serve(source: QemuSource, writable: boolean, folder: string, end: AbortSignal): Promise<Served> {
  const socket = join(folder, 'nbd');
  const options = imageOptions(source, folder);
  for (const { path, text } of options.files) await writeFile(path, text, { mode: 0o600 });
  const process = startChild('qemu-nbd', qemuArgs(options.arguments, writable, socket), end);
  process.stdout.resume();
  const ending = endingOf(process, 'qemu-nbd');
  // Seen by whoever waits for the socket.
  ending.catch(() => undefined);
  return { process, socket, ending };
}

const qemuArgs = (source: readonly string[], writable: boolean, socket: string): readonly string[] => [
  // Without --persistent it ends with its last client, so also when we are killed.
  '--socket',
  socket,
  '--shared',
  '1',
  ...(writable
    ? // Writes are answered from the cache and made durable by our flush, as the contract of a device has it; a direct write would wait for each. What is
      // zero is not stored. Detecting zeroes costs QEMU's CPU for bytes that the sender has already looked at.
      ['--cache', 'writeback', '--discard', 'unmap', '--detect-zeroes', 'off']
    : // A snapshot is read once: nothing is gained by what the host would keep of it, but read-ahead of a file is.
      ['--read-only', '--cache', 'writeback']),
  ...source,
];

/**
 * QEMU binds its socket, then listens, then opens the image, and answers when that is open; or it hangs up on its way out. So a refusal means to try again:
 * whoever calls this watches its end and the deadline.
 */
async function connect(child: Served, writable: boolean, signal: AbortSignal, timeoutMs: number): Promise<NbdDevice> {
  for (;;) {
    await pause(LOOK_AGAIN_MS, undefined, { signal });
    if (!(await stat(child.socket).catch(() => undefined))) continue;
    try {
      return await openNbd({ at: { path: child.socket }, writable, signal, timeoutMs });
    } catch (thrown) {
      if ((thrown as LifeboatError).code !== 'nbd-unreachable') throw thrown;
    }
  }
}

async function endOf(child: Served, source: QemuSource): Promise<never> {
  const { exitCode, stderr } = await child.ending;
  throw qemuFailure(source, exitCode, stderr);
}

/** The same device, whose `close` also ends the child and removes its folder. */
function servedBy(child: Served, device: NbdDevice, folder: string, end: AbortController): NbdDevice {
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await device.close();
    const hangs = setTimeout(() => end.abort(), MAY_END_MS);
    await child.ending;
    clearTimeout(hangs);
    await rm(folder, { recursive: true, force: true });
  };
  return {
    size: device.size,
    writable: device.writable,
    read: (offset, into) => device.read(offset, into),
    write: (offset, bytes) => device.write(offset, bytes),
    zero: (offset, length) => device.zero(offset, length),
    trim: (offset, length) => device.trim(offset, length),
    flush: () => device.flush(),
    allocated: () => device.allocated(),
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}

const tooLate = (source: QemuSource, timeoutMs: number): LifeboatError =>
  timedOut('device-timeout', `${sourceName(source)} could not be opened in ${timeoutMs / 1_000} s.`, {
    mend: "Look whether its storage is healthy and reached from the worker's host.",
  });
