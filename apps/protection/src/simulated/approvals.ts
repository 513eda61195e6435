import {
  ApprovalWanted,
  ListPolicies,
  ListRunRequests,
  PreviewGroup,
  PutGroup,
  PutPolicy,
  ReadGroup,
  ReadRunRequest,
  RequestDrill,
  RequestFailover,
  RequestPlannedFailover,
  RequestPoint,
} from '@lifeboat/contracts';
import { asLifeboatError, newId } from '@lifeboat/kernel';
import { serve } from '@lifeboat/messaging';
import { until } from '@lifeboat/testing';
import { RULES, UNHELD } from './approval-bench.ts';
import type { ApprovalBench } from './approval-bench.ts';

const MINUTE = 60_000;
const RACES = 10;

export function approvals(bench: ApprovalBench): void {
  asked(bench);
  approved(bench);
  cutShort(bench);
  notBegun(bench);
  unwanted(bench);
}

function asked(bench: ApprovalBench): void {
  it('are seen while they wait: with their group, among the runs, and by whoever hears events', async () => {
    await bench.group('waits');
    const heard: unknown[] = [];
    const nc = await bench.world.bus.connection();
    nc.subscribe(ApprovalWanted.subject, { callback: (_error, message) => void heard.push(message.json()) });
    await nc.flush();
    const { runId, awaitsApproval } = await bench.asks('waits');
    const lapsesAt = awaitsApproval?.lapsesAt ?? 'never';
    const wanted = { runId, kind: 'failover', by: 'bert', lapsesAt };
    expect((await bench.doing(ReadGroup, { groupId: 'waits' })).group.awaitingApproval).toEqual([wanted]);
    const { runs } = await bench.doing(ListRunRequests, { groupId: 'waits', limit: 9 });
    expect(runs).toMatchObject([{ runId, outcome: 'awaiting-approval' }]);
    const request = { by: 'bert', approval: { lapsesAt } };
    expect((await bench.doing(ReadRunRequest, { runId })).run?.state).toMatchObject({ reason: 'fire', request });
    const told = await until('the event', () => Promise.resolve(heard[0]));
    expect(told).toEqual({ ...wanted, groupId: 'waits', reason: 'fire' });
    expect(await bench.asks('waits', runId)).toEqual({ runId, awaitsApproval });
  });

  it('hold nothing while they wait: points are made, and what need not be approved begins', async () => {
    await bench.group('goes on');
    const { runId } = await bench.asks('goes on');
    expect(await bench.startOf(runId)).toBeUndefined();
    expect(await bench.holderOf('goes on')).toEqual(UNHELD);
    const [pointId, drill] = [newId(), newId()];
    await bench.doing(RequestPoint, { groupId: 'goes on', pointId, reason: 'spec' });
    expect(await bench.startOf(pointId)).toBeDefined();
    const asks = { groupId: 'goes on', runId: drill, by: 'bert', reason: 'spec' };
    expect(await bench.doing(RequestDrill, asks)).toEqual({ runId: drill });
    const policy = { name: 'of goes on', setBy: 'carl' };
    expect((await bench.startOf(drill))?.request).toMatchObject({ by: 'bert', policy });
    await bench.world.db.query(`delete from point_pin where run_id = $1`, [drill]);
  });

  it('are refused at once when they are not possible, or nobody says who asks', async () => {
    await bench.group('unasked');
    const asks = { groupId: 'unasked', runId: newId(), reason: 'fire' };
    await expect(bench.doing(RequestPlannedFailover, asks)).rejects.toMatchObject({ code: 'asker-not-named' });
    const unsure = { ...asks, by: 'bert', confirmPrimaryLost: false };
    await expect(bench.doing(RequestFailover, unsure)).rejects.toMatchObject({ code: 'confirm-primary-lost' });
    expect(await bench.outcomeOf(asks.runId)).toBeUndefined();
  });
}

