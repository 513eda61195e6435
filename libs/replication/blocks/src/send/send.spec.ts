import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Extent } from '../device.ts';
import { Rig } from '../testing/rig.ts';
import { MemoryDevice } from '../testing/memory-device.ts';

const MIB = 1024 ** 2;
const KIB = 1024;

/** Half random, half a hole, and some text. */
function volume(size = 8 * MIB): Buffer {
  const bytes = Buffer.alloc(size);
  randomBytes(size / 2).copy(bytes);
  Buffer.from('the quick brown fox '.repeat(10_000)).copy(bytes, 6 * MIB);
  return bytes;
}

/** Writes 4 KiB at so many places, far from each other. */
function scribble(bytes: Buffer, count: number): { readonly after: Buffer; readonly changes: readonly Extent[] } {
  const after = Buffer.from(bytes);
  const changes = Array.from({ length: count }, (_none, n) => ({
    offset: (n * 37 * 64 * KIB + 12 * KIB) % (bytes.length / 2),
    length: 4 * KIB,
  }));
  for (const { offset, length } of changes) randomBytes(length).copy(after, offset);
  return { after, changes: changes.toSorted((a, b) => a.offset - b.offset) };
}

describe('sending a volume', () => {
  it('makes the replica equal, first whole and then by differences, and both ends agree on the root', async () => {
    await using rig = await Rig.of(8 * MIB);
    const first = volume();
    const { root } = await rig.send({ transfer: 'one', source: first, dirty: [] });
    expect(rig.replica.bytes.equals(first)).toBe(true);
    expect(root).toMatch(/^[0-9a-f]{64}$/);
    const { after, changes } = scribble(first, 20);
    const second = await rig.send({ transfer: 'two', source: after, base: root, changes });
    expect(rig.replica.bytes.equals(after)).toBe(true);
    expect(second.root).not.toBe(root);
    expect((second.bytes + second.received) / (20 * 4 * KIB)).toBeLessThan(1.1);
  });

  it('finds what changed where nobody has a list of it, and sends that alone', async () => {
    await using rig = await Rig.of(8 * MIB);
    const first = volume();
    const { root } = await rig.send({ transfer: 'one', source: first });
    const { after } = scribble(first, 20);
    const second = await rig.send({ transfer: 'two', source: after, base: root });
    expect(rig.replica.bytes.equals(after)).toBe(true);
    expect((second.bytes + second.received) / (20 * 4 * KIB)).toBeLessThan(1.1);
  });

  it('is right, and sends differences only, when what either end remembered is lost', async () => {
    await using rig = await Rig.of(8 * MIB);
    let bytes = volume();
    let { root } = await rig.send({ transfer: 'one', source: bytes });
    for (const folder of [rig.senders, rig.receivers]) {
      await rm(folder, { recursive: true });
      const { after, changes } = scribble(bytes, 10);
      const sent = await rig.send({
        transfer: `without ${folder}`.slice(-20).replaceAll(/\W/g, '-'),
        source: after,
        base: root,
        changes,
      });
      expect(rig.replica.bytes.equals(after)).toBe(true);
      expect(sent.bytes).toBeLessThan(10 * 4 * KIB + 20 * KIB);
      ({ root } = sent);
      bytes = after;
    }
  });

  it('heals a replica that was damaged behind its back, by the difference alone', async () => {
    await using rig = await Rig.of(8 * MIB);
    const bytes = volume();
    const { root } = await rig.send({ transfer: 'one', source: bytes });
    randomBytes(9000).copy(rig.replica.bytes, 3 * MIB + 77);
    const sent = await rig.send({ transfer: 'two', source: bytes, base: root, changes: [], thorough: true });
    expect(rig.replica.bytes.equals(bytes)).toBe(true);
    expect(sent.root).toBe(root);
    expect(sent.bytes).toBeLessThan(20 * KIB);
  });

  it('makes zero what was discarded, without sending a byte of it', async () => {
    await using rig = await Rig.of(8 * MIB);
    const bytes = volume();
    const { root } = await rig.send({ transfer: 'one', source: bytes });
    const after = Buffer.from(bytes).fill(0, MIB, 3 * MIB);
    const sent = await rig.send({
      transfer: 'two',
      source: after,
      base: root,
      changes: [{ offset: MIB, length: 2 * MIB }],
    });
    expect(rig.replica.bytes.equals(after)).toBe(true);
    expect(sent.bytes).toBeLessThan(2 * KIB);
  });

  it('sends what is there twice once', async () => {
    await using rig = await Rig.of(8 * MIB);
    const once = randomBytes(MIB);
    const bytes = Buffer.concat([once, Buffer.alloc(MIB), ...Array<Buffer>(6).fill(once)]);
    const sent = await rig.send({ transfer: 'one', source: bytes, dirty: [] });
    expect(rig.replica.bytes.equals(bytes)).toBe(true);
    expect(sent.bytes).toBeLessThan(8 * MIB);
    const again = await rig.send({ transfer: 'two', source: bytes, base: sent.root });
    expect(again.bytes).toBeLessThan(2 * KIB);
  });

  it('goes on where it was when its slice of time is over', async () => {
    await using rig = await Rig.of(8 * MIB);
    const bytes = volume();
    const once = await Rig.of(8 * MIB);
    const { bytes: atOnce } = await once.send({ transfer: 'one', source: bytes, dirty: [] });
    await once[Symbol.asyncDispose]();
    let [slices, sum] = [0, 0];
    for (let position = 0; position < bytes.length; slices++) {
      const sent = await rig.send({ transfer: 'one', source: bytes, dirty: [], sliceMs: 0 });
      ({ position } = sent);
      sum += sent.bytes;
    }
    expect(sum).toBeLessThan(1.02 * atOnce);
    expect(slices).toBeGreaterThan(1);
    expect(rig.replica.bytes.equals(bytes)).toBe(true);
  });

  it('answers the same again, and sends nothing, when the answer was not heard', async () => {
    await using rig = await Rig.of(8 * MIB);
    const bytes = volume();
    const { root } = await rig.send({ transfer: 'one', source: bytes });
    const again = await rig.send({ transfer: 'one', source: bytes });
    expect(again.root).toBe(root);
    expect(again.bytes).toBeLessThan(KIB);
  });

  it('copes with a volume that ends within a block', async () => {
    const size = 3 * MIB + 5 * KIB + 13;
    await using rig = await Rig.of(size);
    const bytes = randomBytes(size);
    const { root } = await rig.send({ transfer: 'one', source: bytes });
    const after = Buffer.from(bytes).fill(7, size - 10);
    await rig.send({ transfer: 'two', source: after, base: root });
    expect(rig.replica.bytes.equals(after)).toBe(true);
  });

  it('is told when the replica cannot be written', async () => {
    await using rig = await Rig.of(8 * MIB);
    rig.replica.onWrite = () => {
      throw Object.assign(new Error('no room'), { name: 'LifeboatError', kind: 'unavailable', code: 'device-full' });
    };
    await expect(rig.send({ transfer: 'one', source: volume() })).rejects.toMatchObject({ code: expect.any(String) });
  });

  it('refuses a replica of another size', async () => {
    await using rig = await Rig.of(4 * MIB);
    await expect(rig.send({ transfer: 'one', source: volume() })).rejects.toMatchObject({
      code: 'replica-size-differs',
    });
    expect(rig.replica.written).toEqual([]);
    expect(new MemoryDevice(Buffer.alloc(1)).size).toBe(1);
  });

  it('takes neither end for gone that is held back for longer than silence is borne', async () => {
    await using rig = await Rig.of(2 * MIB);
    const source = randomBytes(2 * MIB);
    await rig.send({ transfer: 'one', source, silenceMs: 1_500, slowMs: 4_000 });
    expect(rig.replica.bytes.equals(source)).toBe(true);
  });
});
