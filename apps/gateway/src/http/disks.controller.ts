import { ExplainDisk, ListPolicies, ReadDisks, ReadGroup, ResyncDisk } from '@lifeboat/contracts';
import type { Disk, OutputOf } from '@lifeboat/contracts';
import { notFound } from '@lifeboat/kernel';
import { Asker } from '@lifeboat/service-kit';
import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { SITE_MS } from './patience.ts';

type Explained = { readonly disk: Disk } & OutputOf<typeof ExplainDisk>;

@ApiTags('disks')
@Controller('v1/groups/:groupId/disks')
export class DisksController {
  constructor(private readonly asker: Asker) {}

  @Get()
  @ApiOperation({ summary: ReadDisks.summary })
  list(@Param('groupId') groupId: string): Promise<{ disks: Disk[] }> {
    return this.asker.ask(ReadDisks, { groupId });
  }

  @Get(':diskId/driver')
  @ApiOperation({ summary: ExplainDisk.summary })
  async explain(@Param('groupId') groupId: string, @Param('diskId') diskId: string): Promise<Explained> {
    const { group } = await this.asker.ask(ReadGroup, { groupId });
    const { policies } = await this.asker.ask(ListPolicies, {});
    const { disks } = await this.asker.ask(ReadDisks, { groupId });
    const disk = disks.find(({ id }) => id === diskId);
    if (!disk)
      throw notFound('disk-not-found', `Group ${groupId} holds no disk "${diskId}", as far as was seen.`, {
        mend: 'Give the id of one of its volumes, or of a server booted from an image.',
      });
    const rules = policies.find(({ name }) => name === group.policy)?.rules.drivers ?? [];
    const { primary: source, recovery: target } = group;
    return { disk, ...(await this.asker.ask(ExplainDisk, { disk, rules, source, target }, { timeoutMs: SITE_MS })) };
  }

  @Post(':diskId/resync')
  @HttpCode(204)
  @ApiOperation({ summary: ResyncDisk.summary })
  async resync(@Param('groupId') groupId: string, @Param('diskId') diskId: string): Promise<void> {
    await this.asker.ask(ResyncDisk, { groupId, diskId });
  }
}
