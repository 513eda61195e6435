import type { ResolvedSwitch, TrafficSwitch } from '@lifeboat/contracts';
import { bug } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import { call } from './kinds/call.ts';
import { designate } from './kinds/designate.ts';
import { floatingIp } from './kinds/floating-ip.ts';
import { members } from './kinds/members.ts';
import { record } from './kinds/record.ts';
import type { SwitchKind } from './switch-kind.ts';

type KindName = Exclude<keyof TrafficSwitch, 'within'>;

/** Every kind of switch there is, by its key in a plan. */
const KINDS: Readonly<Record<KindName, SwitchKind<unknown, Json>>> = {
  record,
  designate,
  members,
  floatingIp,
  webhook: call('webhook'),
  command: call('command'),
  request: call('request'),
};

/** The one key of a switch, the kind that it names, and what the plan says of it. */
export function kindOf(of: TrafficSwitch | ResolvedSwitch): {
  readonly key: KindName;
  readonly kind: SwitchKind<unknown, Json>;
  readonly what: unknown;
} {
  const key = (Object.keys(KINDS) as KindName[]).find((one) => of[one] !== undefined);
  if (key === undefined) throw bug('switch-of-no-kind', 'A traffic switch is of no kind that there is.');
  return { key, kind: KINDS[key], what: of[key] };
}
