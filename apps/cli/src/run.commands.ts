import type { LifeboatApi } from '@lifeboat/api-client';
import { Loss } from '@lifeboat/contracts';
import type { RunDetail, RunRequested, RunStep, RunSummary, SteerAction } from '@lifeboat/contracts';
import { invalidInput, newId } from '@lifeboat/kernel';
import type { Command } from 'commander';
import { approvalCommands } from './approval.commands.ts';
import { askedLines, awaitingText, goesOn, requestLines } from './approval-text.ts';
import { callerName } from './caller.ts';
import { contextOf } from './context.ts';
import { commitWindowOf, heldText, secondsOf } from './hold-input.ts';
import { lossText } from './loss-text.ts';
import { overridesOf, planLines } from './plan-input.ts';
import type { PlanOptions } from './plan-input.ts';
import type { OutputOptions } from './output.ts';
import { age, print, say } from './output.ts';
import { showProgress } from './progress.ts';
import { trafficFailed, trafficText } from './traffic-text.ts';
import { watchRun } from './watch-run.ts';
import { wayHomeText } from './way-home-text.ts';

const summary = {
  run: (r: RunSummary) => r.runId,
  kind: (r: RunSummary) => r.kind,
  group: (r: RunSummary) => r.groupId,
  outcome: (r: RunSummary) => r.outcome,
  started: (r: RunSummary) => `${age(r.startedAt)} ago`,
  took: (r: RunSummary) =>
    r.endedAt ? `${((Date.parse(r.endedAt) - Date.parse(r.startedAt)) / 1000).toFixed(1)} s` : '',
  error: (r: RunSummary) => r.error?.message,
};

const steps = {
  step: (s: RunStep) => (s.pivot ? `${s.name} (no way back)` : s.name),
  state: (s: RunStep) => (s.state === 'held' && s.held ? heldText(s.held) : s.state),
  took: (s: RunStep) =>
    s.startedAt && s.endedAt ? `${((Date.parse(s.endedAt) - Date.parse(s.startedAt)) / 1000).toFixed(1)} s` : '',
  attempts: (s: RunStep) => s.attempts,
  error: (s: RunStep) => s.error?.message,
};

function show(run: RunDetail, options: OutputOptions): void {
  if (options.json) return print(run, {}, options);
  print(run, summary, options);
  const begun = run.steps.length > 0;
  if (begun) print(run.steps, steps, options);
  for (const line of [...requestLines(run.state), ...(begun ? [] : askedLines(run.state))]) say(line);
  for (const line of planLines(run.state)) say(line);
  for (const left of run.left) say(`left: ${left}`);
  for (const line of trafficText(run.state)) say(line);
  for (const line of wayHomeText(run.state)) say(line);
  const loss = Loss.safeParse(run.state['loss']);
  if (loss.success && run.kind !== 'drill') say(lossText(loss.data));
}

/** Follows a run (unless told not to), shows it, and sets the exit code: 0 only when it completed, and all its traffic was switched. */
export async function finish(api: LifeboatApi, runId: string, wait: boolean, options: OutputOptions): Promise<void> {
  if (!wait) return print({ runId, traceId: api.traceId }, { run: (r) => r.runId, trace: (r) => r.traceId }, options);
  const run = await watchRun(api, runId);
  show(run, options);
  if (run.outcome !== 'completed' || trafficFailed(run.state)) process.exitCode = 1;
}

/** Of one that was just asked for: somebody else may have to approve it first. */
export async function followAsked(
  api: LifeboatApi,
  { runId, awaitsApproval }: RunRequested,
  wait: boolean,
  options: OutputOptions,
): Promise<void> {
  if (awaitsApproval) say(awaitingText({ runId, ...awaitsApproval }));
  await finish(api, runId, wait, options);
}

interface FailoverOptions extends PlanOptions {
  readonly unfenced: boolean;
  readonly planned: boolean;
  readonly commitWindow?: string;
  readonly whenOver: string;
  readonly point?: string;
  readonly confirmPrimaryLost: boolean;
  readonly by: string;
  readonly reason: string;
  readonly id?: string;
  readonly wait: boolean;
}

