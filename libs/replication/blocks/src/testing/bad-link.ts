import { Transform, pipeline } from 'node:stream';
import type { Duplex } from 'node:stream';
import { streamPair } from '../wire/pair.ts';

export type Harm = 'cut' | 'flip' | 'repeat' | 'swap' | 'drop';

/** Two joined streams of which one direction is harmed once, at a byte. */
export function badLink(harm: Harm, at: number, direction: 'there' | 'back'): { sender: Duplex; receiver: Duplex } {
  const [sender, near] = streamPair();
  const [far, receiver] = streamPair();
  const end = (): void => {
    near.destroy();
    far.destroy();
  };
  const passing = (harmed: boolean): Transform => (harmed ? harming(harm, at, end) : harming('cut', Infinity, end));
  pipeline(near, passing(direction === 'there'), far, () => undefined);
  pipeline(far, passing(direction === 'back'), near, () => undefined);
  return { sender, receiver };
}

function harming(harm: Harm, at: number, end: () => void): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, passOn) {
      const hit = seen <= at && at < seen + chunk.length;
      const here = at - seen;
      seen += chunk.length;
      if (!hit) return passOn(null, chunk);
      if (harm === 'cut') {
        this.push(chunk.subarray(0, here));
        setImmediate(end);
        return passOn();
      }
      passOn(null, harmed(harm, chunk, here));
    },
  });
}

function harmed(harm: Exclude<Harm, 'cut'>, chunk: Buffer, at: number): Buffer {
  const [before, after] = [chunk.subarray(0, at), chunk.subarray(at)];
  if (harm === 'repeat') return Buffer.concat([before, chunk.subarray(Math.max(0, at - 100), at), after]);
  if (harm === 'drop') return Buffer.concat([before, after.subarray(50)]);
  if (harm === 'swap') return Buffer.concat([after, before]);
  const flipped = Buffer.from(chunk);
  flipped[at] = (flipped[at] ?? 0) ^ 0x55;
  return flipped;
}
