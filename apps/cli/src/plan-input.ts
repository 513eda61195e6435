import type { HookResult, ProbeResult } from '@lifeboat/contracts';
import { HookResult as Hook, ProbeResult as Probe, RunPlan } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import { z } from 'zod';

export interface PlanOptions {
  readonly planVersion?: string;
  readonly skipPrompts: boolean;
}

/** How a run differs from its plan. */
export function overridesOf({ planVersion, skipPrompts }: PlanOptions): {
  readonly planVersion?: number;
  readonly skipPrompts?: true;
} {
  const version = Number(planVersion ?? 1);
  if (!Number.isInteger(version) || version < 1)
    throw invalidInput('plan-version-malformed', `"${planVersion}" is no version of a plan.`, {
      mend: 'List them with "lifeboat plan versions NAME".',
    });
  return { ...(planVersion !== undefined && { planVersion: version }), ...(skipPrompts && { skipPrompts: true }) };
}

/** What a run keeps of a wave's row. */
const Kept = z.object({ probes: z.array(Probe).optional(), hooks: z.array(Hook).optional() });

const resultText = (what: string, { outcome, said }: HookResult | ProbeResult): string =>
  `${what}: ${outcome}${said === undefined ? '' : ` (${said})`}`;

/** By which plan it went, and what its fence, and the hooks and probes of its waves said; a line each. */
export function planLines(state: Readonly<Record<string, unknown>>): readonly string[] {
  const plan = RunPlan.safeParse(state['plan']);
  const said = Object.entries(state).flatMap(([row, kept]) => {
    const { hooks = [], probes = [] } = (row.includes('"') ? Kept.safeParse(kept).data : undefined) ?? {};
    return [
      ...hooks.map((one) => `${row}: ${resultText(one.hook, one)}`),
      ...probes.map(
        (one) => `${row}: ${resultText(one.server === undefined ? one.probe : `${one.server} ${one.probe}`, one)}`,
      ),
    ];
  });
  const fence = (z.array(Hook).safeParse(state['fenced']).data ?? []).map(
    (one) => `fence: ${resultText(one.hook, one)}`,
  );
  const by = plan.success ? [`plan ${plan.data.name}, version ${plan.data.version}`] : [];
  return [...by, ...fence, ...said];
}
