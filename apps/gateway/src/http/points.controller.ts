import { ReadPoint, ReadProgress, VerifyPoint } from '@lifeboat/contracts';
import type { OutputOf, Point } from '@lifeboat/contracts';
import { Asker } from '@lifeboat/service-kit';
import { Controller, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

@ApiTags('points')
@Controller('v1/points')
export class PointsController {
  constructor(private readonly asker: Asker) {}

  @Get(':pointId')
  @ApiOperation({ summary: ReadPoint.summary })
  async read(@Param('pointId') pointId: string): Promise<Point> {
    return (await this.asker.ask(ReadPoint, { pointId })).point;
  }

  @Get(':pointId/progress')
  @ApiOperation({ summary: ReadProgress.summary })
  progress(@Param('pointId') pointId: string): Promise<OutputOf<typeof ReadProgress>> {
    return this.asker.ask(ReadProgress, { ownerId: pointId });
  }

  @Put(':pointId/checks/:checkId')
  @HttpCode(202)
  @ApiOperation({ summary: VerifyPoint.summary })
  verify(@Param('pointId') pointId: string, @Param('checkId') checkId: string): Promise<OutputOf<typeof VerifyPoint>> {
    return this.asker.ask(VerifyPoint, { pointId, checkId });
  }
}
