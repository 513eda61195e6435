import { ReadRecipes } from '@lifeboat/contracts';
import type { DiskRecipe, DiskReplica, InputOf, OutputOf } from '@lifeboat/contracts';
import { marksOf } from '@lifeboat/replication-driver-api';
import type { Copy, PointOfDisk } from '@lifeboat/replication-driver-api';
import { DRIVERS } from '@lifeboat/replication-drivers';
import type { Drivers } from '@lifeboat/replication-drivers';
import { AnswersRequest, Sites } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { Inject } from '@nestjs/common';
import { placeCopy, readOffered } from './place-copies.ts';

type Input = InputOf<typeof ReadRecipes>;

/** A driver that has no recipe leaves its disks to people. */
@AnswersRequest(ReadRecipes)
export class ReadRecipesHandler implements RequestHandler<typeof ReadRecipes> {
  constructor(
    private readonly sites: Sites,
    @Inject(DRIVERS) private readonly drivers: Drivers,
  ) {}

  async answer(input: Input): Promise<OutputOf<typeof ReadRecipes>> {
    if (input.disks.length === 0) return { recipes: [] };
    const offered = await readOffered(await this.sites.open(input.target));
    const recipes = input.disks.map((replica) =>
      this.recipeOf(replica, input, placeCopy(input.runId, replica.disk, input.mappings, offered)),
    );
    return { recipes };
  }

  private recipeOf({ disk, driver, replica }: DiskReplica, { groupId, pointId, runId }: Input, copy: Copy): DiskRecipe {
    const point = { pointId, groupId, disk } as PointOfDisk;
    const { recipe } = this.drivers.get(driver);
    if (!recipe) return { disk, driver, ...noRecipe(driver, disk.name || disk.id) };
    return { disk, driver, ...recipe(point, replica, copy, marksOf(point, runId).mark('copy')) } as DiskRecipe;
  }
}

const noRecipe = (driver: string, name: string): Pick<DiskRecipe, 'calls' | 'gives' | 'byHand'> => ({
  calls: [],
  gives: 'by hand',
  byHand: [
    `Driver ${driver} has no recipe: make a volume of "${name}" from its replica by the means of the driver. Its id is the one to give.`,
  ],
});
