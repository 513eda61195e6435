import { invalidInput } from '@lifeboat/kernel';
import type { DriverIo, PointOfDisk } from '@lifeboat/replication-driver-api';
import { carryOut } from '../actions/action.ts';
import type { Action, Facts } from '../actions/action.ts';
import { hookOf } from './hook-settings.ts';
import type { Hook, HookSettings, HookVerb } from './hook-settings.ts';

export interface Asked {
  readonly verb: HookVerb;
  readonly point: PointOfDisk;
  readonly runId?: string;
  readonly planned?: boolean;
}

function told({ verb, point, runId, planned }: Asked, name: string): Facts {
  const { pointId, groupId, disk } = point;
  return {
    verb,
    hook: name,
    group: groupId,
    point: pointId,
    disk: disk.id,
    disk_name: disk.name,
    ...(runId !== undefined && { run: runId }),
    ...(planned !== undefined && { planned: String(planned) }),
    key: ['lifeboat', verb, groupId, name, runId ?? pointId].join(':'),
  };
}

/** Asks the disk's hook and answers what it said. Throws `invalid-input` `hook-unknown`, `hook-not-configured`, and as the action does. */
export async function askHook(settings: HookSettings | undefined, asked: Asked, io: DriverIo): Promise<string> {
  const { name, hook } = hookOf(settings, asked.point.disk);
  return carryOut(actionOf(hook, name, asked.verb), `Hook "${name}", ${asked.verb}`, told(asked, name), io);
}

/** Throws `invalid-input` `hook-not-configured`. */
export function actionOf(hook: Hook, name: string, verb: HookVerb): Action {
  const action = hook[verb];
  if (action) return action;
  throw invalidInput(
    'hook-not-configured',
    `Hook "${name}", ${verb}: the drivers file of this worker says nothing of it.`,
    {
      mend: `Give drivers.hook.hooks.${name}.${verb} a command or a url.`,
    },
  );
}
