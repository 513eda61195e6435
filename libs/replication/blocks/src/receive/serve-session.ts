import { asLifeboatError, invalidInput } from '@lifeboat/kernel';
import type { Duplex } from 'node:stream';
import type { BlockDevice, Changes, Extent } from '../device.ts';
import { LEAF, LEAVES_IN_PIECE, PIECE, lengthOfLeaf, runsOf } from '../geometry.ts';
import { KeyedHash } from '../hash/keyed-hash.ts';
import { KeptTree } from '../merkle/kept-tree.ts';
import { LeafSet } from '../merkle/leaf-set.ts';
import { Channel } from '../wire/channel.ts';
import { broken } from '../wire/frame.ts';
import { TYPE, encodeExtents, encodeJson } from '../wire/messages.ts';
import { openingIn } from '../wire/opening.ts';
import type { Opening } from '../wire/opening.ts';
import { Receiver } from './receiver.ts';

/** A replica that may be written by who asked. Closed when the session ends. */
export interface Granted {
  readonly device: BlockDevice;
  /** What may have been written to it since the base (or since it was made, all zero); `undefined` when nobody knows. */
  readonly dirty?: Changes;
}

export interface Serving {
  /** Where trees are kept. */
  readonly folder: string;
  /** Throws for who may not. */
  grant(opening: Opening): Promise<Granted>;
  readonly signal: AbortSignal;
  /** As long may the sender say nothing; two minutes where nothing is said. */
  readonly silenceMs?: number;
}

const EXTENTS_IN_FRAME = 8_192;

/** Serves one session to its end. Rejects when it ended badly; the other end is told why, as far as it can be reached. */
export async function serveSession(stream: Duplex, serving: Serving): Promise<void> {
  const channel = new Channel(stream, serving.silenceMs);
  const stop = (): void => channel.close();
  serving.signal.addEventListener('abort', stop, { once: true });
  try {
    const frames = channel.frames();
    const first = await frames.next();
    if (first.done) return;
    if (first.value.type !== TYPE.open) throw broken('it does not begin with an opening');
    await receive(openingIn(first.value.payload), frames, channel, serving);
  } catch (thrown) {
    const { code, message, mend } = asLifeboatError(thrown);
    await channel.send(TYPE.failed, encodeJson({ code, message, mend })).catch(() => undefined);
    throw thrown;
  } finally {
    serving.signal.removeEventListener('abort', stop);
    channel.end();
  }
}

async function receive(
  opening: Opening,
  frames: ReturnType<Channel['frames']>,
  channel: Channel,
  serving: Serving,
): Promise<void> {
  // It may have a list of changes read, which takes as long as it is.
  const granted = await channel.busy(serving.grant(opening));
  await using device = granted.device;
  if (device.size !== opening.size)
    throw invalidInput('replica-size-differs', `The replica has ${device.size} bytes and the volume ${opening.size}.`);
  const hash = new KeyedHash(opening.key);
  const { size, transfer, base } = opening;
  const tree = await KeptTree.open({ folder: serving.folder, name: opening.volume, hash, size, transfer, base });
  let receiver: Receiver | undefined;
  try {
    const { trusted, unknown } = await channel.busy(whatIsUnknown(tree, granted, opening));
    receiver = new Receiver({ channel, device, tree, unknown, hash });
    await channel.send(TYPE.opened, encodeJson({ trusted, position: tree.position }));
    if (trusted) for (const list of extentsOf(unknown)) await channel.send(TYPE.unknown, encodeExtents(list));
    await channel.send(TYPE.ready);
    for await (const frame of frames) await receiver.take(frame);
    await receiver.idle();
  } finally {
    await receiver?.settle();
    await tree.close();
  }
}

/** Without a list of what was written, the tree is believed only when no other transfer was cut off since the base. */
async function whatIsUnknown(
  tree: KeptTree,
  { dirty, device }: Granted,
  { base, thorough }: Opening,
): Promise<{ trusted: boolean; unknown: LeafSet }> {
  const believed = tree.sealed || (dirty ? true : base !== undefined && !tree.disturbed);
  const trusted = tree.trusted && believed && !thorough;
  const unknown = dirty && !tree.sealed ? await LeafSet.of(dirty, device.size) : new LeafSet(device.size);
  if (!trusted) unknown.addAll();
  return { trusted, unknown };
}

function* extentsOf(set: LeafSet): Generator<readonly Extent[]> {
  let list: Extent[] = [];
  for (let piece = 0; piece < set.pieces; piece++)
    for (const { first, count } of runsOf(set.maskOf(piece))) {
      const last = piece * LEAVES_IN_PIECE + first + count - 1;
      const length = (count - 1) * LEAF + lengthOfLeaf(last, set.size);
      list.push({ offset: piece * PIECE + first * LEAF, length });
      if (list.length === EXTENTS_IN_FRAME) {
        yield list;
        list = [];
      }
    }
  if (list.length > 0) yield list;
}
