import type { DriverRequest } from '@lifeboat/replication-driver-api';
import { loadDrivers } from './load-drivers.ts';
import type { Drivers } from './load-drivers.ts';

/** What runs in an installation; a service injects it with `@Inject(DRIVERS)`. */
export const DRIVERS = Symbol('lifeboat-drivers');

/** Where the service that hosts drivers has what they are loaded with. This package knows no framework and no bus. */
export interface DriversHost<Bus> {
  /** The token of its settings. */
  readonly settings: symbol;
  readonly bus: abstract new (...given: never[]) => Bus;
  requests(bus: Bus): DriverRequest;
}

/** As NestJS takes providers. Loaded once, before anything is taken in: packages are imported, remote drivers asked what they are. */
export const driversProvider = <Bus>({ settings, bus, requests }: DriversHost<Bus>) => ({
  provide: DRIVERS,
  inject: [settings, bus],
  useFactory: ({ LIFEBOAT_DRIVERS_FILE }: { readonly LIFEBOAT_DRIVERS_FILE?: string }, its: Bus): Promise<Drivers> =>
    loadDrivers(LIFEBOAT_DRIVERS_FILE, requests(its)),
});
