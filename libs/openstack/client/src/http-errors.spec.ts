import { errorOf } from './http-errors.ts';
import { secretsIn } from './secrets.ts';

const call = { site: 'alpha', service: 'compute', method: 'POST', path: '/servers' };
const of = (status: number, body: unknown, retryAfter?: string) =>
  errorOf(call, status, typeof body === 'string' ? body : JSON.stringify(body), 'req-1', retryAfter);

describe('refusals of OpenStack', () => {
  it.each([
    [
      'Nova',
      404,
      { itemNotFound: { message: 'Instance s could not be found.', code: 404 } },
      'Instance s could not be found.',
    ],
    [
      'Neutron',
      409,
      { NeutronError: { type: 'IpAddressInUse', message: 'IP 10.0.0.3 is in use.', detail: '' } },
      'IP 10.0.0.3 is in use.',
    ],
    ['Neutron, old', 400, { NeutronError: 'bad things' }, 'bad things'],
    [
      'Cinder',
      400,
      { badRequest: { message: 'Invalid volume: must be available.', code: 400 } },
      'Invalid volume: must be available.',
    ],
    [
      'Keystone',
      403,
      { error: { message: 'You are not authorized.', code: 403, title: 'Forbidden' } },
      'You are not authorized.',
    ],
    [
      'Glance',
      404,
      '<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1>No image found with ID i<br /></body></html>',
      '404 Not Found No image found with ID i',
    ],
    [
      'Octavia',
      409,
      { faultcode: 'Client', faultstring: 'Load Balancer b is immutable and cannot be updated.', debuginfo: null },
      'Load Balancer b is immutable and cannot be updated.',
    ],
    [
      'Barbican',
      403,
      { code: 403, title: 'Forbidden', description: 'Secret payload retrieval attempt not allowed.' },
      'Secret payload retrieval attempt not allowed.',
    ],
    ['Designate', 409, { code: 409, type: 'duplicate_zone', message: 'Duplicate Zone' }, 'Duplicate Zone'],
    ['a proxy', 502, 'upstream away\n', 'upstream away'],
    ['nobody', 500, '', 'no reason given'],
  ])('by %s are told in its own words', (_, status, body, sentence) => {
    const error = of(status, body);
    expect(error.message).toBe(`alpha answered ${status} to POST compute /servers: ${sentence}`);
    expect(error.data).toMatchObject({ ...call, status, requestId: 'req-1' });
  });

  it.each([
    [400, 'invalid-input', 'openstack-rejected', false],
    [401, 'forbidden', 'credentials-refused', false],
    [403, 'forbidden', 'openstack-forbidden', false],
    [404, 'not-found', 'openstack-not-found', false],
    [409, 'conflict', 'openstack-conflict', false],
    [429, 'unavailable', 'openstack-unavailable', true],
    [500, 'unavailable', 'openstack-unavailable', true],
    [507, 'unavailable', 'openstack-unavailable', true],
    [405, 'illegal-state', 'openstack-unexpected', false],
  ])('with %i are %s %s', (status, kind, code, retryable) => {
    expect(of(status, { x: { message: 'm' } })).toMatchObject({ kind, code, retryable });
  });

  it.each([
    [403, 'Quota exceeded for cores: Requested 1, but already used 20 of 20 cores'],
    [403, 'Maximum number of ports exceeded'],
    [403, 'Quota has been met for resources: Load Balancer'],
    [403, 'Quota exceeded, too many key pairs.'],
    [409, "Quota exceeded for resources: ['port']."],
    [413, "VolumeLimitExceeded: Maximum number of volumes allowed (1) exceeded for quota 'volumes'."],
    [
      413,
      'Requested volume or snapshot exceeds allowed gigabytes quota. Requested 1G, quota is 0G and 0G has been consumed.',
    ],
    [413, 'The limit is reached.'],
  ])('over quota (%i %s) say that there is no room', (status, message) => {
    expect(of(status, { x: { message } }, '0')).toMatchObject({
      kind: 'external',
      code: 'quota-exceeded',
      retryable: false,
    });
  });

  it.each([
    [403, "Policy doesn't allow os_compute_api:os-quota-sets:show to be performed.", 'openstack-forbidden'],
    [409, 'The maximum depth of nesting was exceeded by this group', 'openstack-conflict'],
    [400, "Invalid input for field quota: 'x' is not an integer", 'openstack-rejected'],
  ])('that only speak of quotas or limits (%i %s) are none', (status, message, code) => {
    expect(of(status, { x: { message } }).code).toBe(code);
  });

  it('by a rate limit that answers 413 may be tried again', () => {
    expect(of(413, { overLimit: { message: 'This request was rate-limited.' } }, '30')).toMatchObject({
      kind: 'unavailable',
    });
  });

  it('that quote secrets of the request lose them, wherever the sentence is cut', () => {
    const secret = `c2VjcmV0${'A'.repeat(500)}==`;
    const body = JSON.stringify({
      server: { name: 'web-1', user_data: secret, adminPass: 'hunter22', networks: [{ port: 'p' }] },
    });
    const quoted = {
      badRequest: { message: `Invalid input for field/attribute user_data. Value: ${secret}. web-1 hunter22` },
    };
    const error = errorOf(call, 400, JSON.stringify(quoted), undefined, undefined, secretsIn(body));
    expect(error.message).toContain('Value: ***. web-1 ***');
    expect(JSON.stringify(error)).not.toMatch(/c2VjcmV0|hunter22/);
  });
});
