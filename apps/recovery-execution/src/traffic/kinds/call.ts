import type { Hook } from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';
import { briefly, callHook, hookText } from '../../plan/call-hook.ts';
import { hookBlockers } from '../../plan/named-things.ts';
import type { SwitchKind } from '../switch-kind.ts';

type Called = 'webhook' | 'command' | 'request';

/** For what else leads to a group: routes that are announced, a balancer that is none of OpenStack's. It is told where, and does it by itself. */
export const call = <K extends Called>(key: K): SwitchKind<NonNullable<Hook[K]>, Json> => {
  const hookOf = (what: NonNullable<Hook[K]>): Hook => ({ [key]: what });
  return {
    text: (what) => hookText(hookOf(what)),
    blockers: async (what, { file, where }) => hookBlockers(hookOf(what), where, file),
    wanted: (_what, _before, servers) => servers.map(({ id, name, addresses }) => ({ id, name, addresses })),
    async put(what, _from, servers, { facts, ...calling }) {
      return briefly(await callHook(hookOf(what), { ...facts, when: 'switch', servers }, calling));
    },
  };
};
