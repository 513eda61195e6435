import type { DiskReplica, Finding } from '@lifeboat/contracts';

/** Disks of which no copy can be made with the primary lost: a run that serves from copies cannot serve them. */
export const plannedOnlyBlockers = (disks: readonly DiskReplica[]): readonly Finding[] =>
  disks.flatMap(({ disk, driver, plannedOnly }): Finding[] =>
    plannedOnly === undefined
      ? []
      : [
          {
            code: 'driver-planned-only',
            where: `${disk.kind} ${disk.name} (${disk.id})`,
            message: `driver ${driver} serves planned moves alone: ${plannedOnly}.`,
            mend: `Promote it by the tools of its storage, or let the policy carry it by another driver than ${driver}.`,
          },
        ],
  );
