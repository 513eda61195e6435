import { z } from 'zod';
import { request } from '../define.ts';
import { BundleRef } from '../values/adoption.ts';
import { DiskReplica, ImageReplica } from '../values/disks.ts';

export const ReadBundlePoint = request({
  context: 'recovery',
  name: 'read-bundle-point',
  summary: "What a bundle says of a point's images and disks.",
  input: z.object({ bundle: BundleRef, pointId: z.string() }),
  output: z.object({
    source: z.string(),
    target: z.string(),
    images: z.array(ImageReplica),
    disks: z.array(DiskReplica),
  }),
});
