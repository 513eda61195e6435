import { Bus, jsonRequests } from '@lifeboat/messaging';
import { loadDrivers } from '@lifeboat/replication-drivers';
import type { Drivers } from '@lifeboat/replication-drivers';
import { SETTINGS } from '@lifeboat/service-kit';
import type { FactoryProvider } from '@nestjs/common';

/** What runs in this installation; inject with `@Inject(DRIVERS)`. */
export const DRIVERS = Symbol('lifeboat-drivers');

/** Loaded once, before anything is taken in: packages are imported, remote drivers asked what they are. */
export const driversProvider: FactoryProvider<Drivers> = {
  provide: DRIVERS,
  inject: [SETTINGS, Bus],
  useFactory: ({ LIFEBOAT_DRIVERS_FILE }: { readonly LIFEBOAT_DRIVERS_FILE?: string }, bus: Bus) =>
    loadDrivers(LIFEBOAT_DRIVERS_FILE, jsonRequests(bus)),
};
