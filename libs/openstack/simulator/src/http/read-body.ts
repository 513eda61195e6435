import type { IncomingMessage } from 'node:http';
import { badRequest, Refusal } from './refusal.ts';

const most = 4 * 1024 * 1024;

/** Bodies of this kind are read as JSON; all others are left as streams of bytes. */
export const isJson = (request: IncomingMessage): boolean => {
  const type = request.headers['content-type'] ?? '';
  return type === '' ? request.method !== 'PUT' || request.headers['content-length'] === undefined : /json/.test(type);
};

/** The parsed body; undefined without one. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw new Refusal(413, 'Request is too large.');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8').trim();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('Malformed request body: cannot understand JSON');
  }
}
