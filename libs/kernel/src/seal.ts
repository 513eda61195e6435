import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { forbidden, invalidInput } from './errors.ts';

/**
 * A secret value (user data, say) as it may be stored and sent: AES-256-GCM under the instance's key, and a keyed digest
 * so that two sealed values can be compared without being opened.
 */
export type SealedSecret = {
  readonly $sealed: string;
  readonly digest: string;
};

const keyFrom = (passphrase: string): Buffer => {
  if (passphrase.length < 16)
    throw invalidInput('secret-key-too-short', 'The secret key has fewer than 16 characters.', {
      mend: 'Set LIFEBOAT_SECRET_KEY to a random text of 32 characters or more.',
    });
  return createHash('sha256').update(passphrase).digest();
};

export const secretDigest = (plain: string, passphrase: string): string =>
  `hmac-sha256:${createHmac('sha256', keyFrom(passphrase)).update(plain).digest('hex')}`;

/** A fresh nonce each time: sealing twice gives two texts with the same `digest`. */
export function sealSecret(plain: string, passphrase: string): SealedSecret {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyFrom(passphrase), nonce);
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return {
    $sealed: Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64'),
    digest: secretDigest(plain, passphrase),
  };
}

/** Throws `forbidden` `secret-not-readable` when the key is another one or the text was changed. */
export function openSecret(secret: SealedSecret, passphrase: string): string {
  const raw = Buffer.from(secret.$sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', keyFrom(passphrase), raw.subarray(0, 12));
  decipher.setAuthTag(raw.subarray(12, 28));
  try {
    return Buffer.concat([decipher.update(raw.subarray(28)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw forbidden('secret-not-readable', 'A sealed secret cannot be opened with the configured key.', {
      mend: 'Give this service the LIFEBOAT_SECRET_KEY under which the secret was captured.',
      cause,
    });
  }
}
