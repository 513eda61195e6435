import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { SparseDisk } from './sparse-disk.ts';

describe('a sparse disk', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lifeboat-disk-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const whole = async (disk: SparseDisk): Promise<Buffer> => {
    const pieces: Buffer[] = [];
    for await (const piece of disk.pieces()) pieces.push(Buffer.from(piece.bytes));
    return Buffer.concat(pieces);
  };

  it('holds what was written wherever it was written, streamed past its end or within, and copies to the same', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ offset: fc.nat(3_000_000), length: fc.integer({ min: 1, max: 300_000 }), zero: fc.boolean() }),
          { maxLength: 8 },
        ),
        async (writes) => {
          number += 1;
          const disk = await SparseDisk.make(join(folder, `d${number}`), 100_000);
          let expected = Buffer.alloc(100_000);
          for (const { offset, length, zero } of writes) {
            const bytes = zero ? Buffer.alloc(length) : randomBytes(length);
            await disk.write(bytes, offset);
            if (offset + length > expected.length)
              expected = Buffer.concat([expected, Buffer.alloc(offset + length - expected.length)]);
            bytes.copy(expected, offset);
          }
          const copy = await SparseDisk.make(join(folder, `c${number}`), disk.size);
          await disk.copyInto(copy);
          expect((await whole(disk)).equals(expected)).toBe(true);
          expect((await whole(copy)).equals(expected)).toBe(true);
          expect(await copy.sha256()).toBe(await disk.sha256());
          await Promise.all([disk.remove(), copy.remove()]);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('takes no room for zeros', async () => {
    const disk = await SparseDisk.make(join(folder, 'zeros'), 1024 ** 3);
    await disk.write(Buffer.alloc(5_000_000), 1_000_000);
    expect((await stat(disk.path)).blocks * 512).toBeLessThan(100_000);
    await disk.remove();
  });

  it('is copied as it stood at one moment while it is written to', async () => {
    const disk = await SparseDisk.make(join(folder, 'busy'), 8 * 1024 ** 2);
    const writeAll = (byte: number): Promise<void> =>
      disk.exclusively(async () => {
        for (let offset = 0; offset < disk.size; offset += 1024 ** 2)
          await disk.write(Buffer.alloc(4096, byte), offset);
      });
    await writeAll(1);
    const copy = await SparseDisk.make(join(folder, 'busy-copy'), disk.size);
    await Promise.all([writeAll(2), disk.copyInto(copy), writeAll(3)]);
    const bytes = await whole(copy);
    expect(new Set([0, 1, 2, 3, 4, 5, 6, 7].map((mib) => bytes[mib * 1024 ** 2])).size).toBe(1);
    await Promise.all([disk.remove(), copy.remove()]);
  });
});
