import { setTimeout as pause } from 'node:timers/promises';
import type { Cloud } from './cloud.ts';
import { openCloud } from './open-cloud.ts';
import { allOf, refusalOf } from './simulated/refusal-of.ts';
import { PASSWORD, playCloud } from './simulated/played-cloud.ts';
import type { PlayedCloud } from './simulated/played-cloud.ts';

const TOKENS = 'POST /identity/v3/auth/tokens';
const SERVERS = 'GET /compute/v2.1/servers';

describe('Keystone sessions', () => {
  let played: PlayedCloud;
  let cloud: Cloud;
  beforeEach(async () => {
    played = await playCloud();
    cloud = openCloud(played.config);
    played.on(SERVERS, { json: { servers: [] } });
  });
  afterEach(async () => {
    await cloud.close();
    await played.stop();
  });

  const tokensAt = (route: string): unknown[] => played.of(route).map(({ headers }) => headers['x-auth-token']);

  it('authenticates once for many calls at the same time', async () => {
    await Promise.all(Array.from({ length: 6 }, () => cloud.compute.get('/servers')));
    expect(played.authentications()).toBe(1);
    expect(new Set(tokensAt(SERVERS))).toEqual(new Set(['token-1']));
  });

  it('renews a token before it expires, and not at every call however short its life is', async () => {
    const now = Date.now();
    played.token({ issued_at: new Date(now).toISOString(), expires_at: new Date(now + 1_000).toISOString() });
    for (let n = 0; n < 4; n++) await cloud.compute.get('/servers');
    expect(played.authentications()).toBe(1);
    await pause(800);
    await cloud.compute.get('/servers');
    expect(played.authentications()).toBe(2);
  });

  it("counts a token's life by the cloud's clock when ours is off", async () => {
    const theirs = Date.now() - 6 * 3_600_000;
    played.token({ issued_at: new Date(theirs).toISOString(), expires_at: new Date(theirs + 3_600_000).toISOString() });
    for (let n = 0; n < 3; n++) await cloud.compute.get('/servers');
    expect(played.authentications()).toBe(1);
  });

  it('renews once on 401 and makes the call again, also a create', async () => {
    played.on(
      'POST /compute/v2.1/servers',
      { status: 401, json: { error: { message: 'expired', code: 401 } } },
      {
        status: 202,
        json: { server: { id: 's' } },
      },
    );
    expect(await cloud.compute.post('/servers', { server: {} })).toEqual({ server: { id: 's' } });
    expect(tokensAt('POST /compute/v2.1/servers')).toEqual(['token-1', 'token-2']);
  });

  it('renews once for many calls that are refused with the same token', async () => {
    played.on(SERVERS, ({ headers }, response) => {
      const stale = headers['x-auth-token'] === 'token-1';
      response.writeHead(stale ? 401 : 200).end(stale ? '{"error":{"message":"expired"}}' : '{"servers":[]}');
    });
    await Promise.all(Array.from({ length: 6 }, () => cloud.compute.get('/servers')));
    expect(played.authentications()).toBe(2);
  });

  it('gives up on a second 401', async () => {
    played.on(SERVERS, { status: 401, json: { error: { message: 'no', code: 401 } } });
    const error = await refusalOf(cloud.compute.get('/servers'));
    expect(error).toMatchObject({ kind: 'forbidden', code: 'credentials-refused' });
    expect(played.of(SERVERS)).toHaveLength(2);
  });

  it('says that credentials are wrong without saying what they are', async () => {
    const quoted = `Invalid input for field 'identity/password/user/password': '${PASSWORD}'`;
    played.on(TOKENS, {
      status: 401,
      json: { error: { message: quoted, code: 401 } },
      headers: { 'x-openstack-request-id': 'req-1' },
    });
    const error = await refusalOf(cloud.whoAmI());
    expect(error).toMatchObject({
      kind: 'forbidden',
      code: 'credentials-refused',
      data: { requestId: 'req-1', site: 'alpha' },
    });
    expect(error.message).toContain('Invalid input');
    expect(allOf(error)).not.toContain(PASSWORD);
    expect(played.authentications()).toBe(1);
  });

  it('asks again when Keystone stumbles or its answer is cut off', async () => {
    const ready = played.config;
    played.on(
      TOKENS,
      { status: 503, text: 'starting' },
      { status: 201, text: '{"token":{"exp' },
      {
        status: 201,
        headers: { 'x-subject-token': 'late' },
        json: {
          token: {
            expires_at: '2999-01-01T00:00:00Z',
            user: { id: 'u' },
            project: { id: 'p', name: 'n' },
            roles: [{ name: 'admin' }],
          },
        },
      },
    );
    const patient = openCloud(ready);
    expect(await patient.whoAmI()).toEqual({
      userId: 'u',
      projectId: 'p',
      projectName: 'n',
      roles: ['admin'],
      isAdmin: true,
    });
    await patient.close();
  });

  it('asks for a token no more when nobody waits for it any longer', async () => {
    played.on(TOKENS, 'reset');
    const over = new AbortController();
    const given = cloud.compute.get('/servers', { signal: over.signal });
    given.catch(() => undefined);
    while (played.of(TOKENS).length < 2) await pause(10);
    over.abort(new Error('given up'));
    await expect(given).rejects.toThrow('given up');
    const calls = played.of(TOKENS).length;
    await pause(1_500);
    expect(played.of(TOKENS)).toHaveLength(calls);
  });

  it('goes on asking for a token while another call waits for it', async () => {
    const answer = Promise.withResolvers<void>();
    played.on(TOKENS, (_request, response) => void answer.promise.then(() => played.grant(response)));
    const over = new AbortController();
    const given = cloud.compute.get('/servers', { signal: over.signal });
    const kept = cloud.compute.get('/servers');
    while (played.of(TOKENS).length < 1) await pause(10);
    over.abort(new Error('given up'));
    await expect(given).rejects.toThrow('given up');
    answer.resolve();
    expect(await kept).toEqual({ servers: [] });
    expect(played.authentications()).toBe(1);
  });

  it('sends an application credential without a scope, which Keystone would refuse', async () => {
    const member = openCloud({
      ...played.config,
      auth: { type: 'application-credential', id: 'ac', secret: 'sesame' },
    });
    await member.whoAmI();
    expect(JSON.parse(played.of(TOKENS)[0]?.body ?? '')).toEqual({
      auth: {
        identity: { methods: ['application_credential'], application_credential: { id: 'ac', secret: 'sesame' } },
      },
    });
    await member.close();
  });
});
