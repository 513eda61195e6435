import { connect } from 'node:net';
import type { Tried } from './probe.ts';

/** Passes when a connection is accepted. */
export async function tryTcp(host: string, port: number, signal: AbortSignal): Promise<Tried> {
  const { promise, resolve } = Promise.withResolvers<Tried>();
  const socket = connect({ host, port, signal });
  socket.once('connect', () => resolve({ passed: true, said: `${host} accepts connections` }));
  socket.once('error', ({ message }) => resolve({ passed: false, said: message || `${host} refuses connections` }));
  return promise.finally(() => socket.destroy());
}
