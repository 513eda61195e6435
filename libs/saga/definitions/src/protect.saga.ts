import { StartProtect } from '@lifeboat/contracts';
import { hours, saga } from '@lifeboat/saga-engine';
import { captured, carried } from './fragments/point.ts';

/** Make a recovery point: metadata, images and one point of every disk, sealed only when all are in place. The run is named after the point. */
export const protect = saga('protect', 1, StartProtect)
  .onePer((s) => s.groupId)
  .deadline(hours(24))
  .use(captured)
  .use(carried())
  .end();
