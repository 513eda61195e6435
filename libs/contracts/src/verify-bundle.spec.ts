import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { verifyBundle } from './verify-bundle.ts';

const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function bundle(over: Readonly<Record<string, string | Buffer>> = {}, key = privateKey): Map<string, Buffer> {
  const manifest = Buffer.from(
    JSON.stringify({
      format: 1,
      group: 'shop',
      groupName: 'Shop',
      source: 'alpha',
      target: 'beta',
      point: 'pnt-1',
      dataAsOf: '2026-01-01T00:00:10.000Z',
      madeAt: '2026-01-01T00:01:00.000Z',
      files: { 'calls.json': sha256('[]'), 'RUNBOOK.md': sha256('# Recover') },
    }),
  );
  const files = {
    'calls.json': '[]',
    'RUNBOOK.md': '# Recover',
    'manifest.json': manifest,
    'manifest.sig': sign(null, manifest, key),
    'manifest.pub': pem(publicKey),
    ...over,
  };
  return new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]));
}

describe('a bundle', () => {
  it('holds as it was written, and is known by its key', () => {
    const key = createHash('sha256')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex');
    expect(verifyBundle(bundle())).toMatchObject({ faults: [], key, manifest: { point: 'pnt-1' } });
    expect(verifyBundle(bundle({ 'journal.jsonl': '{}' }), pem(publicKey)).faults).toEqual([]);
  });

  it.each([
    ['a file that was changed', { 'calls.json': '[ ]' }, 'calls.json is not as it was written'],
    ['a file that was added', { 'evil.py': '' }, 'evil.py does not belong to it'],
    ['a manifest that was changed', { 'manifest.json': '{}' }, 'the signature of manifest.json does not hold'],
    [
      'a signature that is another',
      { 'manifest.sig': Buffer.alloc(64) },
      'the signature of manifest.json does not hold',
    ],
    ['a key that is none', { 'manifest.pub': 'nothing' }, 'the public key cannot be read'],
  ])('does not hold with %s', (_what, over, fault) => {
    expect(verifyBundle(bundle(over)).faults.join()).toContain(fault);
  });

  it('does not hold with a file missing, or none at all', () => {
    const files = bundle();
    files.delete('RUNBOOK.md');
    expect(verifyBundle(files).faults).toEqual(['RUNBOOK.md is missing']);
    expect(verifyBundle(new Map()).faults).toHaveLength(1);
  });

  it('does not hold when somebody else has signed it, with their key in it or not', () => {
    const forged = bundle({ 'manifest.pub': pem(other.publicKey) }, other.privateKey);
    expect(verifyBundle(forged).faults).toEqual([]);
    expect(verifyBundle(forged, pem(publicKey)).faults).toHaveLength(1);
  });
});
