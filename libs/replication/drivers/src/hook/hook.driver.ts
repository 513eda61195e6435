import { configured, done, inProgress, replicationDriver } from '@lifeboat/replication-driver-api';
import type {
  Disk,
  DriverIo,
  Lag,
  Outcome,
  PointOfDisk,
  ReplicationDriver,
  SnapshotTaken,
  Support,
} from '@lifeboat/replication-driver-api';
import { z } from 'zod';
import { answerAs, hasCaughtUp, lagIn } from '../actions/answer.ts';
import { byApplication } from '../application/capabilities.ts';
import { blankCopy, blankNeeds, blankSupport, releaseBlank } from '../application/blank-copy.ts';
import { leads } from '../application/leads.ts';
import { copyRecipe } from '../openstack/recipes.ts';
import { storedAs } from '../openstack/stored.ts';
import { no } from '../openstack/support.ts';
import { askHook } from './ask-hook.ts';
import { hookQuiescer, QuiesceAnswer } from './hook-quiescer.ts';
import { hookName, HookSettings } from './hook-settings.ts';

const AGAIN_MS = 1_000;

/** What a hook may answer; more is not looked at. */
const PromoteAnswer = z.object({ lost: z.string().optional() });
const ReverseAnswer = z.object({ full: z.boolean().default(false), why: z.string().optional() });

async function readLag(settings: HookSettings | undefined, point: PointOfDisk, io: DriverIo): Promise<Lag> {
  const said = await askHook(settings, { verb: 'lag', point }, io);
  return lagIn(said, `Hook "${hookName(point.disk)}", lag`);
}

const stillIn = storedAs('hook', z.object({ requestedAt: z.string().min(1), position: z.string().optional() }));

/** Held still, and let go at once: what is wanted is the position. Let go also when it was not heard whether it was held. */
async function quiesce(
  settings: HookSettings | undefined,
  point: PointOfDisk,
  io: DriverIo,
): Promise<Outcome<SnapshotTaken>> {
  const requestedAt = io.now();
  // The policy has it held still already, and it must stay so until the last snapshot is taken.
  const { frozen } = point;
  if (frozen?.by !== undefined && frozen.by === hookName(point.disk)) {
    const { position } = frozen;
    const snapshot = { requestedAt, ...(position !== undefined && { position }) };
    return done({ requestedAt, completedAt: io.now(), snapshot });
  }
  const hook = settings?.hooks[hookName(point.disk) ?? ''];
  if (!hook?.quiesce || !leads(point, hookName))
    return done({ requestedAt, completedAt: io.now(), snapshot: { requestedAt } });
  try {
    const said = await askHook(settings, { verb: 'quiesce', point }, io);
    const { position } = answerAs(QuiesceAnswer, said, `Hook "${hookName(point.disk)}", quiesce`);
    const snapshot = { requestedAt, ...(position !== undefined && { position }) };
    return done({ requestedAt, completedAt: io.now(), snapshot, quiesced: 'application' as const });
  } finally {
    // Also when the work is taken away: nobody else may come soon.
    await askHook(settings, { verb: 'unquiesce', point }, { ...io, signal: new AbortController().signal });
  }
}

function support(settings: HookSettings | undefined, disk: Disk): Support {
  const blank = blankSupport(disk);
  if (!blank.ok) return blank;
  if (!settings) return no('the drivers file has no hooks');
  const name = hookName(disk);
  if (name === undefined)
    return no("neither the policy's rule nor the volume's metadata lifeboat_hook names one of the hooks");
  const hook = settings.hooks[name];
  if (!hook) return no(`the drivers file has no hook "${name}"`);
  return hook.lag ? { ok: true } : no(`hook "${name}" holds an application still, and replicates nothing`);
}

export const hookDriver = (settings: HookSettings | undefined): ReplicationDriver =>
  replicationDriver({
    name: 'hook',
    api: 1,
    summary:
      'The application replicates itself: programs or webhooks of the user say its lag, and promote and reverse it.',
    can: byApplication,

    supports: (disk) => support(settings, disk),
    needs: blankNeeds,

    snapshot: (point, _memo, io) => quiesce(settings, point, io),

    async transfer(point, { snapshot }, _memo, io) {
      const { requestedAt, position } = stillIn(snapshot);
      const lag = await readLag(settings, point, io);
      if (!hasCaughtUp(lag, requestedAt, io.now(), `Hook "${hookName(point.disk)}"`)) return inProgress(null, AGAIN_MS);
      return done({ replica: { requestedAt, ...(position !== undefined && { position }) }, bytes: 0 });
    },

    materialise: (point, _replica, copy, memo, io) => blankCopy(point, copy, memo, io),
    recipe: (point, _replica, copy, mark) => ({
      ...copyRecipe({}, point, copy, mark),
      byHand: [
        `Promote the application's replica as hook "${hookName(point.disk)}" does: the volume that is made for "${point.disk.name}" is blank.`,
      ],
    }),
    whereabouts: () => ({ parts: [], next: 'nothing', why: 'the application replicates by itself' }),
    release: (_point, _copy, _memo, io) => releaseBlank(io),

    async discard(point, replica, { sourceLost }, _memo, io) {
      // A point that was given up between the two, by a worker that died.
      const held = replica === undefined && !sourceLost && settings?.hooks[hookName(point.disk) ?? '']?.unquiesce;
      if (held && leads(point, hookName)) await askHook(settings, { verb: 'unquiesce', point }, io);
      return done(null);
    },

    lag: (point, _replica, io) => readLag(settings, point, io),

    async promote(point, _replica, copy, { planned }, _memo, io) {
      if (!leads(point, hookName)) return done({ forced: !planned });
      const said = await askHook(settings, { verb: 'promote', point, runId: copy.runId, planned }, io);
      const { lost } = answerAs(PromoteAnswer, said, `Hook "${hookName(point.disk)}", promote`);
      return done({ forced: !planned, ...(lost !== undefined && { lost }) });
    },

    async reverse(point, _replica, _serving, _memo, io) {
      if (!leads(point, hookName)) return done({ full: false });
      const said = await askHook(settings, { verb: 'reverse', point }, io);
      const { full, why } = answerAs(ReverseAnswer, said, `Hook "${hookName(point.disk)}", reverse`);
      return done({ full, ...(why !== undefined && { why }) });
    },
  });

export const hook = configured('hook', HookSettings, hookDriver, undefined, hookQuiescer);
