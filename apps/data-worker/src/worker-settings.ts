import { z } from 'zod';

export const workerSettings = {
  /** Sites whose work this worker does, with commas between; all of clouds.yaml when it is not set. */
  LIFEBOAT_WORKER_SITES: z.string().optional(),
  /** Verbs at a time for each site; most of them only wait for an answer of OpenStack. */
  LIFEBOAT_WORKER_VERBS: z.coerce.number().int().min(1).default(32),
  /** Copies of bytes at a time, over all sites. */
  LIFEBOAT_WORKER_COPIES: z.coerce.number().int().min(1).default(4),
  /** What the drivers are to know of the sites: storage clusters, application servers. Without it what needs none of that works. */
  LIFEBOAT_DRIVERS_FILE: z.string().optional(),
};

export interface WorkerSettings {
  readonly LIFEBOAT_CLOUDS_FILE: string;
  readonly LIFEBOAT_WORKER_SITES?: string | undefined;
  readonly LIFEBOAT_WORKER_VERBS: number;
  readonly LIFEBOAT_WORKER_COPIES: number;
  readonly LIFEBOAT_DRIVERS_FILE?: string | undefined;
}
