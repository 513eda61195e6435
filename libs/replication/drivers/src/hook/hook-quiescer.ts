import type { Quiescer, QuiesceOf } from '@lifeboat/replication-driver-api';
import { z } from 'zod';
import { carryOut } from '../actions/action.ts';
import type { Facts } from '../actions/action.ts';
import { answerAs } from '../actions/answer.ts';
import { actionOf } from './ask-hook.ts';
import { hookNamed } from './hook-settings.ts';
import type { HookSettings } from './hook-settings.ts';

/** What a hook may answer; more is not looked at. */
export const QuiesceAnswer = z.object({ position: z.string().max(1_024).optional() });
const UnquiesceAnswer = z.object({ held: z.boolean().default(true), why: z.string().max(4_096).optional() });

interface Io {
  readonly signal: AbortSignal;
}

/** The keys are those of a disk that the driver carries by the same hook. */
const told = (verb: string, { hook, groupId, pointId, atMostSeconds }: QuiesceOf): Facts => ({
  verb,
  hook,
  group: groupId,
  point: pointId,
  seconds: String(atMostSeconds),
  key: ['lifeboat', verb, groupId, hook, pointId].join(':'),
});

/** By the hooks of the drivers file. Throws `invalid-input` `hook-unknown`, `hook-not-configured`, and as the action does. */
export function hookQuiescer(settings: HookSettings | undefined): Quiescer {
  const ask = async <T>(verb: 'quiesce' | 'unquiesce', of: QuiesceOf, answer: z.ZodType<T>, io: Io) => {
    const { name, hook } = hookNamed(settings, of.hook);
    const what = `Hook "${name}", ${verb}`;
    const said = await carryOut(actionOf(hook, name, verb), what, told(verb, of), io);
    return { hook, answer: answerAs(answer, said, what) };
  };
  return {
    async quiesce(of, io) {
      const { hook, answer } = await ask('quiesce', of, QuiesceAnswer, io);
      const { position } = answer;
      return { level: hook.achieves, ...(position !== undefined && { position }) };
    },
    async unquiesce(of, io) {
      const { held, why } = (await ask('unquiesce', of, UnquiesceAnswer, io)).answer;
      return { held, ...(why !== undefined && { why }) };
    },
  };
}