function approved(bench: ApprovalBench): void {
  it('begin when somebody else approves them, once, under the id that they were asked for by', async () => {
    await bench.group('begins');
    const { runId } = await bench.asks('begins');
    await expect(bench.approves(runId, 'bert')).rejects.toMatchObject({ kind: 'forbidden', code: 'own-approval' });
    expect(await bench.holderOf('begins')).toEqual(UNHELD);
    // The answer may be lost, and be asked for again.
    for (const _time of [1, 2]) expect(await bench.approves(runId, 'anna')).toEqual({ runId });
    await expect(bench.approves(runId, 'carl')).rejects.toMatchObject({ code: 'request-decided' });
    await expect(bench.refuses(runId, 'anna')).rejects.toMatchObject({ code: 'request-decided' });
    expect(await bench.holderOf('begins')).toEqual({ state: 'failing-over', by: runId, token: 1 });
    const decided = { how: 'approved', by: 'anna', reason: 'seen' };
    expect(await bench.startOf(runId)).toMatchObject({
      reason: 'fire',
      request: { by: 'bert', approval: { decided } },
    });
    // It is the saga service's from now on; asking for it again begins no other.
    expect(await bench.outcomeOf(runId)).toBeUndefined();
    await bench.becomes('begins', 'protected');
    expect(await bench.asks('begins', runId)).toEqual({ runId });
    expect(await bench.holderOf('begins')).toMatchObject({ token: 1 });
  });

  it(
    'begin once, time after time, also when two approve them at the same moment',
    async () => {
      await bench.group('raced by two');
      for (let token = 1; token <= RACES; token++) {
        const { runId } = await bench.asks('raced by two');
        const approves = (by: string) =>
          bench.approves(runId, by).then(
            () => by,
            (thrown: unknown) => asLifeboatError(thrown).code,
          );
        const ends = await Promise.all(['anna', 'carl'].map(approves));
        const winners = ends.filter((end) => end !== 'request-decided');
        expect(winners).toHaveLength(1);
        expect((await bench.startOf(runId))?.request.approval?.decided?.by).toBe(winners[0]);
        expect(await bench.holderOf('raced by two')).toMatchObject({ by: runId, token });
        await bench.becomes('raced by two', 'protected');
      }
    },
    MINUTE,
  );
}

function cutShort(bench: ApprovalBench): void {
  it('begin once, also when whoever begins them is killed in the middle of it', async () => {
    await bench.group('cut short');
    const { runId } = await bench.asks('cut short');
    const approves = () => bench.approves(runId, 'anna').then(() => undefined, asLifeboatError);
    let first: Promise<unknown> = Promise.resolve();
    await bench.keeping('cut short', async () => {
      first = approves();
      await until('it to be at it', async () => (await bench.isBeingDecided(runId)) || undefined);
      bench.world.stack.process('protection').kill();
    });
    expect(await first).toMatchObject({ retryable: true });
    expect(await bench.startOf(runId)).toBeUndefined();
    await until('it to be there again', async () => ((await approves())?.retryable ? undefined : true));
    expect((await bench.startOf(runId))?.request.approval?.decided?.by).toBe('anna');
    expect(await bench.holderOf('cut short')).toEqual({ state: 'failing-over', by: runId, token: 1 });
  });
}

