import type { CaptureOptions, Crawled, Snapshot } from '@lifeboat/openstack-entity-api';
import { crawl } from '@lifeboat/openstack-entity-api';
import { Database } from '@lifeboat/service-kit';
import { observe } from '@lifeboat/telemetry';
import { Injectable } from '@nestjs/common';
import { MemberFinder } from '../members/member-finder.ts';
import { Looking } from './looking.ts';
import type { Place } from './observations.ts';

/** Takes in what is seen of a whole project. */
@Injectable()
export class Observer {
  constructor(
    private readonly database: Database,
    private readonly members: MemberFinder,
  ) {}

  /** Reads all of a place and stores it as it comes. Answers the number of changes; of a look that was broken off what was seen stays stored. */
  crawl(place: Place, options: CaptureOptions, began: Date): Promise<number> {
    return this.looking(place, began, (looking) => crawl(options, looking.take));
  }

  /** Stores what was read at once. */
  take(place: Place, snapshot: Snapshot, began: Date): Promise<number> {
    return this.looking(place, began, async (looking) => {
      for (const page of snapshot.pages) await looking.take(page);
      return snapshot;
    });
  }

  private async looking(place: Place, began: Date, look: (looking: Looking) => Promise<Crawled>): Promise<number> {
    const looking = new Looking(this.database, place, began);
    try {
      const { changes, missed } = await looking.end(await look(looking));
      observe('lifeboat_metadata_missed_by_events', missed, { site: place.site });
      return changes;
    } finally {
      this.members.touch(place.site, looking.changedKinds);
    }
  }
}
