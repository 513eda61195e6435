import type { Capabilities } from '@lifeboat/replication-driver-api';

/** Of what an application carries by itself, and is promoted where its standby is. */
export const byApplication: Capabilities = {
  consistency: 'application',
  carries: 'application',
  chosen: 'by-rule',
  incremental: true,
  unplanned: true,
  rollback: 'none',
  rights: 'member',
  leavesAtSource: [],
};
