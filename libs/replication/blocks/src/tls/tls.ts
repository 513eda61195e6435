import { forbidden, unavailable } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import type { Duplex } from 'node:stream';
import { connect, createServer } from 'node:tls';
import type { Server, TLSSocket } from 'node:tls';
import { Channel } from '../wire/channel.ts';
import { TYPE, encodeJson } from '../wire/messages.ts';
import { contextOf } from './tls-files.ts';
import type { TlsFiles } from './tls-files.ts';

const CONNECT_MS = 10_000;
/** Certificates are renewed while workers run. */
const READ_AGAIN_MS = 60_000;

export interface Connecting {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsFiles;
  readonly signal: AbortSignal;
}

/** A stream to the worker that listens there. Throws `unavailable` `receiver-unreachable`: it does not answer; `forbidden` `receiver-not-trusted`: its certificate is not good. */
export async function connectTls({ host, port, tls, signal }: Connecting): Promise<Duplex> {
  const context = await contextOf(tls);
  const within = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)]);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, ...context });
    const fail = (cause: unknown): void => {
      socket.destroy();
      // Node says why a certificate was refused here, on a socket whose type promises an error.
      const refused: unknown = socket.authorizationError;
      reject(refused == null ? unreachable(host, port, cause) : receiverNotTrusted(host, port, String(refused)));
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

const unreachable = (host: string, port: number, cause: unknown): LifeboatError =>
  unavailable('receiver-unreachable', `No receiver of blocks is reached at ${host}:${port}.`, {
    cause,
    mend: 'Look whether the worker of the target runs, and whether its port is open.',
  });

const receiverNotTrusted = (host: string, port: number, reason: string): LifeboatError =>
  forbidden(
    'receiver-not-trusted',
    `The certificate of the receiver of blocks at ${host}:${port} is refused: ${reason}.`,
    {
      mend: 'It has to be of the authority that this worker believes, name that host, and not be out of date.',
    },
  );

export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsFiles;
  /** Names (common name or DNS name of the certificate) of workers that may send. */
  readonly workers: readonly string[];
  readonly signal: AbortSignal;
  /** How often the files are read again; a minute where nothing is said. */
  readonly readAgainMs?: number;
  /** Serves one stream to its end. */
  serve(stream: Duplex, worker: string): Promise<void>;
  problem(what: string, thrown: unknown): void;
  /** Told once it listens. */
  listening?(port: number): void;
}

/** Listens until the signal. Rejects when it cannot. */
export async function listenTls(of: Listening): Promise<void> {
  const context = await contextOf(of.tls);
  // Who is refused is told so within the connection: TLS 1.3 is open at the sender before its certificate is looked at.
  const settings = { ...context, requestCert: true, rejectUnauthorized: false };
  const server = createServer(settings, (socket) => {
    socket.setNoDelay(true);
    const worker = admitted(socket, of.workers);
    if (typeof worker !== 'string') return refuse(socket, worker, of);
    of.serve(socket, worker).catch((thrown: unknown) => of.problem('a session ended badly', thrown));
  });
  server.on('tlsClientError', (thrown) => of.problem('a connection was refused', thrown));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  const renewing = setInterval(() => renew(server, of), of.readAgainMs ?? READ_AGAIN_MS);
  of.signal.addEventListener('abort', () => server.close(), { once: true });
  server.once('close', resolve);
  server.listen(of.port, of.host, () => {
    const address = server.address();
    of.listening?.(typeof address === 'object' && address ? address.port : of.port);
  });
  await promise.finally(() => clearInterval(renewing));
}

/** For connections from now on. Half-written files are read again the next time. */
function renew(server: Server, { tls, problem }: Listening): void {
  contextOf(tls).then(
    (context) => server.setSecureContext(context),
    (thrown: unknown) => problem('the certificate was not read again', thrown),
  );
}

/** The name by which a sender may send, or why it may not. */
function admitted(socket: TLSSocket, workers: readonly string[]): string | LifeboatError {
  const names = namesOf(socket);
  if (!socket.authorized || socket.isSessionReused())
    return forbidden(
      'sender-not-trusted',
      `The certificate of a worker that calls itself "${names.join(', ')}" is refused: ${String(socket.authorizationError ?? 'none was shown')}.`,
      { mend: 'It has to be of the authority that the receiver believes, and not be out of date.' },
    );
  return (
    names.find((name) => workers.includes(name)) ??
    forbidden('sender-unknown', `A worker named "${names.join(', ')}" may not send here.`, {
      mend: 'Name it under "workers" of the site that receives, in the drivers file of the worker there.',
    })
  );
}

/** Nothing that it says is looked at. */
function refuse(socket: TLSSocket, why: LifeboatError, { problem }: Listening): void {
  const channel = new Channel(socket);
  const { code, message } = why;
  void channel
    .send(TYPE.failed, encodeJson({ code, message }))
    .catch(() => undefined)
    .finally(() => channel.end());
  problem('refused a sender', why);
}

function namesOf(socket: TLSSocket): readonly string[] {
  const { subject, subjectaltname } = socket.getPeerCertificate();
  const alternative = (subjectaltname ?? '').split(', ').filter((name) => name.startsWith('DNS:'));
  const common: unknown = subject?.CN;
  return [...(typeof common === 'string' ? [common] : []), ...alternative.map((name) => name.slice('DNS:'.length))];
}
