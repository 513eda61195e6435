import { ListDrivers } from '@lifeboat/contracts';
import type { OutputOf } from '@lifeboat/contracts';
import { DRIVERS } from '@lifeboat/replication-drivers';
import type { Drivers, LoadedDriver } from '@lifeboat/replication-drivers';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { Inject } from '@nestjs/common';

type Answer = OutputOf<typeof ListDrivers>;

const OPTIONAL = ['lag', 'promote', 'reverse', 'verify'] as const;

@AnswersRequest(ListDrivers)
export class ListDriversHandler implements RequestHandler<typeof ListDrivers> {
  constructor(@Inject(DRIVERS) private readonly drivers: Drivers) {}

  async answer(): Promise<Answer> {
    return { drivers: await Promise.all(this.drivers.loaded.map(summaryOf)) };
  }
}

async function summaryOf({ driver, origin, from, present }: LoadedDriver): Promise<Answer['drivers'][number]> {
  // First: what a remote driver can do is as it says now.
  const presence = await present();
  const { name, api, summary, can } = driver;
  return {
    name,
    api,
    summary,
    origin,
    ...(from !== undefined && { from }),
    ...(!presence.ok && { problem: presence.reason }),
    can: { ...can, leavesAtSource: [...can.leavesAtSource] },
    offers: OPTIONAL.filter((verb) => driver[verb] !== undefined),
  };
}
