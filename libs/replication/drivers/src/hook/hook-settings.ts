import { invalidInput } from '@lifeboat/kernel';
import type { Disk } from '@lifeboat/replication-driver-api';
import { z } from 'zod';
import { Action } from '../actions/action.ts';

export const Hook = z.strictObject({
  lag: Action.optional(),
  promote: Action.optional(),
  quiesce: Action.optional(),
  unquiesce: Action.optional(),
  reverse: Action.optional(),
  /** What a point is whose snapshots were all taken between quiesce and unquiesce. */
  achieves: z.enum(['quiesced', 'application']).default('application'),
});
export type Hook = z.infer<typeof Hook>;

export type HookVerb = Exclude<keyof Hook, 'achieves'>;

/** What goes together. */
const PAIRS = [
  ['lag', 'promote'],
  ['quiesce', 'unquiesce'],
] as const;

/** `drivers.hook` of the drivers file. What is run stands here and nowhere else: a message can but name one of them. */
export const HookSettings = z
  .strictObject({ hooks: z.record(z.string().min(1), Hook) })
  .superRefine(({ hooks }, context) => {
    for (const [name, hook] of Object.entries(hooks)) {
      const refuse = (message: string): void => context.addIssue({ code: 'custom', path: ['hooks', name], message });
      for (const [one, other] of PAIRS)
        if ((hook[one] === undefined) !== (hook[other] === undefined)) refuse(`${one} and ${other} go together`);
      if (!hook.lag && !hook.quiesce) refuse('it says neither lag and promote nor quiesce and unquiesce');
    }
  });
export type HookSettings = z.infer<typeof HookSettings>;

/** As the policy's rule says, else as the volume itself does. */
export const hookName = ({ named, metadata }: Disk): string | undefined => named ?? metadata?.['lifeboat_hook'];

/** Throws `invalid-input` `hook-unknown`. */
export const hookOf = (settings: HookSettings | undefined, disk: Disk) => hookNamed(settings, hookName(disk));

/** Throws `invalid-input` `hook-unknown`. */
export function hookNamed(
  settings: HookSettings | undefined,
  name: string | undefined,
): { readonly name: string; readonly hook: Hook } {
  const hook = name === undefined ? undefined : settings?.hooks[name];
  if (name !== undefined && hook) return { name, hook };
  throw invalidInput('hook-unknown', `The drivers file of this worker has no hook "${name ?? ''}".`, {
    mend: 'Give it to drivers.hook.hooks in the file that LIFEBOAT_DRIVERS_FILE names, the same at every worker.',
  });
}
