import { invalidInput } from '@lifeboat/kernel';
import { constants } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';

/** Paths of PEM files. Both ends show a certificate, and believe those that `ca` signed. */
export interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** TLS 1.3 alone, which has none but suites that encrypt and authenticate at once. */
const CIPHERS = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';

/** A certificate is looked at in every connection anew: one that has run out meanwhile must not live on in a ticket. */
const NO_RESUMPTION = constants.SSL_OP_NO_TICKET;

const MEND =
  'Name three PEM files under "tls": the authority, the certificate that it signed, and the key of that certificate.';

/** What is in the files. Throws `invalid-input` `tls-file-unreadable` or `tls-files-unfit`, without a word of what is in them or where they are. */
export async function contextOf(files: TlsFiles): Promise<SecureContextOptions> {
  const [ca, cert, key] = [await read(files, 'ca'), await read(files, 'cert'), await read(files, 'key')];
  const context = { ca, cert, key, minVersion: 'TLSv1.3', ciphers: CIPHERS, secureOptions: NO_RESUMPTION } as const;
  try {
    createSecureContext(context);
  } catch (thrown) {
    const reason = (thrown as { code?: string }).code ?? 'OpenSSL does not say why';
    throw invalidInput('tls-files-unfit', `What tls.ca, tls.cert and tls.key name is of no use together: ${reason}.`, {
      mend: MEND,
    });
  }
  return context;
}

async function read(files: TlsFiles, which: keyof TlsFiles): Promise<Buffer> {
  try {
    return await readFile(files[which]);
  } catch (thrown) {
    const reason = (thrown as { code?: string }).code ?? 'no reason given';
    throw invalidInput('tls-file-unreadable', `The file that tls.${which} names cannot be read: ${reason}.`, {
      mend: MEND,
    });
  }
}
