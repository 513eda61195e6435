import { timedOut, unavailable } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import type { DriverIo, PointOfDisk } from '../driver.ts';
import { failureOf } from '../failure.ts';
import { marksOf } from '../mark.ts';
import { offLimits } from '../off-limits.ts';
import type { DriverRequest } from './ask-remote.ts';
import { VerbRequest } from './protocol.ts';
import { remoteDriver } from './remote-driver.ts';

const disk = {
  kind: 'volume',
  id: 'vol-1',
  name: 'data',
  sizeGiB: 1,
  bootable: false,
  encrypted: false,
  multiattach: false,
  status: 'in-use',
} as const;
const point: PointOfDisk = { pointId: 'pnt-1', groupId: 'grp-1', disk };
const copy = { runId: 'run-1', name: 'copy' };
const can = {
  consistency: 'crash-across-group',
  carries: 'bytes',
  incremental: true,
  unplanned: true,
  rollback: 'copies',
  rights: 'member',
  leavesAtSource: [],
} as const;
const description = { api: 1, name: 'acme-san', summary: 'An array.', can, offers: ['lag'] };
const facts = { site: 'alpha', isAdmin: false, services: [], backup: false, sharedBackupStore: false };
const sites = { source: facts, target: facts };

const io = (more: Partial<DriverIo> = {}): DriverIo => ({
  // A cloud that may be touched: only its name is.
  source: { site: 'alpha' } as Cloud,
  target: { site: 'beta' } as Cloud,
  now: () => new Date().toISOString(),
  ...marksOf(point),
  signal: new AbortController().signal,
  moved: () => undefined,
  pace: async () => undefined,
  copyImage: () => Promise.reject(new Error('not called')),
  ...more,
});

/** A process that answers from a table, by the last word of the subject, and remembers what it was asked. */
function processWith(answers: Readonly<Record<string, unknown>>) {
  const asked: { readonly what: string; readonly body: Record<string, unknown> }[] = [];
  const request: DriverRequest = async (subject, body) => {
    const what = subject.split('.').at(-1) ?? '';
    asked.push({ what, body: body as Record<string, unknown> });
    const answer = answers[what];
    if (answer instanceof Error) throw answer;
    if (answer === undefined) throw unavailable('nobody-listens', `Nobody listens on ${subject}.`);
    return answer;
  };
  return { asked, ...remoteDriver({ name: 'acme-san', timeoutMs: 1_000 }, request) };
}

describe('a remote driver', () => {
  it('can do what its process describes', async () => {
    const { driver, present } = processWith({ describe: description });
    expect(driver.can.unplanned).toBe(false);
    expect(await present()).toEqual({ ok: true });
    expect(driver).toMatchObject({ summary: 'An array.', can });
    expect(driver.lag).toBeDefined();
    expect(driver.promote).toBeUndefined();
  });

  it('refuses disks with the reason while its process is away, and fails verbs so that they are tried again', async () => {
    const { driver } = processWith({});
    expect(await driver.supports(disk, sites)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('acme-san'),
    });
    const thrown: unknown = await driver.snapshot(point, undefined, io()).catch((error: unknown) => error);
    expect(failureOf(thrown, io().signal)).toMatchObject({ kind: 'transient', error: { code: 'driver-away' } });
  });

  it('refuses a process that speaks another version', async () => {
    const { driver } = processWith({ describe: { ...description, api: 2 } });
    expect(await driver.supports(disk, sites)).toMatchObject({ reason: expect.stringContaining('driver API 2') });
  });

  it('sends a verb as its schema says, with marks that want a purpose, and neither credentials nor a lost primary', async () => {
    const { driver, asked } = processWith({
      materialise: { status: 'done', result: { kind: 'volume', volumeId: 'vol-2' }, bytes: 5 },
    });
    let bytes = 0;
    const lost = io({ source: offLimits('the primary'), ...marksOf(point, 'run-1'), moved: (more) => (bytes += more) });
    expect(await driver.materialise(point, { lun: 7 }, copy, undefined, lost)).toEqual({
      status: 'done',
      result: { kind: 'volume', volumeId: 'vol-2' },
    });
    expect(bytes).toBe(5);
    expect(VerbRequest.parse(asked[0]?.body)).toMatchObject({
      verb: 'materialise',
      input: { lun: 7 },
      sites: { target: { name: 'beta' } },
      marks: { mark: { lifeboat_run: 'run-1', lifeboat_point: 'pnt-1', lifeboat_disk: 'vol-1' } },
    });
    expect(asked[0]?.body['sites']).not.toHaveProperty('source');
  });

  it('passes on what a process answers: go on later, or a failure with its mend', async () => {
    const error = { kind: 'external', code: 'array-full', message: 'The array is full.', mend: 'Add shelves.' };
    const { driver } = processWith({
      snapshot: { status: 'in-progress', memo: { job: 1 }, againMs: 500 },
      release: { status: 'failed', kind: 'misconfigured', error },
    });
    expect(await driver.snapshot(point, undefined, io())).toEqual({
      status: 'in-progress',
      memo: { job: 1 },
      againMs: 500,
    });
    expect(await driver.release(point, copy, undefined, io())).toMatchObject({
      status: 'failed',
      kind: 'misconfigured',
      error,
    });
  });

  it.each([
    ['an answer without a status', { transferred: true }],
    ['a result that is none of this verb', { status: 'done', result: { volume: 'vol-2' } }],
  ])('does not take %s', async (_what, answer) => {
    const { driver } = processWith({ materialise: answer });
    await expect(driver.materialise(point, {}, copy, undefined, io())).rejects.toMatchObject({
      code: 'driver-answer-malformed',
      retryable: false,
    });
  });

  it('cancels the call that is taken away, and the one that is not answered in time', async () => {
    const { driver, asked } = processWith({
      transfer: timedOut('no-answer-in-time', 'No answer.'),
      cancel: { ok: true },
    });
    const taken = { requestedAt: '2026-01-01T00:00:00Z', completedAt: '2026-01-01T00:00:00Z', snapshot: {} };
    await expect(driver.transfer(point, taken, undefined, io())).rejects.toMatchObject({ code: 'driver-slow' });
    expect(asked.map(({ what }) => what)).toEqual(['transfer', 'cancel']);
    expect(asked[1]?.body['call']).toBe(asked[0]?.body['call']);
  });
});
