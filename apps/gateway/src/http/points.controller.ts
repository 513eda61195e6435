import { ReadPoint } from '@lifeboat/contracts';
import type { Point } from '@lifeboat/contracts';
import { Asker } from '@lifeboat/service-kit';
import { Controller, Get, Param } from '@nestjs/common';
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
}
