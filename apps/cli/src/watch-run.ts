import type { LifeboatApi } from '@lifeboat/api-client';
import type { RunDetail } from '@lifeboat/contracts';
import { LifeboatError, unavailable } from '@lifeboat/kernel';
import { SingleBar } from 'cli-progress';
import { setTimeout as pause } from 'node:timers/promises';
import { goesOn } from './approval-text.ts';
import { heldText } from './hold-input.ts';
import { say } from './output.ts';

const POLL_MS = 500;
const AWAY_LIMIT_MS = 60_000;

/** Follows a run to its end with a bar on a terminal, with lines elsewhere; what is shown is read from the run itself, so nothing is missed. */
export async function watchRun(api: LifeboatApi, runId: string): Promise<RunDetail> {
  const view = process.stderr.isTTY ? barView() : lineView();
  let awaySince: number | undefined;
  for (;;) {
    try {
      const run = await api.runs.get(runId);
      awaySince = undefined;
      view.show(run);
      if (!goesOn(run)) return run;
    } catch (thrown) {
      // Just asked for, and not started yet; or a service restarts: both pass.
      if (!(thrown instanceof LifeboatError) || (thrown.kind !== 'not-found' && !thrown.retryable)) throw thrown;
      awaySince ??= Date.now();
      if (Date.now() - awaySince > AWAY_LIMIT_MS)
        throw unavailable('run-not-visible', `Run ${runId} could not be read for a minute.`, {
          mend: `It goes on by itself; look again with "lifeboat run show ${runId}".`,
          cause: thrown,
        });
    }
    await pause(POLL_MS);
  }
}

interface View {
  show(run: RunDetail): void;
}

function lineView(): View {
  const seen = new Map<string, string>();
  return {
    show(run) {
      for (const step of run.steps) {
        if (step.state === 'waiting' || seen.get(step.name) === step.state) continue;
        seen.set(step.name, step.state);
        const state = step.state === 'held' && step.held ? heldText(step.held) : step.state;
        say(`${run.kind} ${run.runId}: ${step.name}: ${state}${step.error ? ` (${step.error.message})` : ''}`);
      }
    },
  };
}

/** What somebody is asked. */
function heldAt({ steps }: RunDetail): string | undefined {
  const step = steps.find(({ state }) => state === 'held');
  return step?.held && `${step.name}: ${heldText(step.held)}`;
}

function barView(): View {
  const bar = new SingleBar({
    format: '{kind} [{bar}] {value}/{total} {step}',
    stream: process.stderr,
    hideCursor: true,
  });
  let started = false;
  return {
    show(run) {
      const doneSteps = run.steps.filter((step) => step.state === 'done' || step.state === 'undone').length;
      const current =
        run.steps.find((step) => step.state === 'started' || step.state === 'undoing')?.name ??
        heldAt(run) ??
        run.outcome;
      if (!started) bar.start(run.steps.length, doneSteps, { kind: run.kind, step: current });
      // Waves of a plan are known only when the target was checked.
      bar.setTotal(run.steps.length);
      if (started) bar.update(doneSteps, { kind: run.kind, step: current });
      started = true;
      if (!goesOn(run)) bar.stop();
    },
  };
}
