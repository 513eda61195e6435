import { external, forbidden, timedOut, unavailable } from '@lifeboat/kernel';
import type { NetConnectOpts, Socket } from 'node:net';
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Agreed } from './handshake.ts';
import { choose, greet, startTls } from './handshake.ts';
import { Inbox } from './inbox.ts';
import { Link } from './link.ts';

/** Mutual TLS: who the server must be, and who we are. All in PEM. */
export interface NbdTls {
  /** Whose signature the server's certificate must bear. */
  readonly ca: string | Buffer;
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** The name in the server's certificate; needed on a unix socket, elsewhere `host` where nothing is said. */
  readonly serverName?: string;
}

export type NbdPlace = { readonly path: string } | { readonly host: string; readonly port: number };

export interface NbdSettings {
  readonly at: NbdPlace;
  /** The server's default export where nothing is said. */
  readonly exportName?: string;
  /** Without it the bytes go in the clear. With it never. */
  readonly tls?: NbdTls;
  /** `false` where nothing is said: writes are refused before they are sent. */
  readonly writable?: boolean;
  /** For the connection and the handshake; 30 s where nothing is said. */
  readonly timeoutMs?: number;
  /** Of the opening alone. */
  readonly signal?: AbortSignal;
}

export const nameOf = (at: NbdPlace): string => ('path' in at ? at.path : `${at.host}:${at.port}`);

/** A link that is ready for requests, and what was agreed on. Ends the link where it throws. */
export async function connectNbd(settings: NbdSettings): Promise<{ link: Link; agreed: Agreed }> {
  const timeoutMs = settings.timeoutMs ?? 30_000;
  const late = AbortSignal.timeout(timeoutMs);
  const signal = settings.signal ? AbortSignal.any([settings.signal, late]) : late;
  const opened: { link?: Link } = {};
  const stop = (): void => opened.link?.destroy(signal.reason as Error);
  signal.addEventListener('abort', stop);
  try {
    signal.throwIfAborted();
    return await shakeHands(settings, opened);
  } catch (thrown) {
    opened.link?.destroy();
    settings.signal?.throwIfAborted();
    if (late.aborted) throw noAnswer(settings.at, timeoutMs);
    throw notConnected(settings.at, thrown);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function shakeHands({ at, exportName = '', tls }: NbdSettings, opened: { link?: Link }) {
  const where = at as NetConnectOpts;
  const inbox = new Inbox();
  let link = (opened.link = new Link(inbox));
  if (tls) link.adopt(await dialled(where, opened));
  else await link.dial(where);
  await whileOpen(link, greet(talkOf(link, inbox)));
  if (tls) {
    await whileOpen(link, startTls(talkOf(link, inbox)));
    link = opened.link = await encrypted(link, tls, at, inbox);
  }
  return { link, agreed: await whileOpen(link, choose(talkOf(link, inbox), exportName)) };
}

const talkOf = (link: Link, inbox: Inbox) => ({
  take: (bytes: number) => inbox.take(bytes),
  send: (...parts: readonly Buffer[]) => link.send(...parts),
});

function dialled(where: NetConnectOpts, opened: { link?: Link }): Promise<Socket> {
  const socket = connectPlain(where);
  // Not adopted yet, but to be destroyed with the link.
  void opened.link?.closed.then(() => socket.destroy());
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject).setNoDelay();
      resolve(socket);
    });
  });
}

async function encrypted(plain: Link, tls: NbdTls, at: NbdPlace, inbox: Inbox): Promise<Link> {
  const { serverName, ...who } = tls;
  const name = serverName ?? ('host' in at ? at.host : '');
  const link = new Link(inbox);
  const socket = connectTls({
    ...who,
    socket: plain.release(),
    host: name,
    // An address is no server name in TLS; it is compared with the certificate all the same.
    ...(/[a-z]/i.test(name) && !name.includes(':') && { servername: name }),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
  });
  link.adopt(socket);
  await whileOpen(link, new Promise((resolve) => socket.once('secureConnect', () => resolve(undefined))));
  return link;
}

/** What is waited for, or the end of the link. */
function whileOpen<T>(link: Link, work: Promise<T>): Promise<T> {
  const end = link.closed.then((cause): never => {
    throw cause ?? new Error('the server hung up');
  });
  return Promise.race([work, end]);
}

const noAnswer = (at: NbdPlace, timeoutMs: number) =>
  timedOut('nbd-timeout', `The NBD server at ${nameOf(at)} was not ready in ${timeoutMs / 1_000} s.`);

function notConnected(at: NbdPlace, thrown: unknown): unknown {
  const { code = '', message } = thrown as NodeJS.ErrnoException;
  if ((thrown as Error).name === 'LifeboatError') return thrown;
  const what = `The NBD server at ${nameOf(at)}`;
  if (/CERT|TLS|SSL/.test(code))
    return forbidden('nbd-tls-refused', `${what} and we do not accept each other's certificates: ${message}.`, {
      mend: 'Both must be signed by the same authority, and the server must bear the name that is expected.',
      cause: thrown,
    });
  if (/^(ECONN|ENOENT|EHOST|ENET|EAI|ENOTFOUND|EPIPE|EACCES)/.test(code) || code === '')
    return unavailable('nbd-unreachable', `${what} cannot be reached: ${message}.`, { cause: thrown });
  return external('nbd-failed', `${what} failed: ${message}.`, { retry: 'yes', cause: thrown });
}
