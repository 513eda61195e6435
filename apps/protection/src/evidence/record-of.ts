import {
  Finding,
  HookResult,
  Loss,
  ProbeResult,
  RunPlan,
  RunRequest,
  ServedByBoth,
  SwitchResult,
} from '@lifeboat/contracts';
import type { EvidenceRecord, Receipt, RunDetail, RunStep } from '@lifeboat/contracts';
import { digestOf } from '@lifeboat/kernel';
import { z } from 'zod';

/** What the group's policy wanted of a run, in seconds, as far as it says. */
export interface Wanted {
  readonly rpoSeconds: number | undefined;
  readonly rtoSeconds: number | undefined;
}

const Known = z.object({
  reason: z.string().optional(),
  request: RunRequest.optional().catch(undefined),
  plan: RunPlan.optional().catch(undefined),
  point: z.string().optional(),
  primary: z.string().optional(),
  recovery: z.string().optional(),
  rpoSeconds: z.number().optional(),
  loss: Loss.optional().catch(undefined),
  warnings: z.array(Finding).catch([]),
  fenced: z.array(HookResult).optional().catch(undefined),
  switched: z.array(SwitchResult).optional().catch(undefined),
  servedByBoth: z.array(ServedByBoth).optional().catch(undefined),
  looked: z.number().optional(),
  leaks: z.array(z.unknown()).catch([]),
});

/** Until the workload had been compared: a commit window is a person's time, and a drill has no commit. */
const PROOF = 'verify workload';

/** What is kept of a run that has ended. Pure. */
export function recordOf(run: RunDetail, receipt: Receipt | undefined, wanted: Wanted): EvidenceRecord {
  const { state: known, steps, acts, left, ...summary } = run;
  const { reason, request, plan, point, primary, recovery, rpoSeconds, loss, warnings, ...more } = Known.parse(known);
  const { fenced, switched, servedByBoth, looked, leaks } = more;
  const reached = secondsTo(
    steps.find(({ name }) => name === PROOF),
    run.startedAt,
  );
  return {
    run: { ...summary, ...(reason !== undefined && { reason }) },
    ...(request && { request }),
    acts,
    ...(plan && { plan }),
    ...(point !== undefined && { point }),
    ...(primary !== undefined && { primary }),
    ...(recovery !== undefined && { recovery }),
    rpo: objective(wanted.rpoSeconds, rpoSeconds),
    rto: objective(wanted.rtoSeconds, reached),
    ...(loss && { loss }),
    steps,
    probes: probesIn(known),
    ...(fenced && fenced.length > 0 && { fenced }),
    ...(switched && { traffic: switched }),
    ...(servedByBoth && { servedByBoth }),
    warnings,
    ...(receipt && {
      receipt: {
        totals: receipt.totals,
        orphans: receipt.orphans,
        doubles: receipt.doubles,
        digest: digestOf(receipt),
      },
    }),
    ...(looked !== undefined && { removal: { looked, leaks } }),
    left,
  };
}

/** What a row of a wave kept stands under the row's own name. */
const Probed = z.object({ probes: z.array(ProbeResult) });
const probesIn = (known: RunDetail['state']): EvidenceRecord['probes'] =>
  Object.values(known)
    .flatMap((kept) => Probed.safeParse(kept).data?.probes ?? [])
    .toSorted((a, b) => a.at.localeCompare(b.at));

const objective = (target: number | undefined, reached: number | undefined): EvidenceRecord['rpo'] => ({
  ...(target !== undefined && { target }),
  ...(reached !== undefined && { reached }),
});

const secondsTo = (step: RunStep | undefined, since: string): number | undefined =>
  step?.state === 'done' && step.endedAt ? (Date.parse(step.endedAt) - Date.parse(since)) / 1_000 : undefined;
