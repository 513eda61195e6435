import { forbidden, unavailable } from '@lifeboat/kernel';
import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { connect, createServer } from 'node:tls';
import type { SecureContextOptions, TLSSocket } from 'node:tls';

/** Paths of PEM files. Both ends show a certificate, and believe those that `ca` signed. */
export interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** TLS 1.3 alone, which has none but suites that encrypt and authenticate at once. */
const CIPHERS = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';
const CONNECT_MS = 10_000;

async function contextOf({ ca, cert, key }: TlsFiles): Promise<SecureContextOptions> {
  return {
    ca: await readFile(ca),
    cert: await readFile(cert),
    key: await readFile(key),
    minVersion: 'TLSv1.3',
    ciphers: CIPHERS,
  };
}

export interface Connecting {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsFiles;
  readonly signal: AbortSignal;
}

/** A stream to the worker that listens there. Throws `unavailable` `receiver-unreachable`: it does not answer, or shows no certificate of ours. */
export async function connectTls({ host, port, tls, signal }: Connecting): Promise<Duplex> {
  const context = await contextOf(tls);
  const within = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)]);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, ...context });
    const fail = (cause: unknown): void => {
      socket.destroy();
      reject(
        unavailable('receiver-unreachable', `No receiver of blocks is reached at ${host}:${port}.`, {
          cause,
          mend: 'Look whether the worker of the target runs, whether its port is open, and whether both certificates are of one CA and name their hosts.',
        }),
      );
    };
    const abort = (): void => fail(within.reason);
    within.addEventListener('abort', abort, { once: true });
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      within.removeEventListener('abort', abort);
      socket.off('error', fail);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsFiles;
  /** Names (common name or DNS name of the certificate) of workers that may send. */
  readonly workers: readonly string[];
  readonly signal: AbortSignal;
  /** Serves one stream to its end. */
  serve(stream: Duplex, worker: string): Promise<void>;
  problem(what: string, thrown: unknown): void;
  /** Told once it listens. */
  listening?(port: number): void;
}

/** Listens until the signal. Rejects when it cannot. */
export async function listenTls(of: Listening): Promise<void> {
  const context = await contextOf(of.tls);
  const server = createServer({ ...context, requestCert: true, rejectUnauthorized: true }, (socket) => {
    socket.setNoDelay(true);
    const worker = namesOf(socket).find((name) => of.workers.includes(name));
    if (worker === undefined) {
      const names = namesOf(socket).join(', ');
      socket.destroy();
      return of.problem(
        'refused a sender',
        forbidden('sender-unknown', `A worker named "${names}" may not send here.`),
      );
    }
    of.serve(socket, worker).catch((thrown: unknown) => of.problem('a session ended badly', thrown));
  });
  server.on('tlsClientError', (thrown) => of.problem('a connection was refused', thrown));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  of.signal.addEventListener('abort', () => server.close(), { once: true });
  server.once('close', resolve);
  server.listen(of.port, of.host, () => {
    const address = server.address();
    of.listening?.(typeof address === 'object' && address ? address.port : of.port);
  });
  await promise;
}

function namesOf(socket: TLSSocket): readonly string[] {
  const { subject, subjectaltname } = socket.getPeerCertificate();
  const alternative = (subjectaltname ?? '').split(', ').filter((name) => name.startsWith('DNS:'));
  const common: unknown = subject?.CN;
  return [...(typeof common === 'string' ? [common] : []), ...alternative.map((name) => name.slice('DNS:'.length))];
}
