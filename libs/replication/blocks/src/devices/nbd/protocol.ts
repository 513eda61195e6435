/** Names and numbers of the NBD protocol (doc/proto.md of NetworkBlockDevice/nbd); all integers are big-endian. */
export const GREETING = 0x4e42444d41474943n;
export const OPTION_MAGIC = 0x49484156454f5054n;
export const OPTION_REPLY_MAGIC = 0x3e889045565a9n;
export const REQUEST_MAGIC = 0x25609513;
export const SIMPLE_REPLY_MAGIC = 0x67446698;
export const STRUCTURED_REPLY_MAGIC = 0x668e33ef;

export const HANDSHAKE = { fixedNewstyle: 1, noZeroes: 2 } as const;
export const OPTION = { abort: 2, startTls: 5, go: 7, structuredReply: 8, setMetaContext: 10 } as const;
export const OPTION_REPLY = { ack: 1, info: 3, metaContext: 4 } as const;
export const OPTION_ERROR = 0x8000_0000;
export const INFO = { export: 0, blockSize: 3 } as const;
export const FLAG = { readOnly: 2, flush: 4, trim: 32, writeZeroes: 64 } as const;
export const COMMAND = { read: 0, write: 1, disconnect: 2, flush: 3, trim: 4, writeZeroes: 6, blockStatus: 7 } as const;
export const CHUNK = { none: 0, data: 1, hole: 2, blockStatus: 5 } as const;
export const CHUNK_DONE = 1;
export const CHUNK_ERROR = 0x8000;
/** Of base:allocation. */
export const STATE_ZERO = 2;

/** A payload may be so long where the server says nothing else. */
export const DEFAULT_MAX_BLOCK = 32 * 1024 * 1024;

const UINT32 = 2 ** 32;

/** As a number, which a bigint of every head would cost much to become: exact up to 2^53, and no size that we accept is larger. */
export const readUint64 = (bytes: Buffer, at: number): number =>
  bytes.readUInt32BE(at) * UINT32 + bytes.readUInt32BE(at + 4);

export function writeUint64(bytes: Buffer, value: number, at: number): void {
  bytes.writeUInt32BE(Math.floor(value / UINT32), at);
  bytes.writeUInt32BE(value % UINT32, at + 4);
}