/** `lifeboat run …` */
export function runCommands(program: Command): Command {
  const run = program.command('run').description('drills, failovers and clean-ups');
  startFailover(run);
  startDrill(run);
  startCleanup(run);
  startSwitchTraffic(run);
  readRuns(run);
  approvalCommands(run);
  steerRuns(run);
  readReceipt(run);
  return run;
}

/** A planned one serves from a point of its own, and needs nobody's word that the primary is lost. */
function kindOf(given: FailoverOptions) {
  if (!given.planned)
    return {
      kind: 'failover' as const,
      confirmPrimaryLost: given.confirmPrimaryLost,
      ...(given.point && { pointId: given.point }),
    };
  if (given.point === undefined && !given.confirmPrimaryLost) return { kind: 'planned-failover' as const };
  throw invalidInput('failover-kinds-mixed', '--planned goes with neither --point nor --confirm-primary-lost.', {
    mend: 'A planned failover makes a last point and serves from it; leave both out.',
  });
}

function startFailover(run: Command): void {
  run
    .command('failover <groupId>')
    .description('bring the group up at its recovery site; the primary is not called, unless the failover is planned')
    .option('--planned', 'the primary is there: stop its servers, make a last point, lose nothing', false)
    .option(
      '--confirm-primary-lost',
      'you know that the primary is lost; two sides serving at once would damage data',
      false,
    )
    .option('--unfenced', "leave the plan's fence out: you have made sure by other means that it does not serve", false)
    .option('--point <pointId>', 'serve from this point; else the newest')
    .option(
      '--commit-window <time>',
      'look before it is committed: 30m, then "run commit" or "run abort"; in place of the policy\'s',
    )
    .option('--when-over <what>', 'commit | roll-back: what happens when nobody said anything by then', 'roll-back')
    .option('--plan-version <number>', "by this version of the group's plan; else the newest")
    .option('--skip-prompts', 'ask nobody what the plan would ask', false)
    .option('--by <name>', 'who asks, for the record', callerName())
    .option('--reason <text>', 'for the record', 'asked for by the CLI')
    .option('--id <runId>', 'an id of yours: asking twice starts one')
    .option('--no-wait', 'do not follow it')
    .action(async (groupId: string, given: FailoverOptions, command: Command) => {
      const { api, options } = contextOf(command);
      const asked = await api.runs.start(given.id ?? newId(), {
        groupId,
        by: given.by,
        reason: given.reason,
        ...kindOf(given),
        ...commitWindowOf(given),
        ...overridesOf(given),
        ...(given.unfenced && { unfenced: true as const }),
      });
      say(`trace ${api.traceId}`);
      await followAsked(api, asked, given.wait, options);
    });
}

interface DrillOptions extends PlanOptions {
  readonly point?: string;
  readonly keepFor?: string;
  readonly by: string;
  readonly reason: string;
  readonly id?: string;
  readonly wait: boolean;
}

function startDrill(run: Command): void {
  run
    .command('drill <groupId>')
    .description('rehearse a failover: the same steps, cut off from everything, then removed; protection goes on')
    .option('--point <pointId>', 'from this point; else the newest')
    .option(
      '--keep-for <time>',
      'let it stand so long (30m, 2h, 1d at most 7d), or until "run end"; else it is removed at once',
    )
    .option('--plan-version <number>', "by this version of the group's plan; else the newest")
    .option('--skip-prompts', 'ask nobody what the plan would ask', false)
    .option('--by <name>', 'who asks, for the record', callerName())
    .option('--reason <text>', 'for the record', 'asked for by the CLI')
    .option('--id <runId>', 'an id of yours: asking twice starts one')
    .option('--no-wait', 'do not follow it')
    .action(async (groupId: string, given: DrillOptions, command: Command) => {
      const { api, options } = contextOf(command);
      const asked = await api.runs.start(given.id ?? newId(), {
        kind: 'drill',
        groupId,
        by: given.by,
        reason: given.reason,
        ...(given.point && { pointId: given.point }),
        ...(given.keepFor !== undefined && { keepForSeconds: secondsOf(given.keepFor) }),
        ...overridesOf(given),
      });
      say(`trace ${api.traceId}`);
      await followAsked(api, asked, given.wait, options);
    });
}

