import type { Disk, PointOfDisk } from '@lifeboat/replication-driver-api';
import { leads } from './leads.ts';

const disk = (id: string, named: string) => ({ id, named }) as Disk;
const [data, log, other] = [disk('a', 'shop'), disk('b', 'shop'), disk('c', 'stock')];
const leading = (one: Disk, together?: readonly Disk[]): boolean =>
  leads({ disk: one, ...(together && { together }) } as PointOfDisk, ({ named }) => named);

it('of the disks of one database the first one asks, and each of a disk that is alone', () => {
  expect([data, log, other].map((one) => leading(one, [data, log, other]))).toEqual([true, false, true]);
  expect(leading(log)).toBe(true);
});
