import { runService } from '@lifeboat/service-kit';
import { driversProvider } from './drivers.provider.ts';
import { SiteWorkers } from './verbs/site-workers.ts';
import { VerbRunner } from './verbs/verb-runner.ts';
import { workerSettings } from './worker-settings.ts';

await runService({
  name: 'data-worker',
  context: 'site',
  needs: { clouds: true },
  settings: workerSettings,
  providers: [driversProvider, VerbRunner, SiteWorkers],
  main: async (app, signal) => {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await app.get(SiteWorkers).stop();
  },
});
