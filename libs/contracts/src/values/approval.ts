import { z } from 'zod';
import { Name } from './common.ts';
import { RunKind } from './runs.ts';

/** Who asked for a run and, where its group's policy wants that, who approved it. Names are as the callers claim them: nobody is authenticated yet. */

export const PersonName = z.string().trim().min(1).max(100);

/** Runs that a person may ask for. */
export const RequestedKind = RunKind.extract([
  'drill',
  'failover',
  'planned-failover',
  'failback',
  'reprotect',
  'cleanup',
  'switch-traffic',
]);
export type RequestedKind = z.infer<typeof RequestedKind>;

/** Runs of these kinds begin when somebody else than who asked for them has approved them; within this time, or never. */
export const Approval = z.object({
  kinds: z.array(RequestedKind).min(1),
  withinSeconds: z
    .number()
    .int()
    .min(1)
    .max(7 * 24 * 3600),
});
export type Approval = z.infer<typeof Approval>;

export const RequestDecision = z.object({
  how: z.enum(['approved', 'refused', 'lapsed']),
  at: z.string(),
  /** Nobody's, when it lapsed. */
  by: PersonName.optional(),
  reason: z.string().optional(),
});
export type RequestDecision = z.infer<typeof RequestDecision>;

export const RunRequest = z.object({
  by: PersonName.optional(),
  at: z.string(),
  /** The group's policy at that moment, by which it was approved or needed not be, and who had set it when. */
  policy: z.object({ name: Name, setBy: PersonName.optional(), setAt: z.string().optional() }),
  /** Absent: the policy wanted none. */
  approval: z.object({ lapsesAt: z.string(), decided: RequestDecision.optional() }).optional(),
});
export type RunRequest = z.infer<typeof RunRequest>;

/** What who asks for a run is told. */
export const RunRequested = z.object({
  runId: z.string(),
  /** It has not begun: somebody else has to approve it by then. */
  awaitsApproval: z.object({ lapsesAt: z.string() }).optional(),
});
export type RunRequested = z.infer<typeof RunRequested>;
