import { bug, invalidInput } from '@lifeboat/kernel';
import type { ReplicationDriver } from './driver.ts';

/** The drivers there are, in the order in which they are preferred where the policy names none. */
export interface DriverRegistry {
  readonly all: readonly ReplicationDriver[];
  /** Throws `invalid-input` `driver-unknown`. */
  get(name: string): ReplicationDriver;
}

export function driverRegistry(...all: readonly ReplicationDriver[]): DriverRegistry {
  const byName = new Map(all.map((driver) => [driver.name, driver]));
  if (byName.size !== all.length) throw bug('driver-twice', 'Two replication drivers have the same name.');
  return {
    all,
    get: (name) => {
      const driver = byName.get(name);
      if (driver) return driver;
      throw invalidInput('driver-unknown', `There is no replication driver "${name}".`, {
        mend: `Use one of: ${[...byName.keys()].join(', ')}.`,
      });
    },
  };
}
