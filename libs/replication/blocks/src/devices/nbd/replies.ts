import type { Extent } from '../../device.ts';
import { protocolBroken, refused } from './failures.ts';
import type { Receiver } from './link.ts';
import {
  CHUNK,
  CHUNK_DONE,
  CHUNK_ERROR,
  COMMAND,
  readUint64,
  SIMPLE_REPLY_MAGIC,
  STRUCTURED_REPLY_MAGIC,
} from './protocol.ts';

/** A request under way. */
export interface Request {
  readonly command: number;
  readonly offset: number;
  readonly length: number;
  /** For reads: `length` bytes. */
  readonly into?: Buffer;
  /** For the status of blocks: the payload of its chunk. */
  status?: Buffer;
  /** Parts of a read that have come. */
  readonly covered: Extent[];
  error?: Error;
  settle(error?: Error): void;
}

/** Replies to many small requests come in one read, and little of a large one is copied. */
const SCRATCH = 64 * 1024;
const SIMPLE_HEAD = 16;
const CHUNK_HEAD = 20;
/** 128 Ki descriptors, more than a server sends. */
const LONGEST_PAYLOAD = 1024 * 1024 + 4;

/** Takes replies apart as they arrive, whatever pieces they come in, and settles what they answer. Throws when the server breaks the protocol. */
export class Replies implements Receiver {
  private readonly scratch = Buffer.allocUnsafeSlow(SCRATCH);
  private start = 0;
  private end = 0;
  /** What is still to be filled of a payload, and what to do then. */
  private rest: Buffer | undefined;
  private whenFilled: () => void = () => undefined;

  constructor(
    private readonly structured: boolean,
    private readonly underWay: Map<number, Request>,
  ) {}

  target(): Buffer {
    return this.rest ?? this.scratch.subarray(this.end);
  }

  filled(bytes: number): void {
    if (this.rest) {
      this.rest = this.rest.subarray(bytes);
      if (this.rest.length > 0) return;
      this.rest = undefined;
      this.whenFilled();
      return;
    }
    this.end += bytes;
    while (this.takeReply());
    this.scratch.copyWithin(0, this.start, this.end);
    this.end -= this.start;
    this.start = 0;
  }

  /** `false` when more bytes have to come first. */
  private takeReply(): boolean {
    const { scratch, start } = this;
    const have = this.end - start;
    if (have < SIMPLE_HEAD) return false;
    const magic = scratch.readUInt32BE(start);
    if (magic === SIMPLE_REPLY_MAGIC) {
      this.start += SIMPLE_HEAD;
      return this.simple(scratch.readUInt32BE(start + 4), readUint64(scratch, start + 8));
    }
    if (magic !== STRUCTURED_REPLY_MAGIC || !this.structured) throw protocolBroken('a reply that is none');
    if (have < CHUNK_HEAD) return false;
    const type = scratch.readUInt16BE(start + 6);
    // The offset of data is a part of its head for us.
    const head = type === CHUNK.data ? CHUNK_HEAD + 8 : CHUNK_HEAD;
    if (have < head) return false;
    this.start += head;
    const done = (scratch.readUInt16BE(start + 4) & CHUNK_DONE) !== 0;
    const handle = readUint64(scratch, start + 8);
    const length = scratch.readUInt32BE(start + 16);
    if (type === CHUNK.data) return this.data(handle, readUint64(scratch, start + CHUNK_HEAD), length - 8, done);
    return this.chunk(handle, type, length, done);
  }

  private simple(errno: number, handle: number): boolean {
    const request = this.request(handle);
    if (errno !== 0) request.error = refused(errno, '');
    if (request.command !== COMMAND.read || errno !== 0) return this.finish(handle, request);
    if (this.structured || !request.into) throw protocolBroken('a simple reply to a read');
    request.covered.push({ offset: request.offset, length: request.length });
    return this.receive(request.into, () => this.finish(handle, request));
  }

  private data(handle: number, offset: number, length: number, done: boolean): boolean {
    const request = this.request(handle);
    const into = coverRead(request, offset, length);
    return this.receive(into, () => !done || this.finish(handle, request));
  }

  private chunk(handle: number, type: number, length: number, done: boolean): boolean {
    const request = this.request(handle);
    if (length > LONGEST_PAYLOAD) throw protocolBroken(`a chunk of ${length} bytes`);
    const payload = Buffer.allocUnsafe(length);
    return this.receive(payload, () => {
      readChunk(request, type, payload);
      return !done || this.finish(handle, request);
    });
  }

  /** From what is here already; the rest goes there straight from the socket. */
  private receive(into: Buffer, then: () => unknown): boolean {
    const copied = this.scratch.copy(into, 0, this.start, this.end);
    this.start += copied;
    if (copied === into.length) {
      then();
      return true;
    }
    this.rest = into.subarray(copied);
    this.whenFilled = then;
    return false;
  }

  private request(handle: number): Request {
    const request = this.underWay.get(handle);
    if (!request) throw protocolBroken('a reply that nobody waits for');
    return request;
  }

  private finish(handle: number, request: Request): true {
    const came = request.covered.reduce((sum, { length }) => sum + length, 0);
    if (!request.error && request.command === COMMAND.read && came !== request.length)
      throw protocolBroken(`${came} bytes where ${request.length} were asked for`);
    this.underWay.delete(handle);
    request.settle(request.error);
    return true;
  }
}

/** Where that part of a read goes; it must lie within what was asked for and come once. */
function coverRead({ into, covered, offset: from, length: asked }: Request, offset: number, length: number): Buffer {
  const overlaps = covered.some((part) => offset < part.offset + part.length && part.offset < offset + length);
  if (!into || length < 1 || offset < from || offset + length > from + asked || overlaps)
    throw protocolBroken(`${length} bytes at ${offset} that nobody asked for`);
  covered.push({ offset, length });
  return into.subarray(offset - from, offset - from + length);
}

function readChunk(request: Request, type: number, payload: Buffer): void {
  if (type & CHUNK_ERROR && payload.length >= 6) {
    const words = payload.subarray(6, 6 + payload.readUInt16BE(4)).toString('utf8');
    request.error ??= refused(payload.readUInt32BE(0), words);
  } else if (type === CHUNK.hole && payload.length === 12)
    coverRead(request, readUint64(payload, 0), payload.readUInt32BE(8)).fill(0);
  else if (type === CHUNK.blockStatus && request.command === COMMAND.blockStatus && payload.length >= 12)
    request.status = payload;
  else if (type !== CHUNK.none || payload.length > 0) throw protocolBroken(`a chunk of type ${type}`);
}
