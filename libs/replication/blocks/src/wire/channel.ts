import { unavailable } from '@lifeboat/kernel';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { chunksOf } from './chunks.ts';
import { FrameDecoder, HEAD, broken, encodeFrame } from './frame.ts';
import type { Frame } from './frame.ts';
import { TYPE } from './messages.ts';

/** So long may the other end take to read our last words. */
const LINGER_MS = 5_000;
const QUESTION = Buffer.of(1);

/** Frames over a stream of bytes, numbered in each direction. */
export class Channel {
  /** Bytes that left, with all that is around them. */
  sent = 0;
  received = 0;
  private number = 0;
  private draining: Promise<void> | undefined;

  constructor(
    private readonly stream: Duplex,
    /** An end that says nothing for so long is gone, whatever its connection looks like, milliseconds. */
    private readonly silenceMs: number = 120_000,
  ) {
    // Who reads or writes is told of it; without an ear it would end the process.
    stream.on('error', () => undefined);
  }

  /** Resolves when the stream takes more. Rejects with `stream-broken` when it takes none. */
  async send(type: number, ...payload: readonly Buffer[]): Promise<void> {
    if (this.stream.destroyed || this.stream.writableEnded) throw broken('it was closed');
    this.sent += payload.reduce((sum, part) => sum + part.length, HEAD);
    this.stream.cork();
    let room = true;
    for (const part of encodeFrame(this.number++, type, ...payload))
      if (part.length > 0) room = this.stream.write(part);
    this.stream.uncork();
    if (room) return;
    this.draining ??= this.drained().finally(() => (this.draining = undefined));
    await this.draining;
    if (this.stream.destroyed) throw broken('it was closed');
  }

  /** One for all who wait for room. */
  private async drained(): Promise<void> {
    const over = new AbortController();
    const either = ['close', 'drain'].map((event) => once(this.stream, event, { signal: over.signal }));
    await Promise.race(either).catch(() => undefined);
    over.abort();
    await Promise.allSettled(either);
  }

  async *frames(): AsyncGenerator<Frame> {
    const decoder = new FrameDecoder();
    // Only while we wait for it: what the other end says while we do something else is not heard before we are done.
    const listening = () => setTimeout(() => this.close(), this.silenceMs);
    let silence = listening();
    try {
      for await (const chunk of chunksOf(this.stream)) {
        clearTimeout(silence);
        this.received += chunk.length;
        for (const frame of decoder.push(chunk))
          if (frame.type !== TYPE.alive) yield frame;
          else if (frame.payload.length > 0) await this.send(TYPE.alive);
        silence = listening();
      }
    } catch (thrown) {
      if ((thrown as { name?: string }).name === 'LifeboatError') throw thrown;
      throw unavailable('stream-broken', 'The stream of blocks was cut off.', { cause: thrown });
    } finally {
      clearTimeout(silence);
    }
    decoder.end();
  }

  /** While something takes its time here, both ends are kept from taking the other for gone. */
  async busy<T>(work: Promise<T>): Promise<T> {
    const ask = (): void => void this.send(TYPE.alive, QUESTION).catch(() => undefined);
    const asking = setInterval(ask, this.silenceMs / 4);
    try {
      return await work;
    } finally {
      clearInterval(asking);
    }
  }

  /** Bytes that wait for the socket: how much faster we are than the link. */
  get waiting(): number {
    return this.stream.writableLength;
  }

  /** After what was sent; what still comes is not looked at. */
  end(): void {
    if (this.stream.destroyed) return;
    this.stream.end();
    this.stream.resume();
    setTimeout(() => this.close(), LINGER_MS).unref();
  }

  close(): void {
    this.stream.destroy();
  }
}
