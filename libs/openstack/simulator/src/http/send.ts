import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Answer } from './call.ts';

const encode = (answer: Answer): Buffer | undefined => {
  if (answer.body === undefined) return undefined;
  return Buffer.from(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
};

/** Writes an answer; bytes are streamed. `truncate` cuts the connection in the middle of the body. */
export async function send(
  response: ServerResponse,
  answer: Answer,
  headers: Readonly<Record<string, string>>,
  truncate: boolean,
): Promise<void> {
  const body = encode(answer);
  const all = {
    ...headers,
    ...(body && typeof answer.body !== 'string' && { 'content-type': 'application/json' }),
    ...(answer.bytes === undefined && { 'content-length': String(body?.length ?? 0) }),
    ...answer.headers,
  };
  if (answer.status === 204) delete (all as Record<string, string | undefined>)['content-length'];
  response.writeHead(answer.status, all);
  if (answer.bytes !== undefined) {
    if (truncate) await sendHalf(response, answer);
    else await pipeline(answer.bytes, response);
    return;
  }
  if (!truncate) {
    response.end(body);
    return;
  }
  response.write(body?.subarray(0, Math.floor(body.length / 2)) ?? '');
  setImmediate(() => response.destroy());
}

async function sendHalf(response: ServerResponse, answer: Answer): Promise<void> {
  let left = Math.floor(Number(answer.headers?.['content-length'] ?? 0) / 2);
  for await (const chunk of answer.bytes ?? []) {
    const bytes = chunk as Buffer;
    if (!response.write(bytes.subarray(0, left))) await new Promise((resolve) => response.once('drain', resolve));
    left -= bytes.length;
    if (left <= 0) break;
  }
  response.destroy();
}
