import type { Cloud } from '../cloud.ts';
import { accepted, ok, type Answer, type Call } from '../http/call.ts';
import {
  flagOf,
  numberOf,
  objectOf,
  requiredObject,
  requiredText,
  textMapOf,
  textOf,
  type JsonObject,
} from '../http/fields.ts';
import { badRequest, notFound } from '../http/refusal.ts';
import { uploadToImage } from './volume-upload.ts';
import { completeAttachment, detach, reserveVolume } from './volume-attach.ts';
import { deleteVolume } from './volume-delete.ts';
import { invalidVolume, needAdmin, volumeOf } from './volume-policy.ts';
import { reserveGrowth } from './volume-quota.ts';
import { typeNamed } from './type-lookup.ts';
import type { Volume } from './volume-state.ts';

type Action = (cloud: Cloud, call: Call, volume: Volume, body: JsonObject) => Answer;

const extend: Action = (cloud, call, volume, body) => {
  const size = numberOf(body, 'new_size') ?? 0;
  const attached = call.minor >= 42 && volume.status === 'in-use';
  if (size <= volume.size)
    throw badRequest(
      `Invalid input received: New size for extend must be greater than current size. (current: ${volume.size}, extended: ${size}).`,
    );
  if (volume.status !== 'available' && !attached)
    throw invalidVolume(
      `Volume ${volume.id} status must be '{'status': 'available'}' to extend, currently ${volume.status}.`,
    );
  reserveGrowth(cloud, volume.projectId, size - volume.size);
  const before = volume.status;
  volume.status = 'extending';
  cloud.jobs.later(async () => {
    await cloud.disks.get('volume', volume.id)?.resize(size * cloud.settings.gibBytes);
    Object.assign(volume, { size, status: before, updated: Date.now() });
  });
  return accepted();
};

const retype: Action = (cloud, call, volume, body) => {
  const type = typeNamed(cloud, call.who, requiredText(body, 'new_type'));
  if (volume.status !== 'available' && volume.status !== 'in-use')
    throw invalidVolume(`Volume ${volume.id} status must be available or in-use to retype.`);
  if (type.id === volume.typeId)
    throw badRequest(`Invalid input received: New volume_type same as original: ${type.id}.`);
  const before = volume.status;
  volume.status = 'retyping';
  cloud.jobs.later(() => {
    Object.assign(volume, { typeId: type.id, status: before, updated: Date.now() });
  });
  return accepted();
};

const setImageMetadata: Action = (_cloud, _call, volume, body) => {
  volume.imageMetadata = { ...volume.imageMetadata, ...textMapOf(body, 'metadata') };
  return ok({ metadata: volume.imageMetadata });
};

const unsetImageMetadata: Action = (_cloud, _call, volume, body) => {
  const key = requiredText(body, 'key');
  if (volume.imageMetadata?.[key] === undefined)
    throw notFound(`Glance metadata for volume/snapshot ${volume.id} cannot be found.`);
  delete volume.imageMetadata[key];
  if (Object.keys(volume.imageMetadata).length === 0) volume.imageMetadata = undefined;
  return ok('');
};

const resetStatus: Action = (_cloud, call, volume, body) => {
  needAdmin(call, 'volume_extension:volume_admin_actions:reset_status');
  volume.status = textOf(body, 'status') ?? volume.status;
  if (textOf(body, 'attach_status') === 'detached') volume.attachments = [];
  return accepted();
};

const attach: Action = (_cloud, _call, volume, body) => {
  const held = volume.attachments.find((one) => one.status === 'reserved');
  const attachment =
    held ??
    reserveVolume(
      volume,
      textOf(body, 'instance_uuid') ?? null,
      textOf(body, 'mountpoint') ?? '/dev/vdb',
      textOf(body, 'mode'),
    );
  completeAttachment(volume, attachment);
  return accepted();
};

function detaching(volume: Volume): Answer {
  if (volume.status !== 'in-use')
    throw invalidVolume(
      "Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach.",
    );
  volume.status = 'detaching';
  return accepted();
}

const detachAction: Action = (_cloud, _call, volume, body) => {
  const id = textOf(body, 'attachment_id');
  const found = volume.attachments.find((one) => id === undefined || one.id === id);
  if (found !== undefined) detach(volume, found.id);
  return accepted();
};

const actions: Readonly<Record<string, Action>> = {
  'os-extend': extend,
  'os-retype': retype,
  'os-set_image_metadata': setImageMetadata,
  'os-unset_image_metadata': unsetImageMetadata,
  'os-show_image_metadata': (_cloud, _call, volume) => ok({ metadata: volume.imageMetadata ?? {} }),
  'os-set_bootable': (_cloud, _call, volume, body) => {
    volume.bootable = flagOf(body, 'bootable') ?? false;
    return { status: 200 };
  },
  'os-update_readonly_flag': (_cloud, _call, volume, body) => {
    volume.metadata['readonly'] = flagOf(body, 'readonly') === true ? 'True' : 'False';
    return accepted();
  },
  'os-volume_upload_image': uploadToImage,
  'os-reset_status': resetStatus,
  'os-force_delete': (cloud, call, volume) => {
    needAdmin(call, 'volume_extension:volume_admin_actions:force_delete');
    deleteVolume(cloud, volume, { force: true });
    return accepted();
  },
  'os-force_detach': (cloud, call, volume, body) => {
    needAdmin(call, 'volume_extension:volume_admin_actions:force_detach');
    return detachAction(cloud, call, volume, body);
  },
  'os-reserve': (_cloud, _call, volume) => {
    if (volume.status !== 'available')
      throw invalidVolume(`Volume status must be available to reserve, but the status is ${volume.status}.`);
    volume.status = 'attaching';
    return accepted();
  },
  'os-unreserve': (_cloud, _call, volume) => {
    if (volume.status === 'attaching') volume.status = volume.attachments.length > 0 ? 'in-use' : 'available';
    return accepted();
  },
  'os-attach': attach,
  'os-detach': detachAction,
  'os-begin_detaching': (_cloud, _call, volume) => detaching(volume),
  'os-roll_detaching': (_cloud, _call, volume) => {
    if (volume.status === 'detaching') volume.status = 'in-use';
    return accepted();
  },
};

/** POST /volumes/{id}/action. */
export function volumeAction(cloud: Cloud, call: Call): Answer {
  const volume = volumeOf(cloud, call.who, call.params['id']);
  const [name] = Object.keys(call.body);
  const action = name === undefined ? undefined : actions[name];
  if (name === undefined || action === undefined)
    throw badRequest(
      `There is no such action: ${name}. Verify the request body and Content-Type header and try again.`,
    );
  return action(
    cloud,
    call,
    volume,
    call.body[name] === null || typeof call.body[name] === 'string'
      ? objectOf({}, name)
      : requiredObject(call.body, name),
  );
}
