import { execFileSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprintOf, sha256, signed } from './bundle-files.ts';
import { directoryPlace } from './directory-place.ts';
import { bundleName, superfluous } from './place.ts';
import { signingKey } from './signing-key.ts';

describe('the files of a bundle', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lifeboat-bundle-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  const about = {
    group: 'shop',
    groupName: 'Shop',
    source: 'alpha',
    target: 'beta',
    point: 'pnt-1',
    dataAsOf: '2026-01-01T00:00:10.000Z',
    madeAt: '2026-01-01T00:01:00.000Z',
  };
  const files = [{ name: 'calls.json', bytes: Buffer.from('[]') }];

  it('are signed by a key that is made once, for its owner alone', async () => {
    const path = join(dir, 'keys', 'bundle.pem');
    const [one, two] = await Promise.all([signingKey(path), signingKey(path)]);
    expect(two).toBe(one);
    expect(await signingKey(path)).toBe(one);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(`${path}.pub`, 'utf8')).toContain('PUBLIC KEY');
    await expect(signingKey(undefined)).rejects.toMatchObject({ code: 'bundle-key-not-configured' });
  });

  it('hold by openssl, as the runbook says, and by the fingerprint that is told', async () => {
    const key = await signingKey(join(dir, 'keys', 'bundle.pem'));
    for (const { name, bytes } of signed(files, about, key)) writeFileSync(join(dir, name), bytes);
    const verify = () =>
      execFileSync(
        'openssl',
        'pkeyutl -verify -pubin -inkey manifest.pub -rawin -in manifest.json -sigfile manifest.sig'.split(' '),
        { cwd: dir, stdio: 'pipe' },
      ).toString();
    expect(verify()).toContain('Signature Verified Successfully');
    const der = createPublicKey(readFileSync(join(dir, 'manifest.pub'))).export({ type: 'spki', format: 'der' });
    expect(sha256(der)).toBe(fingerprintOf(key));
    expect(JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'))).toMatchObject({
      format: 1,
      point: 'pnt-1',
      files: { 'calls.json': sha256(Buffer.from('[]')) },
    });
    writeFileSync(join(dir, 'manifest.json'), '{}');
    expect(verify).toThrow();
  });

  it('stand whole under their name or not at all; what was cut off goes with the next', async () => {
    const place = directoryPlace(join(dir, 'place'));
    const broken = [...files, { name: 'no/such/folder', bytes: Buffer.alloc(0) }];
    await expect(place.write('shop', 'one', broken)).rejects.toMatchObject({ code: 'bundle-place-not-writable' });
    expect(await place.names('shop')).not.toContain('one');
    await place.write('shop', 'two', files);
    expect(await place.names('shop')).toEqual(['two']);
    await place.remove('shop', 'two');
    await place.remove('shop', 'two');
    expect(await place.names('shop')).toEqual([]);
  });

  it('are kept by time, and what is not ours is nobody’s to remove', () => {
    const names = ['2026-01-03', '2026-01-01', '2026-01-02'].map((day) => bundleName(`${day}T00:00:00.000Z`, 'pnt'));
    expect(superfluous([...names, 'my-notes', '.making-x'], 2)).toEqual([names[1]]);
  });
});
