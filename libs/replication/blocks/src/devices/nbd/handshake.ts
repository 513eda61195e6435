import { external, forbidden, notFound } from '@lifeboat/kernel';
import { protocolBroken } from './failures.ts';
import {
  DEFAULT_MAX_BLOCK,
  FLAG,
  GREETING,
  HANDSHAKE,
  INFO,
  OPTION,
  OPTION_ERROR,
  OPTION_MAGIC,
  OPTION_REPLY,
  OPTION_REPLY_MAGIC,
} from './protocol.ts';

/** The two directions of a handshake. */
export interface Talk {
  take(bytes: number): Promise<Buffer>;
  send(...parts: readonly Buffer[]): void;
}

/** What both sides have agreed on. */
export interface Agreed {
  readonly size: number;
  readonly readOnly: boolean;
  readonly canFlush: boolean;
  readonly canZero: boolean;
  readonly canTrim: boolean;
  readonly structured: boolean;
  /** Of base:allocation; absent where the server does not tell what is allocated. */
  readonly allocationContext?: number;
  /** Bytes that one request may carry. */
  readonly maxBlock: number;
}

interface OptionReply {
  readonly type: number;
  readonly data: Buffer;
}

const LONGEST_REPLY = 65_536;
const REPLIES = 64;

/** The first exchange. Throws where the server is one of the old kind, which can neither refuse nor encrypt. */
export async function greet({ take, send }: Talk): Promise<void> {
  const greeting = await take(18);
  if (greeting.readBigUInt64BE(0) !== GREETING) throw protocolBroken('it does not greet as an NBD server');
  const flags = greeting.readUInt16BE(16);
  if (greeting.readBigUInt64BE(8) !== OPTION_MAGIC || !(flags & HANDSHAKE.fixedNewstyle))
    throw external('nbd-server-too-old', 'The NBD server does not know the fixed newstyle handshake.', { retry: 'no' });
  send(uint32(HANDSHAKE.fixedNewstyle | (flags & HANDSHAKE.noZeroes)));
}

/** After it the next bytes are TLS's. Throws `forbidden` `nbd-without-tls`: we never go on without what was asked for. */
export async function startTls(talk: Talk): Promise<void> {
  const [reply] = await ask(talk, OPTION.startTls, Buffer.alloc(0));
  if (reply?.type === OPTION_REPLY.ack) return;
  throw forbidden('nbd-without-tls', `The NBD server offers no TLS${words(reply)}.`, {
    mend: 'Start the server with TLS credentials.',
  });
}

/** Chooses the export, with all that the server can do. Throws `not-found` `nbd-export-not-found`, `forbidden` `nbd-wants-tls`. */
export async function choose(talk: Talk, exportName: string): Promise<Agreed> {
  const structured = succeeded(await ask(talk, OPTION.structuredReply, Buffer.alloc(0)));
  const context = structured ? await allocationContext(talk, exportName) : undefined;
  const replies = await ask(talk, OPTION.go, Buffer.concat([text(exportName), uint16(0)]));
  if (!succeeded(replies)) throw notChosen(exportName, replies.at(-1));
  const facts = replies.filter(({ type, data }) => type === OPTION_REPLY.info && data.length >= 2);
  return {
    ...exportFacts(infoOf(facts, INFO.export, 12)),
    maxBlock: maxBlockOf(infoOf(facts, INFO.blockSize, 14)),
    structured,
    ...(context !== undefined && { allocationContext: context }),
  };
}

const infoOf = (facts: readonly OptionReply[], kind: number, length: number): Buffer | undefined =>
  facts.find(({ data }) => data.readUInt16BE(0) === kind && data.length === length)?.data;

function exportFacts(data: Buffer | undefined) {
  if (!data) throw protocolBroken('it does not say how large the export is');
  const size = Number(data.readBigUInt64BE(2));
  const flags = data.readUInt16BE(10);
  if (!Number.isSafeInteger(size)) throw protocolBroken(`an export of ${size} bytes`);
  const can = (flag: number) => (flags & flag) !== 0;
  return {
    size,
    readOnly: can(FLAG.readOnly),
    canFlush: can(FLAG.flush),
    canZero: can(FLAG.writeZeroes),
    canTrim: can(FLAG.trim),
  };
}

function maxBlockOf(data: Buffer | undefined): number {
  if (!data) return DEFAULT_MAX_BLOCK;
  // We do not promise to keep to blocks (we do not ask for their size), so a server that lets us in takes any.
  const minimum = data.readUInt32BE(2);
  if (minimum > 1)
    throw external('nbd-blocks-only', `The NBD server takes whole blocks of ${minimum} bytes only.`, {
      retry: 'no',
      mend: 'Let it take any length (qemu-nbd does).',
    });
  return Math.max(1, Math.min(data.readUInt32BE(10), DEFAULT_MAX_BLOCK));
}

async function allocationContext(talk: Talk, exportName: string): Promise<number | undefined> {
  const query = Buffer.concat([text(exportName), uint32(1), text('base:allocation')]);
  const replies = await ask(talk, OPTION.setMetaContext, query);
  if (!succeeded(replies)) return undefined;
  return replies.find(({ type, data }) => type === OPTION_REPLY.metaContext && data.length >= 4)?.data.readUInt32BE(0);
}

/** An option and all replies to it; the last one is the acknowledgement or the error. */
async function ask({ take, send }: Talk, option: number, data: Buffer): Promise<readonly OptionReply[]> {
  const head = Buffer.alloc(16);
  head.writeBigUInt64BE(OPTION_MAGIC, 0);
  head.writeUInt32BE(option, 8);
  head.writeUInt32BE(data.length, 12);
  send(head, data);
  const replies: OptionReply[] = [];
  while (replies.length < REPLIES) {
    const reply = await take(20);
    const length = reply.readUInt32BE(16);
    if (reply.readBigUInt64BE(0) !== OPTION_REPLY_MAGIC || reply.readUInt32BE(8) !== option || length > LONGEST_REPLY)
      throw protocolBroken(`a reply to option ${option} that is none`);
    const type = reply.readUInt32BE(12);
    replies.push({ type, data: await take(length) });
    if (type === OPTION_REPLY.ack || type >= OPTION_ERROR) return replies;
  }
  throw protocolBroken(`more than ${REPLIES} replies to option ${option}`);
}

const succeeded = (replies: readonly OptionReply[]): boolean => replies.at(-1)?.type === OPTION_REPLY.ack;

const TLS_REQUIRED = OPTION_ERROR + 5;
const UNKNOWN_EXPORT = OPTION_ERROR + 6;

function notChosen(exportName: string, reply: OptionReply | undefined) {
  if (reply?.type === TLS_REQUIRED)
    return forbidden('nbd-wants-tls', 'The NBD server speaks over TLS only.', { mend: 'Give certificates for it.' });
  if (reply?.type === UNKNOWN_EXPORT)
    return notFound('nbd-export-not-found', `The NBD server has no export "${exportName}"${words(reply)}.`);
  return external('nbd-export-refused', `The NBD server refused the export "${exportName}"${words(reply)}.`, {
    retry: 'no',
  });
}

const words = (reply: OptionReply | undefined): string =>
  reply && reply.data.length > 0 ? `: ${reply.data.toString('utf8')}` : '';

const uint16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
};

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([uint32(bytes.length), bytes]);
};