function notBegun(bench: ApprovalBench): void {
  it('are checked again when they are approved, and wait on when they are not possible any more', async () => {
    await bench.group('changed');
    const { runId } = await bench.asks('changed');
    await bench.becomes('changed', 'failed-over');
    await expect(bench.approves(runId, 'anna')).rejects.toMatchObject({ code: 'already-failed-over' });
    expect(await bench.startOf(runId)).toBeUndefined();
    expect(await bench.outcomeOf(runId)).toBe('awaiting-approval');
    await bench.becomes('changed', 'protected');
    await bench.approves(runId, 'anna');
    expect(await bench.holderOf('changed')).toMatchObject({ by: runId });
  });

  it('never begin when they were refused, and are recorded', async () => {
    await bench.group('refused');
    const { runId } = await bench.asks('refused');
    for (const _time of [1, 2]) await bench.refuses(runId, 'anna');
    expect(await bench.outcomeOf(runId)).toBe('refused');
    const late = { code: 'request-decided', message: expect.stringContaining('it is a rumour') as string };
    await expect(bench.approves(runId, 'carl')).rejects.toMatchObject(late);
    await expect(bench.asks('refused', runId)).rejects.toMatchObject(late);
    expect(await bench.startOf(runId)).toBeUndefined();
    expect(await bench.holderOf('refused')).toEqual(UNHELD);
    expect(await bench.recorded(runId)).toMatchObject({
      run: { runId, kind: 'failover', groupId: 'refused', outcome: 'refused', reason: 'fire' },
      request: { by: 'bert', approval: { decided: { how: 'refused', by: 'anna', reason: 'it is a rumour' } } },
      steps: [],
    });
  });

  it('lapse when nobody approves them in time, and are recorded', async () => {
    await bench.group('late', 1);
    const { runId } = await bench.asks('late');
    await until('it to lapse', async () => ((await bench.outcomeOf(runId)) === 'lapsed' ? true : undefined));
    const late = { code: 'request-decided', message: expect.stringContaining('lapsed') as string };
    await expect(bench.approves(runId, 'anna')).rejects.toMatchObject(late);
    expect(await bench.startOf(runId)).toBeUndefined();
    expect((await bench.doing(ReadGroup, { groupId: 'late' })).group.awaitingApproval).toBeUndefined();
    expect(await bench.recorded(runId)).toMatchObject({
      run: { outcome: 'lapsed' },
      request: { by: 'bert', approval: { decided: { how: 'lapsed' } } },
    });
  });
}

function unwanted(bench: ApprovalBench): void {
  it('are ended for a policy by saying so alone, and what begins then names who had it say so', async () => {
    await bench.group('loosened');
    const policy = { name: 'of loosened', rpoSeconds: 0, keepPoints: 5, rules: RULES };
    const { runId: before } = await bench.asks('loosened');
    await expect(bench.doing(PutPolicy, { policy, by: 'bert' })).rejects.toMatchObject({
      code: 'approval-would-end',
      mend: expect.stringContaining('--no-approval'),
    });
    await bench.doing(PutPolicy, { policy, by: 'bert', endsApproval: true });
    const { policies } = await bench.doing(ListPolicies, {});
    const shown = policies.find(({ name }) => name === policy.name);
    expect(shown).toMatchObject({ setBy: 'bert', setAt: expect.any(String) });
    // What waits goes on waiting: it is asked for anew.
    expect((await bench.asks('loosened', before)).awaitsApproval).toBeDefined();
    const { runId, awaitsApproval } = await bench.asks('loosened');
    expect(awaitsApproval).toBeUndefined();
    const by = { by: 'bert', policy: { name: policy.name, setBy: 'bert' } };
    expect((await bench.startOf(runId))?.request).toMatchObject(by);
  });
  it('are not ended by the way for a group that gets another policy', async () => {
    await bench.group('passed-on');
    const server = { kind: 'server', id: 's', name: 'web', root: true };
    const report = { missing: [], unseen: [], absentServices: [], notCarried: [] };
    const preview = { entities: [server], unprotected: [], report };
    const subscription = await serve(
      bench.world.bus,
      PreviewGroup,
      () => Promise.resolve(preview),
      () => undefined,
    );
    const group = { name: 'p', primary: 'alpha', recovery: 'beta', policy: 'p', members: { project: true as const } };
    const puts = (more: object = {}) => bench.doing(PutGroup, { group: { ...group, groupId: 'passed-on' }, ...more });
    await expect(puts()).rejects.toMatchObject({ code: 'approval-would-end' });
    expect((await puts({ endsApproval: true })).group.policy).toBe('p');
    expect((await puts()).group.policy).toBe('p');
    subscription.unsubscribe();
  });
}
