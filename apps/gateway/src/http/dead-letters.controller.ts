import { dropDeadLetter, listDeadLetters, replayDeadLetter } from '@lifeboat/messaging';
import type { DeadLetter } from '@lifeboat/messaging';
import { Asker } from '@lifeboat/service-kit';
import { Controller, Delete, Get, HttpCode, Param, ParseIntPipe, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

@ApiTags('dead letters')
@Controller('v1/dead-letters')
export class DeadLettersController {
  constructor(private readonly asker: Asker) {}

  @Get()
  @ApiOperation({ summary: 'Messages that could not be handled, with the reason.' })
  async list(): Promise<{ deadLetters: readonly DeadLetter[] }> {
    return { deadLetters: await listDeadLetters(this.asker.bus) };
  }

  @Post(':sequence/replay')
  @HttpCode(202)
  @ApiOperation({ summary: 'Hand a dead letter to its consumer again, as a new attempt.' })
  replay(@Param('sequence', ParseIntPipe) sequence: number): Promise<void> {
    return replayDeadLetter(this.asker.bus, sequence);
  }

  @Delete(':sequence')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a dead letter.' })
  drop(@Param('sequence', ParseIntPipe) sequence: number): Promise<void> {
    return dropDeadLetter(this.asker.bus, sequence);
  }
}
