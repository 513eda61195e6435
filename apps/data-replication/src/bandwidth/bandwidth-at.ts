import { isWithin } from '@lifeboat/contracts';
import type { Bandwidth } from '@lifeboat/contracts';

/** Pure: how much may be sent now by all together, bytes per second; `undefined`: as much as goes. */
export const bandwidthAt = (rules: readonly Bandwidth[], now: Date): number | undefined =>
  rules.find((rule) => isWithin(rule, now))?.bytesPerSecond;
