import { illegalState } from '@lifeboat/kernel';
import { SETTINGS } from '@lifeboat/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { BridgeSettings } from '../bridge-settings.ts';
import { nameEntities } from '../reading/reception.ts';
import { ChangeShipper } from '../sending/change-shipper.ts';
import { bearsToken } from './bearer.ts';
import { PROBLEMS, refuse } from './intake-problem.ts';
import { readIntake } from './read-intake.ts';

const LARGEST_BODY = 1024 * 1024;
const MOST_CONNECTIONS = 64;
const REQUEST_MS = 30_000;
const STORE_MS = 8_000;
/** Requests that nobody waits for any more leave theirs behind while NATS is away. */
const MOST_WAITING = 20_000;

/** Notifications by HTTP, for sites whose broker is not ours to read. On loopback: a proxy in front of it has TLS. */
@Injectable()
export class Intake {
  private server: Server | undefined;

  constructor(
    private readonly shipper: ChangeShipper,
    @Inject(SETTINGS) private readonly settings: BridgeSettings,
  ) {}

  /** Does nothing where no port is set. Throws `intake-port-taken`. */
  async open(): Promise<void> {
    const { LIFEBOAT_INTAKE_PORT: port, LIFEBOAT_INTAKE_TOKEN: token } = this.settings;
    if (port === undefined || token === undefined) return;
    const server = createServer({ requestTimeout: REQUEST_MS }, (request, response) => {
      this.answer(request, response, token).catch(() => response.destroy()); // the sender hung up
    });
    server.maxConnections = MOST_CONNECTIONS;
    await new Promise<void>((resolve, reject) =>
      server.once('error', (cause) => reject(notFree(port, cause))).listen(port, '127.0.0.1', resolve),
    );
    this.server = server;
  }

  close(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse, token: string): Promise<void> {
    if (!bearsToken(request.headers.authorization, token)) return refuse(response, PROBLEMS.unauthorised);
    if (request.method !== 'POST' || request.url !== '/v1/notifications') return refuse(response, PROBLEMS.noSuchPath);
    const body = await bodyOf(request);
    if (!body) return refuse(response, PROBLEMS.tooLarge);
    const read = readIntake(body, nameEntities);
    if (!('changes' in read)) return refuse(response, read);
    if (this.shipper.waiting > MOST_WAITING) return refuse(response, PROBLEMS.away);
    const stored = Promise.all(read.changes.map((one) => this.shipper.ship(one))).then(
      () => true,
      () => false,
    );
    const late = new AbortController();
    const inTime = await Promise.race([stored, pause(STORE_MS, false, { signal: late.signal }).catch(() => false)]);
    late.abort();
    if (!inTime) return refuse(response, PROBLEMS.away);
    response.writeHead(202, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ accepted: read.changes.length }));
  }
}

/** `undefined` when it is too large; then the rest is not read. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > LARGEST_BODY) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LARGEST_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const notFree = (port: number, cause: unknown) =>
  illegalState('intake-port-taken', `LIFEBOAT_INTAKE_PORT ${port} is taken, or not ours to take.`, {
    mend: 'Name a free port.',
    cause,
  });
