import type { Consistency, Freeze as Said, Quiesce, RunVerb } from '@lifeboat/contracts';
import { external } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import { z } from 'zod';

/** What a worker answers: moments by its clock. */
export const Taken = z.object({
  from: z.string(),
  level: z.enum(['quiesced', 'application']),
  position: z.string().optional(),
});
export type Taken = z.infer<typeof Taken>;

export const Released = z.object({ at: z.string(), held: z.boolean(), why: z.string().optional() });
export type Released = z.infer<typeof Released>;

/** An application that is held still for a point, from before its hook is asked until it is known that it was let go of. */
export interface Freeze {
  readonly pointId: string;
  readonly groupId: string;
  /** The primary: its workers ask the hook. */
  readonly site: string;
  readonly hook: string;
  readonly required: boolean;
  readonly atMostSeconds: number;
  readonly request: Omit<RunVerb, 'taskId' | 'call' | 'memo'>;
  /** Of the command that makes the point. */
  readonly commandId: string;
  readonly taken: Taken | null;
  /** Absent while it lasts. */
  readonly outcome: Said['outcome'] | null;
  readonly why: string | null;
  readonly endedAt: Date | null;
  readonly releasedAt: Date | null;
  readonly released: Released | null;
  readonly alarmedAt: Date | null;
}

/** A release that is not answered for so long is an alarm, and no point waits for it any more. */
export const UNANSWERED_MS = 30_000;

/** Why the point cannot be made: its policy requires what was not achieved. */
export function refusalOf({ required, outcome, hook, why }: Freeze): LifeboatError | undefined {
  if (!required || outcome === null || outcome === 'held') return undefined;
  return external(
    `quiesce-${outcome}`,
    `The application was not held still for the point: hook "${hook}", ${why ?? outcome}`,
    {
      retry: 'no',
      mend: 'Mend what the hook says, or let it be held for longer. A policy that only prefers it (`--quiesce` without `--quiesce-required`) makes points without.',
    },
  );
}

/** Whether the point has to wait until it is known how its freeze ended: an application may say that it did not hold. */
export const isToBeAwaited = ({ releasedAt, endedAt }: Freeze, now: Date): boolean =>
  releasedAt === null && (endedAt === null || now.getTime() - endedAt.getTime() < UNANSWERED_MS);

/** What all snapshots of the point are by it, each of them asked for and taken while it lasted. */
export const levelOf = ({ outcome, taken }: Freeze): Taken['level'] | undefined =>
  outcome === 'held' ? taken?.level : undefined;

/** As it is said with the point. */
export function saidOf({ hook, outcome, why, taken, released }: Freeze): NonNullable<Consistency['freeze']> {
  const to = taken && released?.at;
  return {
    hook,
    outcome: outcome ?? 'failed',
    ...(taken && { from: taken.from }),
    ...(taken && to && { to, ms: Math.max(0, Date.parse(to) - Date.parse(taken.from)) }),
    ...(taken?.position !== undefined && { position: taken.position }),
    ...(why !== null && { why }),
  };
}

/** What a release says of a freeze that had counted as held. */
export const outcomeAfter = ({ outcome, why }: Freeze, released: Released): Pick<Freeze, 'outcome' | 'why'> =>
  outcome === 'held' && !released.held
    ? { outcome: 'lost', why: released.why ?? 'it did not hold until it was told to let go' }
    : { outcome, why };

/** The verb by which it is asked for, of the first disk of the point. */
export const quiesceRequest = (
  { hook, atMostSeconds }: Quiesce,
  {
    pointId,
    groupId,
    source,
    target,
    disk,
  }: { pointId: string; groupId: string; source: string; target: string; disk: RunVerb['point']['disk'] },
): Freeze['request'] => ({
  driver: 'hook',
  verb: 'quiesce',
  source,
  target,
  point: { pointId, groupId, disk: { ...disk, named: hook } },
  options: { atMostSeconds },
});
