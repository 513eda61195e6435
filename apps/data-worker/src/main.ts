import { runService } from '@lifeboat/service-kit';
import { z } from 'zod';
import { SiteWorkers } from './verbs/site-workers.ts';
import { VerbRunner } from './verbs/verb-runner.ts';

await runService({
  name: 'data-worker',
  context: 'site',
  needs: { clouds: true },
  settings: {
    /** Sites whose work this worker does, with commas between; all of clouds.yaml when it is not set. */
    LIFEBOAT_WORKER_SITES: z.string().optional(),
    /** Verbs at a time for each site; most of them only wait for an answer of OpenStack. */
    LIFEBOAT_WORKER_VERBS: z.coerce.number().int().min(1).default(32),
    /** Copies of bytes at a time, over all sites. */
    LIFEBOAT_WORKER_COPIES: z.coerce.number().int().min(1).default(4),
  },
  providers: [VerbRunner, SiteWorkers],
  main: async (app, signal) => {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await app.get(SiteWorkers).stop();
  },
});
