import { BundleManifest } from './values/bundle.ts';
import { createHash, createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export interface Verified {
  /** Sentences; none when it holds. */
  readonly faults: readonly string[];
  readonly manifest?: BundleManifest;
  /** SHA-256 of the public key that signed it (DER), hexadecimal. */
  readonly key?: string;
}

/** Whoever runs it leaves a journal there. */
const OTHERS = /^(manifest\.(json|sig|pub)|journal\.jsonl.*|clouds\.yaml|secure\.yaml|__pycache__)$/;

/**
 * Whether files are a bundle as it was written. `trusted`: the public key that must have signed it, PEM; without it the one in the bundle, which shows that the
 * files belong together, and not who wrote them. Pure.
 */
export function verifyBundle(files: ReadonlyMap<string, Buffer>, trusted?: string): Verified {
  const [manifestBytes, signature] = [files.get('manifest.json'), files.get('manifest.sig')];
  const pem = trusted ?? files.get('manifest.pub')?.toString();
  if (!manifestBytes || !signature || pem === undefined)
    return { faults: ['it is no bundle: manifest.json, manifest.sig or manifest.pub is missing'] };
  const key = keyOf(pem);
  if (!key) return { faults: ['the public key cannot be read: it is no Ed25519 key in PEM'] };
  const fingerprint = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
  if (!verify(null, manifestBytes, key, signature))
    return {
      faults: ['the signature of manifest.json does not hold: it was changed, or signed by another key'],
      key: fingerprint,
    };
  const parsed = BundleManifest.safeParse(jsonOf(manifestBytes));
  if (!parsed.success)
    return { faults: ['manifest.json is of a form that this version does not know'], key: fingerprint };
  return { faults: filesThatDiffer(files, parsed.data), manifest: parsed.data, key: fingerprint };
}

function filesThatDiffer(files: ReadonlyMap<string, Buffer>, { files: hashes }: BundleManifest): readonly string[] {
  const differing = Object.entries(hashes).flatMap(([name, wanted]) => {
    const bytes = files.get(name);
    if (!bytes) return [`${name} is missing`];
    return createHash('sha256').update(bytes).digest('hex') === wanted ? [] : [`${name} is not as it was written`];
  });
  const strange = [...files.keys()].filter((name) => !(name in hashes) && !OTHERS.test(name));
  return [...differing, ...strange.map((name) => `${name} does not belong to it`)];
}

function keyOf(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
