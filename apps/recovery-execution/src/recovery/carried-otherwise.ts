import type { DiskReplica, Finding } from '@lifeboat/contracts';

const SAID = {
  application: {
    code: 'bytes-by-application',
    message: 'its copy is blank: the application replicates the data by itself.',
  },
  nothing: { code: 'bytes-not-carried', message: "its copy is blank: the policy's rule has nothing of it carried." },
};

/** Pure: what a person should know of disks of which no copy has the bytes. */
export const carriedOtherwise = (disks: readonly DiskReplica[]): readonly Finding[] =>
  disks.flatMap(({ disk, driver, carries, rollback }): Finding[] => {
    const where = `volume ${disk.name} (${disk.id})`;
    return [
      ...(carries === undefined ? [] : [{ where, ...SAID[carries] }]),
      ...(rollback === undefined
        ? []
        : [
            {
              code: 'no-rollback',
              where,
              message: `${driver} promotes what stands at the recovery site after the commit; that cannot be taken back.`,
            },
          ]),
    ];
  });
