import { setTimeout as sleep } from 'node:timers/promises';
import type { Simulator } from '../start-simulator.ts';
import { login, SpecClient, startSpecCloud } from '../testing/spec-client.ts';

describe('the played Keystone', () => {
  let cloud: Simulator;
  beforeAll(async () => {
    cloud = await startSpecCloud();
  });
  afterAll(() => cloud.stop());

  const authenticate = (auth: unknown): Promise<Response> =>
    fetch(`${cloud.url}/identity/v3/auth/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ auth }),
    });

  it('gives a scoped token with roles and a catalog of its region, and a request id with every answer', async () => {
    const demo = await login(cloud.url);
    const reply = await demo.get('/identity/v3/auth/tokens', { headers: { 'x-subject-token': demo.token } });
    const token = reply.body['token'] as {
      roles: { name: string }[];
      catalog: { type: string; endpoints: { region: string; url: string }[] }[];
    };
    expect(token.roles.map((role) => role.name).sort()).toEqual(['member', 'reader']);
    expect(token.catalog.map((entry) => entry.type).sort()).toEqual([
      'compute',
      'identity',
      'image',
      'network',
      'volumev3',
    ]);
    expect(
      token.catalog.every((entry) =>
        entry.endpoints.every((endpoint) => endpoint.region === 'RegionA' && endpoint.url.startsWith(cloud.url)),
      ),
    ).toBe(true);
    expect(reply.headers.get('x-openstack-request-id')).toMatch(/^req-[0-9a-f-]{36}$/);
  });

  it('refuses a wrong password, an unknown project and a project without a role alike', async () => {
    for (const [password, project] of [
      ['wrong', 'demo'],
      ['lifeboat', 'nowhere'],
      ['lifeboat', 'admin'],
    ]) {
      const reply = await authenticate({
        identity: {
          methods: ['password'],
          password: { user: { name: 'demo', domain: { name: 'Default' }, password } },
        },
        scope: { project: { name: project, domain: { name: 'Default' } } },
      });
      expect(reply.status).toBe(401);
      expect(await reply.json()).toEqual({
        error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' },
      });
    }
  });

  it('lets tokens expire and be revoked', async () => {
    const first = await login(cloud.url);
    await fetch(`${cloud.url}/simulator/tokens`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"seconds": 0.02}',
    });
    const short = await login(cloud.url);
    await sleep(30);
    expect((await short.get('/compute/v2.1/servers')).status).toBe(401);
    expect((await first.get('/compute/v2.1/servers')).status).toBe(200);
    await fetch(`${cloud.url}/simulator/tokens`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"seconds": 3600}',
    });
    expect(
      (await first.delete('/identity/v3/auth/tokens', { headers: { 'x-subject-token': first.token } })).status,
    ).toBe(204);
    expect((await first.get('/compute/v2.1/servers')).status).toBe(401);
  });

  it('makes application credentials that carry the user’s roles, cannot make others, and end with their deletion', async () => {
    const demo = await login(cloud.url);
    const path = `/identity/v3/users/${demo.userId}/application_credentials`;
    const made = await demo.make(path, 'application_credential', { name: 'worker' });
    expect((await demo.get(`${path}/${made.id}`)).text).not.toContain(String(made['secret']));
    const auth = {
      identity: {
        methods: ['application_credential'],
        application_credential: { id: made.id, secret: made['secret'] },
      },
    };
    const reply = await authenticate(auth);
    expect(reply.status).toBe(201);
    const worker = new SpecClient(cloud.url, reply.headers.get('x-subject-token') ?? '', demo.projectId, demo.userId);
    expect((await worker.get('/compute/v2.1/servers')).status).toBe(200);
    expect((await worker.post(path, { application_credential: { name: 'another' } })).status).toBe(403);
    expect((await demo.delete(`${path}/${made.id}`)).status).toBe(204);
    expect((await worker.get('/compute/v2.1/servers')).status).toBe(401);
    expect((await authenticate(auth)).status).toBe(401);
  });

  it('lets an administrator make a project and its member, and a member neither', async () => {
    const admin = await login(cloud.url, 'admin');
    const project = await admin.make('/identity/v3/projects', 'project', { name: 'acme' });
    const user = await admin.make('/identity/v3/users', 'user', { name: 'alice', password: 'pw' });
    const roles = (await admin.get('/identity/v3/roles?name=member')).body['roles'] as { id: string }[];
    expect(
      (await admin.put(`/identity/v3/projects/${project.id}/users/${user.id}/roles/${roles[0]?.id}`, undefined)).status,
    ).toBe(204);
    const alice = await login(cloud.url, 'alice', 'acme', 'pw');
    const refused = await alice.post('/identity/v3/projects', { project: { name: 'mine' } });
    expect([refused.status, refused.body]).toEqual([
      403,
      {
        error: {
          code: 403,
          message: 'You are not authorized to perform the requested action: identity:create_project.',
          title: 'Forbidden',
        },
      },
    ]);
    expect((await alice.get('/identity/v3/users')).status).toBe(403);
  });
});
