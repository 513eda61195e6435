import { invalidInput } from '@lifeboat/kernel';
import type { Disk } from '@lifeboat/replication-driver-api';
import { z } from 'zod';
import { Action } from '../actions/action.ts';

export const Hook = z.strictObject({
  lag: Action,
  promote: Action,
  quiesce: Action.optional(),
  unquiesce: Action.optional(),
  reverse: Action.optional(),
});
export type Hook = z.infer<typeof Hook>;

export type HookVerb = keyof Hook;

/** `drivers.hook` of the drivers file. What is run stands here and nowhere else: a message can but name one of them. */
export const HookSettings = z
  .strictObject({ hooks: z.record(z.string().min(1), Hook) })
  .superRefine(({ hooks }, context) => {
    for (const [name, { quiesce, unquiesce }] of Object.entries(hooks))
      if ((quiesce === undefined) !== (unquiesce === undefined))
        context.addIssue({ code: 'custom', path: ['hooks', name], message: 'quiesce and unquiesce go together' });
  });
export type HookSettings = z.infer<typeof HookSettings>;

/** As the policy's rule says, else as the volume itself does. */
export const hookName = ({ named, metadata }: Disk): string | undefined => named ?? metadata?.['lifeboat_hook'];

/** Throws `invalid-input` `hook-unknown`. */
export function hookOf(settings: HookSettings | undefined, disk: Disk): { readonly name: string; readonly hook: Hook } {
  const name = hookName(disk);
  const hook = name === undefined ? undefined : settings?.hooks[name];
  if (name !== undefined && hook) return { name, hook };
  throw invalidInput('hook-unknown', `The drivers file of this worker has no hook "${name ?? ''}".`, {
    mend: 'Give it to drivers.hook.hooks in the file that LIFEBOAT_DRIVERS_FILE names, the same at every worker.',
  });
}
