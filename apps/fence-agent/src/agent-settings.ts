import { Name, SiteName } from '@lifeboat/contracts';
import { hostname } from 'node:os';
import { z } from 'zod';

export const agentSettings = {
  /** The site whose servers it stops, as clouds.yaml names it. */
  LIFEBOAT_SITE: SiteName,
  /** Where it keeps the leases that it holds; of its own, and not lost with the process. */
  LIFEBOAT_LEASES_FILE: z.string({ error: 'is missing: the path of a file that outlives the process' }).startsWith('/'),
  /** Tells the agents of a site apart: the same after each start. */
  LIFEBOAT_AGENT_NAME: Name.default(hostname()),
};

export type AgentSettings = z.infer<z.ZodObject<typeof agentSettings>>;
