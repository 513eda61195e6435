import { runService } from '@lifeboat/service-kit';
import { agentSettings } from './agent-settings.ts';
import { Guard } from './fencing/guard.ts';
import { StartedAgain } from './fencing/started-again.ts';
import { Leases } from './leases/leases.ts';
import { Renewal } from './leases/renewal.ts';

await runService({
  name: 'fence-agent',
  context: 'site',
  needs: { clouds: true },
  asksOnly: true,
  settings: agentSettings,
  providers: [Leases, Renewal, Guard, StartedAgain],
});
