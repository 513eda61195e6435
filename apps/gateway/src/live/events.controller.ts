import { toEnvelope } from '@lifeboat/messaging';
import { Asker } from '@lifeboat/service-kit';
import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { IncomingMessage, ServerResponse } from 'node:http';

const KEEP_ALIVE_MS = 15_000;

/**
 * Events as they are published, by server-sent events. A plain subscription: a reader that was away has missed what was said meanwhile, and reads the
 * run for the truth.
 */
@ApiTags('events')
@Controller('v1/events')
export class EventsController {
  constructor(private readonly asker: Asker) {}

  @Get()
  @ApiOperation({ summary: 'Live events (server-sent events).' })
  @ApiProduces('text/event-stream')
  async stream(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const nc = await this.asker.bus.connection();
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write(': connected\n\n');
    const subscription = nc.subscribe('lifeboat.evt.>', {
      callback: (error, message) => {
        if (error) return;
        const { id, type, time, correlationId, data } = toEnvelope(message.subject, message.headers, message.data);
        response.write(`id: ${id}\ndata: ${JSON.stringify({ type, time, correlationId, data })}\n\n`);
      },
    });
    const alive = setInterval(() => response.write(': alive\n\n'), KEEP_ALIVE_MS);
    request.once('close', () => {
      clearInterval(alive);
      subscription.unsubscribe();
      response.end();
    });
  }
}
