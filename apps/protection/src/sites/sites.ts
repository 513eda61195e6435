import type { Site } from '@lifeboat/contracts';
import type { SiteRow } from './site.row.ts';

export const siteView = (row: SiteRow): Site => ({
  name: row.name,
  ...(row.region !== null && { region: row.region }),
  ...(row.projectName !== null && { projectName: row.projectName }),
  ...(row.isAdmin !== null && { isAdmin: row.isAdmin }),
  ...(row.lastSeenAt !== null && { lastSeenAt: row.lastSeenAt.toISOString() }),
  ...(row.problem !== null && { problem: row.problem }),
});
