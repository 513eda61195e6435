import { Bus, jsonRequests } from '@lifeboat/messaging';
import { driversProvider } from '@lifeboat/replication-drivers';
import { runService, SETTINGS } from '@lifeboat/service-kit';
import { SiteWorkers } from './verbs/site-workers.ts';
import { VerbRunner } from './verbs/verb-runner.ts';
import { workerSettings } from './worker-settings.ts';

await runService({
  name: 'data-worker',
  context: 'site',
  needs: { clouds: true },
  settings: workerSettings,
  providers: [driversProvider({ settings: SETTINGS, bus: Bus, requests: jsonRequests }), VerbRunner, SiteWorkers],
  main: async (app, signal) => {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await app.get(SiteWorkers).stop();
  },
});
