import { Change } from '@lifeboat/contracts';
import { refsIn } from '@lifeboat/openstack-entity-api';
import { entities } from '@lifeboat/openstack-entities';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { readNotification } from './read-notification.ts';
import type { Reading } from './read-notification.ts';

interface Sample {
  readonly exchange: string;
  readonly routingKey: string;
  readonly message: Readonly<Record<string, unknown>>;
}

const samples = JSON.parse(
  readFileSync(new URL('./fixtures/notifications.json', import.meta.url), 'utf8'),
) as readonly Sample[];
const named = samples.map((sample) => [sample.exchange, String(sample.message['event_type']), sample] as const);

const nameEntities = refsIn(entities);
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const v2 = (message: unknown): Uint8Array => bytes({ 'oslo.version': '2.0', 'oslo.message': JSON.stringify(message) });
const read = (body: Uint8Array): Reading => readNotification(body, nameEntities);
const changeOf = (body: Uint8Array): Change => {
  const reading = read(body);
  if ('poison' in reading) throw new Error(reading.poison);
  return reading.change;
};
const sampleOf = (eventType: string): Sample['message'] =>
  samples.find(({ message }) => message['event_type'] === eventType)?.message ?? {};

describe('a notification of a real service', () => {
  it.each(named)(
    '%s %s: reads the same from both envelopes, as the contract has it',
    (_exchange, eventType, sample) => {
      const change = changeOf(v2(sample.message));
      expect(changeOf(bytes(sample.message))).toEqual(change);
      expect(Change.parse(change)).toEqual(change);
      expect(change).toMatchObject({ messageId: sample.message['message_id'], eventType });
      expect(change.occurredAt).toMatch(/^2026-11-22T\d\d:\d\d:\d\d\.\d{6}Z$/);
    },
  );

  it.each(named)('%s %s: gives away no field of what changed', (_exchange, _eventType, { message }) => {
    const mark = 'must-not-leave';
    const told = JSON.stringify(changeOf(v2({ ...message, payload: spoil(message['payload'], mark) })));
    expect(told).not.toContain(mark);
  });

  it('tells of the port, its owner, the request and the time', () => {
    expect(changeOf(v2(sampleOf('port.update.end')))).toEqual({
      messageId: 'f1088f32-6c3f-4d13-8843-406ee737abff',
      eventType: 'port.update.end',
      publisher: 'network.primary-compute',
      occurredAt: '2026-11-22T21:50:52.375091Z',
      // Nova's own project asked for it; the port is the tenant's.
      projectId: '05140fa7d7ce4952ba9513ff12c7e95a',
      requestId: 'req-f8fde5dd-5a05-41cf-ba62-5ab52967ecb3',
      refs: [{ kind: 'port', id: '2a63efe1-ce54-4aa9-b204-32fa4f8956d5' }],
    });
  });

  it.each(['compute.instance.create.end', 'instance.create.end'])('finds the server of Nova’s %s', (eventType) => {
    const { refs, projectId } = changeOf(v2(sampleOf(eventType)));
    expect(refs).toContainEqual({ kind: 'server', id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
    expect(projectId).toBe('05140fa7d7ce4952ba9513ff12c7e95a');
  });

  it('passes on what names no entity that is carried, since somebody may count it', () => {
    expect(changeOf(v2(sampleOf('identity.user.created'))).refs).toEqual([]);
  });
});

describe('what is no notification', () => {
  const port = sampleOf('port.update.end');
  it.each([
    ['bytes that are no text', new Uint8Array([0xff, 0xfe]), 'It is no UTF-8.'],
    ['no JSON', new TextEncoder().encode('{"password": hunter2'), 'It is no JSON.'],
    ['a list', bytes([port]), 'It is no JSON object.'],
    ['an envelope without text', bytes({ 'oslo.message': port }), 'Its oslo.message is no text.'],
    [
      'an envelope with other text',
      bytes({ 'oslo.message': '{"password": hunter2' }),
      'Its oslo.message is no JSON object.',
    ],
    ['no message_id', v2({ ...port, message_id: undefined }), /message_id/],
    ['an endless message_id', v2({ ...port, message_id: 'x'.repeat(256) }), /message_id/],
    ['no event_type', v2({ ...port, event_type: 7 }), /event_type/],
    ['no time', v2({ ...port, timestamp: 'yesterday' }), /timestamp/],
    ['an impossible time', v2({ ...port, timestamp: '2026-13-41 25:00:00' }), /timestamp/],
    ['an endless id', v2({ ...port, payload: { port: { id: 'x'.repeat(256) } } }), /id that is longer/],
    [
      'endless ids',
      v2({ ...port, payload: { ports: Array.from({ length: 9_999 }, (_, i) => ({ id: `p${i}` })) } }),
      /9999/,
    ],
  ])('%s is poison, and the reason quotes nothing', (_what, body, reason) => {
    const reading = read(body);
    expect('poison' in reading && reading.poison).toMatch(reason);
    expect(JSON.stringify(reading)).not.toContain('hunter2');
  });

  it('never crashes the reader, and is never refused without a reason', () => {
    const fragments = fc.oneof(fc.constantFrom(...samples.map(({ message }) => message)), fc.object());
    const mutated = fc
      .tuple(
        fragments,
        fc.constantFrom(...Object.keys(port), 'oslo.message', '__proto__'),
        fc.jsonValue({ maxDepth: 4 }),
      )
      .map(([message, key, value]) => Object.defineProperty({ ...message }, key, { value, enumerable: true }));
    const cut = fc.tuple(mutated, fc.nat(300)).map(([message, length]) => bytes(message).subarray(0, length));
    const sound = (body: Uint8Array): void => {
      const reading = read(body);
      if ('poison' in reading) return void (reading.poison.length > 10 || fail(body));
      if (!Change.safeParse(reading.change).success) fail(body);
    };
    const fail = (body: Uint8Array): never => {
      throw new Error(`neither a change nor a reason: ${Buffer.from(body).toString('base64')}`);
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), sound), { numRuns: 40_000 });
    fc.assert(fc.property(mutated.map(v2), sound), { numRuns: 30_000 });
    fc.assert(fc.property(mutated.map(bytes), sound), { numRuns: 20_000 });
    fc.assert(fc.property(cut, sound), { numRuns: 10_000 });
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 3 }).map(bytes), sound), { numRuns: 10_000 });
  }, 120_000);

  it('however deep it is nested', () => {
    expect(read(new TextEncoder().encode('['.repeat(400_000)))).toHaveProperty('poison');
    const deep = `${'{"payload":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
    expect(read(new TextEncoder().encode(deep))).toHaveProperty('poison');
  });
});

/** Every text of the payload that is neither an id nor what an entity goes by replaced: none of it may be seen again. */
function spoil(value: unknown, mark: string, key = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => spoil(one, mark, key));
  if (typeof value === 'object' && value !== null)
    return {
      ...Object.fromEntries(Object.entries(value).map(([name, one]) => [name, spoil(one, mark, name)])),
      adminPass: mark,
    };
  return /id$|identity$|^name$|_name$|owner$|resource_info|members/.test(key) ? value : mark;
}
