import { ListPoints, ReadPoint } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { Not } from 'typeorm';
import { PinRow, PointRow } from './point.row.ts';
import { pointView } from './point-view.ts';
import { pointNotFound } from './points.ts';

@AnswersRequest(ListPoints)
export class ListPointsHandler implements RequestHandler<typeof ListPoints> {
  async answer({ groupId }: InputOf<typeof ListPoints>, context: RequestContext): Promise<OutputOf<typeof ListPoints>> {
    return context.transaction(async (tx) => {
      const rows = await tx.find(PointRow, {
        where: { groupId, state: Not('discarded' as const) },
        order: { openedAt: 'DESC' },
      });
      const pins = await tx.findBy(PinRow, { groupId });
      return {
        points: rows.map((row) =>
          pointView(
            row,
            pins.filter((pin) => pin.pointId === row.pointId).map((pin) => pin.runId),
          ),
        ),
      };
    });
  }
}

@AnswersRequest(ReadPoint)
export class ReadPointHandler implements RequestHandler<typeof ReadPoint> {
  async answer({ pointId }: InputOf<typeof ReadPoint>, context: RequestContext): Promise<OutputOf<typeof ReadPoint>> {
    return context.transaction(async (tx) => {
      const row = await tx.findOneBy(PointRow, { pointId });
      if (!row) throw pointNotFound(pointId);
      return {
        point: pointView(
          row,
          (await tx.findBy(PinRow, { pointId })).map((pin) => pin.runId),
        ),
      };
    });
  }
}