interface Asked {
  readonly by: string;
  readonly reason: string;
  readonly wait: boolean;
}

function startCleanup(run: Command): void {
  run
    .command('cleanup <groupId> <ofRunId>')
    .description('remove what a run made at its target; not while the group serves by it')
    .option('--by <name>', 'who asks, for the record', callerName())
    .option('--reason <text>', 'for the record', 'asked for by the CLI')
    .option('--no-wait', 'do not follow it')
    .action(async (groupId: string, ofRunId: string, given: Asked, command: Command) => {
      const { api, options } = contextOf(command);
      const { by, reason } = given;
      const asked = await api.runs.start(newId(), { kind: 'cleanup', groupId, ofRunId, by, reason });
      await followAsked(api, asked, given.wait, options);
    });
}

function startSwitchTraffic(run: Command): void {
  run
    .command('switch-traffic <runId>')
    .description(
      'do the traffic switches of a committed run again, those that failed and the others; any number of times',
    )
    .option('--by <name>', 'who asks, for the record', callerName())
    .option('--reason <text>', 'for the record', 'asked for by the CLI')
    .option('--no-wait', 'do not follow it')
    .action(async (ofRunId: string, given: Asked, command: Command) => {
      const { api, options } = contextOf(command);
      const { groupId } = await api.runs.get(ofRunId);
      const { by, reason } = given;
      const asked = await api.runs.start(newId(), { kind: 'switch-traffic', groupId, ofRunId, by, reason });
      await followAsked(api, asked, given.wait, options);
    });
}

function readRuns(run: Command): void {
  run
    .command('list')
    .description('runs, newest first')
    .option('--group <groupId>', 'of one group')
    .action(async (given: { group?: string }, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.runs.list(given.group ? { groupId: given.group } : {}), summary, options);
    });

  run
    .command('show <runId>')
    .description('one run with its steps')
    .action(async (runId: string, _o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      const run = await api.runs.get(runId);
      show(run, options);
      if (!options.json && run.steps.length > 0 && goesOn(run)) await showProgress(api, runId, options);
    });

  run
    .command('watch <runId>')
    .description('follow a run to its end')
    .action(async (runId: string, _o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      await finish(api, runId, true, options);
    });
}

function steerRuns(run: Command): void {
  for (const [name, action, description] of [
    ['abort', 'abort', 'undo a run that has not passed its point of no return'],
    ['retry', 'retry', 'try again what failed in a run that waits for an operator'],
    ['give-up', 'give-up', 'end a run that waits for an operator as it is'],
    ['commit', 'commit', 'commit a failover that is in its commit window'],
    ['end', 'end', 'end a drill that stands, so that it is removed'],
    ['go-on', 'go-on', "answer a prompt of the run's plan, or wait no longer before its next wave"],
  ] as const satisfies readonly (readonly [string, SteerAction, string])[])
    run
      .command(`${name} <runId>`)
      .description(description)
      .action(async (runId: string, _o: unknown, command: Command) => {
        await contextOf(command).api.runs.steer(runId, action, callerName());
        say(`Run ${runId} was told to ${name}.`);
      });
}

function readReceipt(run: Command): void {
  run
    .command('receipt <runId>')
    .description('the fidelity receipt of a run')
    .action(async (runId: string, _o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      const receipt = await api.runs.receipt(runId);
      if (options.json) return print(receipt, {}, options);
      const rows = receipt.entities.flatMap((entity) =>
        entity.fields.filter((f) => f.outcome !== 'carried').map((f) => ({ entity, ...f })),
      );
      print(
        rows,
        {
          entity: (r) => `${r.entity.kind} ${r.entity.name}`,
          field: (r) => r.field,
          outcome: (r) => r.outcome,
          why: (r) => r.why,
        },
        options,
      );
      const t = receipt.totals;
      say(
        `${t.compared} fields compared: ${t.carried} carried, ${t.mapped} mapped, ${t.dropped} dropped, ${t.unexplained} unexplained; ${receipt.orphans.length} orphans, ${receipt.doubles.length} doubles`,
      );
    });
}
