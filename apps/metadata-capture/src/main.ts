import './heap.ts';
import { runService } from '@lifeboat/service-kit';
import { z } from 'zod';
import { CaptureGroupHandler } from './capture/capture-group.handler.ts';
import { ForgetCaptureHandler } from './capture/forget-capture.handler.ts';
import { Looker } from './capture/look.ts';
import { PreviewGroupHandler } from './capture/preview-group.handler.ts';
import { RestoreCaptureHandler } from './capture/restore-capture.handler.ts';
import { ReadTopologyHandler } from './capture/read-topology.handler.ts';
import { Sealer } from './capture/sealer.ts';
import { AdmitMemberHandler } from './members/admit-member.handler.ts';
import { MemberFinder } from './members/member-finder.ts';
import { ReadGroupMetadataHandler } from './members/read-group-metadata.handler.ts';
import { ReleaseMemberHandler } from './members/release-member.handler.ts';
import { MetadataCapture1790000000004 } from './migrations/0001-metadata-capture.ts';
import { ContinuousCapture1790000000204 } from './migrations/0002-continuous-capture.ts';
import { Joining1790000000504 } from './migrations/0003-joining.ts';
import { DirtyReader } from './observe/dirty-reader.ts';
import { HearChanges } from './observe/hear-changes.ts';
import { Learner } from './observe/learner.ts';
import { Observer } from './observe/observer.ts';
import { Retention } from './observe/retention.ts';
import { Sweeper } from './observe/sweeper.ts';
import { MetadataRpo } from './rpo/metadata-rpo.ts';
import { DiffTopologyHandler } from './time-machine/diff-topology.handler.ts';
import { ReadDisksHandler } from './time-machine/read-disks.handler.ts';
import { ReadAftershocksHandler } from './time-machine/read-aftershocks.handler.ts';
import { ReadHistoryHandler } from './time-machine/read-history.handler.ts';
import { ReadServersHandler } from './time-machine/read-servers.handler.ts';
import { HearGroups } from './watch/hear-groups.ts';
import { StopWatchingHandler } from './watch/stop-watching.handler.ts';
import { WatchedSites } from './watch/watched-sites.ts';

await runService({
  name: 'metadata-capture',
  context: 'capture',
  database: {
    schema: 'capture',
    entities: [],
    migrations: [MetadataCapture1790000000004, ContinuousCapture1790000000204, Joining1790000000504],
  },
  needs: { clouds: true, secrets: true },
  settings: {
    /** All of a watched project is read this often, by list calls. */
    LIFEBOAT_CAPTURE_SWEEP_SECONDS: z.coerce.number().min(1).default(300),
    /** How long versions are kept that no recovery point needs. */
    LIFEBOAT_CAPTURE_KEEP_DAYS: z.coerce.number().min(0.01).default(30),
    /** Calls at each site for what notifications tell of; a sweep's are few and not counted. */
    LIFEBOAT_CAPTURE_CALLS_PER_SECOND: z.coerce.number().min(1).default(20),
  },
  providers: [
    Sealer,
    Looker,
    CaptureGroupHandler,
    ForgetCaptureHandler,
    RestoreCaptureHandler,
    ReadTopologyHandler,
    PreviewGroupHandler,
    WatchedSites,
    HearGroups,
    StopWatchingHandler,
    Observer,
    Sweeper,
    HearChanges,
    Learner,
    DirtyReader,
    Retention,
    MemberFinder,
    ReleaseMemberHandler,
    AdmitMemberHandler,
    ReadGroupMetadataHandler,
    ReadHistoryHandler,
    DiffTopologyHandler,
    ReadAftershocksHandler,
    ReadDisksHandler,
    ReadServersHandler,
    MetadataRpo,
  ],
  main: async (app, signal) => {
    await Promise.all([app.get(HearChanges).run(signal), app.get(DirtyReader).run(signal)]);
  },
});
