import type { Cloud } from '../cloud.ts';
import { accepted, ok, type Answer, type Call } from '../http/call.ts';
import { asObject, numberOf, requiredText, textOf, type JsonObject } from '../http/fields.ts';
import { badRequest, conflict, notFound } from '../http/refusal.ts';
import { needAdmin, needState, needUnlocked, serverOf } from './compute-policy.ts';
import type { Server } from './compute-state.ts';
import { createImage } from './create-image.ts';
import { deleteServer } from './server-delete.ts';
import { confirmResize, resize, revertResize } from './resize.ts';
import { rescue, shelve, unshelve } from './shelve-and-rescue.ts';

type Action = (cloud: Cloud, call: Call, server: Server, body: JsonObject) => Answer;

interface Change {
  readonly task: string;
  readonly from: readonly string[];
  readonly to: { readonly status: string; readonly vmState: string; readonly powerState: number };
  /** What happens to the guest. */
  readonly guest: 'boot' | 'halt';
}

const active = { status: 'ACTIVE', vmState: 'active', powerState: 1 };

/** Actions that change the power state, a moment after the answer. */
const changes: Readonly<Record<string, Change>> = {
  'os-start': { task: 'powering-on', from: ['stopped'], to: active, guest: 'boot' },
  'os-stop': {
    task: 'powering-off',
    from: ['active', 'error'],
    to: { status: 'SHUTOFF', vmState: 'stopped', powerState: 4 },
    guest: 'halt',
  },
  reboot: { task: 'rebooting', from: ['active', 'stopped', 'paused', 'suspended', 'error'], to: active, guest: 'boot' },
  pause: {
    task: 'pausing',
    from: ['active'],
    to: { status: 'PAUSED', vmState: 'paused', powerState: 3 },
    guest: 'halt',
  },
  unpause: { task: 'unpausing', from: ['paused'], to: active, guest: 'boot' },
  suspend: {
    task: 'suspending',
    from: ['active'],
    to: { status: 'SUSPENDED', vmState: 'suspended', powerState: 4 },
    guest: 'halt',
  },
  resume: { task: 'resuming', from: ['suspended'], to: active, guest: 'boot' },
  unrescue: { task: 'unrescuing', from: ['rescued'], to: active, guest: 'boot' },
};

function change(cloud: Cloud, call: Call, server: Server, name: string, how: Change): Answer {
  needUnlocked(server, call.who);
  needState(server, name.replace('os-', ''), how.from);
  server.taskState = how.task;
  if (name === 'reboot') server.status = 'REBOOT';
  cloud.guests.halt(server);
  cloud.jobs.later(async () => {
    if (server.taskState !== how.task) return;
    Object.assign(server, how.to, { taskState: null, updated: Date.now() });
    if (how.guest === 'boot') await cloud.guests.boot(server);
  });
  return accepted();
}

function changeGroups(cloud: Cloud, server: Server, body: JsonObject, add: boolean): Answer {
  const name = requiredText(body, 'name');
  const group = cloud.network.groups.find(
    (one) => one.projectId === server.projectId && (one.id === name || one.name === name),
  );
  if (group === undefined) throw notFound(`Security group ${name} not found for project ${server.projectId}.`);
  for (const nic of server.nics) {
    const port = cloud.network.ports.get(nic.portId);
    if (port === undefined) continue;
    const without = port.securityGroups.filter((id) => id !== group.id);
    port.securityGroups = add ? [...without, group.id] : without;
  }
  return accepted();
}

function imageAnswer(call: Call, id: string): Answer {
  return call.minor >= 45
    ? accepted({ image_id: id })
    : accepted(undefined, { location: `${call.origin}/image/images/${id}` });
}

function consoleOutput(server: Server, body: JsonObject): Answer {
  if (server.vmState === 'building') throw conflict(`Instance ${server.id} is not ready`);
  const length = numberOf(body, 'length');
  const lines = length === undefined || length < 0 ? server.console : length === 0 ? [] : server.console.slice(-length);
  return ok({ output: lines.map((line) => `${line}\n`).join('') });
}

function lock(call: Call, server: Server, body: JsonObject): Answer {
  Object.assign(server, {
    locked: true,
    lockedReason: call.minor >= 73 ? (textOf(body, 'locked_reason') ?? null) : null,
  });
  return accepted();
}

const actions: Readonly<Record<string, Action>> = {
  createImage: (cloud, call, server, body) => imageAnswer(call, createImage(cloud, call, server, body).id),
  'os-getConsoleOutput': (_cloud, _call, server, body) => consoleOutput(server, body),
  lock: (_cloud, call, server, body) => lock(call, server, body),
  unlock: (_cloud, _call, server) => {
    Object.assign(server, { locked: false, lockedReason: null });
    return accepted();
  },
  addSecurityGroup: (cloud, _call, server, body) => changeGroups(cloud, server, body, true),
  removeSecurityGroup: (cloud, _call, server, body) => changeGroups(cloud, server, body, false),
  shelve: (cloud, call, server) => shelve(cloud, call, server),
  unshelve: (cloud, call, server) => unshelve(cloud, call, server),
  rescue: (cloud, call, server) => rescue(cloud, call, server),
  resize: (cloud, call, server, body) => resize(cloud, call, server, body),
  confirmResize: (_cloud, call, server) => confirmResize(call, server),
  revertResize: (cloud, call, server) => revertResize(cloud, call, server),
  forceDelete: (cloud, _call, server) => {
    deleteServer(cloud, server);
    return accepted();
  },
  'os-resetState': (_cloud, call, server, body) => {
    needAdmin(call, 'os-admin-actions:reset_state');
    const error = requiredText(body, 'state') === 'error';
    Object.assign(
      server,
      error ? { status: 'ERROR', vmState: 'error', taskState: null } : { ...active, taskState: null },
    );
    return accepted();
  },
};

/** POST /servers/{id}/action. */
export function serverAction(cloud: Cloud, call: Call): Answer {
  const server = serverOf(cloud, call);
  const [name] = Object.keys(call.body);
  if (name === undefined) throw badRequest('Malformed request body');
  const body = asObject(call.body[name]);
  const how = changes[name];
  const action = actions[name];
  if (how === undefined && action === undefined) throw badRequest(`There is no such action: ${name}`);
  const answer = how === undefined ? action?.(cloud, call, server, body) : change(cloud, call, server, name, how);
  server.actions.unshift({ action: name, requestId: call.requestId, userId: call.who.userId, at: Date.now() });
  return answer ?? accepted();
}
