import type { Site } from '@lifeboat/contracts';
import type { Command } from 'commander';
import { contextOf } from './context.ts';
import { age, print, say } from './output.ts';

const columns = {
  site: (s: Site) => s.name,
  region: (s: Site) => s.region,
  project: (s: Site) => s.projectName,
  rights: (s: Site) => (s.isAdmin === undefined ? '?' : s.isAdmin ? 'admin' : 'member'),
  'last seen': (s: Site) => (s.lastSeenAt ? `${age(s.lastSeenAt)} ago` : 'never'),
  problem: (s: Site) => s.problem,
};

/** `lifeboat site …` */
export function siteCommands(program: Command): void {
  const site = program.command('site').description('OpenStack clouds, named as in clouds.yaml');

  site
    .command('add <name>')
    .description('declare a site; its credentials are tried')
    .action(async (name: string, _o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.sites.put(name), columns, options);
    });

  site
    .command('list')
    .description('all sites with their last proof of life')
    .action(async (_o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.sites.list(), columns, options);
    });

  site
    .command('remove <name>')
    .description('forget a site that no group uses')
    .action(async (name: string, _o: unknown, command: Command) => {
      await contextOf(command).api.sites.remove(name);
      say(`Site ${name} is forgotten.`);
    });
}
