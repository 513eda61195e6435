import type { SparseDisk } from '../bytes/sparse-disk.ts';
import type { Cloud } from '../cloud.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import { readFault } from '../faults/fault.ts';
import type { RateLimit } from '../faults/rate-limit.ts';
import { created, get, noContent, ok, post, put, remove, type Answer, type Call, type Route } from '../http/call.ts';
import { flagOf, numberOf, textOf } from '../http/fields.ts';
import { badRequest, notFound } from '../http/refusal.ts';
import { seedBulk } from '../seed/bulk.ts';
import { inventory } from './inventory.ts';
import type { RequestLog } from './request-log.ts';

export interface Controls {
  readonly faults: FaultPlan;
  readonly rateLimit: RateLimit;
  readonly log: RequestLog;
}

const isTrue = (text: string | null): boolean => text === '1' || text === 'true';

async function writeBytes(disk: SparseDisk, call: Call): Promise<Answer> {
  let offset = Number(call.query.get('offset') ?? 0);
  await disk.exclusively(async () => {
    for await (const chunk of call.stream as AsyncIterable<Buffer>) {
      if (offset + chunk.length > disk.size) throw badRequest(`The disk ends at ${disk.size}`);
      await disk.write(chunk, offset);
      offset += chunk.length;
    }
  });
  return noContent();
}

function readBytes(disk: SparseDisk, call: Call): Answer {
  const start = Number(call.query.get('offset') ?? 0);
  const end = Math.min(disk.size, call.query.has('length') ? start + Number(call.query.get('length')) : disk.size);
  return {
    status: 200,
    bytes: disk.stream(start, end),
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(Math.max(0, end - start)) },
  };
}

function diskRoutes(path: string, find: (id: string) => SparseDisk | undefined): Route[] {
  const disk = (call: Call): SparseDisk => {
    const found = find(call.params['id'] ?? '');
    if (found === undefined) throw notFound(`No bytes of ${call.params['id']}`);
    return found;
  };
  return [
    get(path, (call) => readBytes(disk(call), call)),
    put(path, (call) => writeBytes(disk(call), call)),
    get(`${path}/sha256`, async (call) => ok({ sha256: await disk(call).sha256() })),
  ];
}

function guestRoutes(cloud: Cloud): Route[] {
  const path = '/servers/{id}/guest';
  return [
    get(path, (call) =>
      ok({
        ...cloud.guests.progress(call.params['id'] ?? ''),
        console: cloud.compute.servers.get(call.params['id'])?.console ?? [],
      }),
    ),
    post(path, async (call) => {
      const server = cloud.compute.servers.get(call.params['id']);
      if (server === undefined) throw notFound(`No server ${call.params['id']}`);
      await cloud.guests.ask(server, {
        everyMs: numberOf(call.body, 'everyMs') ?? 1000,
        noise: numberOf(call.body, 'noise') ?? 2,
      });
      return noContent();
    }),
    post('/guests/hold', () => {
      cloud.guests.hold();
      return noContent();
    }),
    post('/guests/release', async () => {
      await cloud.guests.release();
      return noContent();
    }),
  ];
}

function faultRoutes({ faults, rateLimit }: Controls): Route[] {
  return [
    get('/faults', () => ok({ faults: faults.list(), presence: faults.presence })),
    post('/faults', (call) => created(faults.add(readFault(call.body)))),
    remove('/faults', () => {
      faults.clear();
      return noContent();
    }),
    remove('/faults/{id}', (call) => {
      if (!faults.remove(call.params['id'] ?? '')) throw notFound(`No fault ${call.params['id']}`);
      return noContent();
    }),
    put('/presence', (call) => {
      const presence = textOf(call.body, 'presence');
      if (presence !== 'here' && presence !== 'gone') throw badRequest("presence must be 'here' or 'gone'");
      faults.presence = presence;
      return noContent();
    }),
    put('/rate-limit', (call) => {
      rateLimit.perSecond = numberOf(call.body, 'perSecond') ?? 0;
      return noContent();
    }),
  ];
}

function tokenRoutes(cloud: Cloud): Route[] {
  return [
    // Every token issued so far is worthless from now on.
    remove('/tokens', () => {
      cloud.identity.tokens.clear();
      return noContent();
    }),
    put('/tokens', (call) => {
      cloud.identity.tokenSeconds = numberOf(call.body, 'seconds') ?? cloud.identity.tokenSeconds;
      return noContent();
    }),
  ];
}

/** What tests and the demo do to the cloud from outside it. No token; loopback only, as the whole process. */
export const controlRoutes = (cloud: Cloud, controls: Controls): Route[] => [
  get('/health', () =>
    ok({
      name: cloud.settings.name,
      region: cloud.settings.region,
      rss: process.memoryUsage.rss(),
      connections: controls.log.connections,
    }),
  ),
  get('/inventory', async (call) => ok(await inventory(cloud, isTrue(call.query.get('bytes'))))),
  get('/requests', (call) => {
    const since = call.query.get('since');
    const method = call.query.get('method');
    const path = call.query.get('path');
    return ok({
      requests: controls.log.find({
        ...(since !== null && { since: Number(since) }),
        ...(method !== null && { method }),
        ...(path !== null && { path }),
      }),
    });
  }),
  remove('/requests', () => {
    controls.log.clear();
    return noContent();
  }),
  post('/bulk', (call) => {
    const stateless = flagOf(call.body, 'stateless') === true;
    seedBulk(cloud, numberOf(call.body, 'servers') ?? 0, stateless ? 'stateless' : 'mixed');
    return noContent();
  }),
  ...faultRoutes(controls),
  ...guestRoutes(cloud),
  ...tokenRoutes(cloud),
  put('/unmanaged/{name}', (call) => {
    cloud.volume.unmanaged.set(call.params['name'] ?? '', numberOf(call.body, 'sizeGiB') ?? 1);
    return ok({});
  }),
  ...diskRoutes('/volumes/{id}/bytes', (id) => cloud.disks.get('volume', id)),
  ...diskRoutes('/images/{id}/bytes', (id) => cloud.disks.get('image', id)),
  ...diskRoutes('/servers/{id}/root', (id) => cloud.disks.get('root', id)),
];
