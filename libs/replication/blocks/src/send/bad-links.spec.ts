import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { badLink } from '../testing/bad-link.ts';
import type { Harm } from '../testing/bad-link.ts';
import { Rig } from '../testing/rig.ts';

const MIB = 1024 ** 2;
const SIZE = 3 * MIB + 4096;
const RUNS = Number(process.env['LIFEBOAT_FUZZ_RUNS'] ?? 8);

const harms = fc.array(
  fc.record({
    harm: fc.constantFrom<Harm>('cut', 'flip', 'repeat', 'swap', 'drop'),
    at: fc.oneof(fc.nat(2_000), fc.nat(SIZE)),
    direction: fc.constantFrom('there' as const, 'back' as const),
  }),
  { minLength: 1, maxLength: 4 },
);
const writes = fc.array(
  fc.record({ offset: fc.nat(SIZE - 1), length: fc.integer({ min: 1, max: 200_000 }), zero: fc.boolean() }),
  { maxLength: 6 },
);

function changed(bytes: Buffer, list: readonly { offset: number; length: number; zero: boolean }[]): Buffer {
  const after = Buffer.from(bytes);
  for (const { offset, length, zero } of list) {
    const end = Math.min(offset + length, SIZE);
    if (zero) after.fill(0, offset, end);
    else randomBytes(end - offset).copy(after, offset);
  }
  return after;
}

async function toTheEnd(
  rig: Rig,
  how: Parameters<Rig['send']>[0],
  bad: readonly { harm: Harm; at: number; direction: 'there' | 'back' }[],
) {
  for (const { harm, at, direction } of bad) {
    const sent = await rig
      .send({ ...how, silenceMs: 1_000, between: () => badLink(harm, at, direction) })
      .catch((thrown: { code?: string }) => thrown.code);
    expect((rig.problem as { code?: string } | undefined)?.code ?? 'stream-broken').toBe('stream-broken');
    if (typeof sent === 'object') return sent;
  }
  return rig.send(how);
}

describe('a link that harms what it carries', () => {
  it('never makes the replica differ from the point, nor writes where nothing was sent to, however often it fails', async () => {
    await fc.assert(
      fc.asyncProperty(writes, harms, writes, harms, fc.boolean(), async (first, bad, second, worse, listed) => {
        await using rig = await Rig.of(SIZE);
        const one = changed(Buffer.alloc(SIZE), first);
        const { root } = await toTheEnd(rig, { transfer: 'one', source: one }, bad);
        expect(rig.replica.bytes.equals(one)).toBe(true);
        const two = changed(one, second);
        const changes = second.map(({ offset, length }) => ({ offset, length }));
        await toTheEnd(rig, { transfer: 'two', source: two, base: root, ...(listed && { changes }) }, worse);
        expect(rig.replica.bytes.equals(two)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it('does not bring a point that was given up into the one after it', async () => {
    await fc.assert(
      fc.asyncProperty(writes, fc.nat(500_000), writes, async (given, at, kept) => {
        await using rig = await Rig.of(SIZE);
        const one = changed(Buffer.alloc(SIZE), [{ offset: 0, length: MIB, zero: false }]);
        const { root } = await rig.send({ transfer: 'one', source: one });
        await rig
          .send({
            transfer: 'given-up',
            source: changed(one, given),
            base: root,
            between: () => badLink('cut', at, 'there'),
          })
          .catch(() => undefined);
        const after = rig.replica.written.length;
        expect(after).toBeGreaterThan(0);
        const two = changed(one, kept);
        // The point that was given up may have come to its end all the same: the next one is told of its base alone.
        await rig.send({ transfer: 'two', source: two, base: root });
        expect(rig.replica.bytes.equals(two)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});
