import { z } from 'zod';
import { request } from '../define.ts';
import { AdoptableDisk, BundleRef, PointStanding } from '../values/adoption.ts';

export const CheckDiskReplicas = request({
  context: 'data',
  name: 'check-disk-replicas',
  summary:
    'Which of the disk replicas that a bundle names for these points stand at the target, what else there bears a mark of the group, and what drivers say of adopting them. Reads the target alone.',
  input: z.object({ bundle: BundleRef, pointIds: z.array(z.string()) }),
  output: z.object({
    points: z.array(PointStanding),
    disks: z.array(AdoptableDisk),
    /** `volume 5f2c… (a copy for run run-1)` */
    leftOver: z.array(z.string()),
  }),
});
