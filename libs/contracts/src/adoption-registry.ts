import { RestoreCapture } from './capture/restore-capture.v1.ts';
import { CaptureRestored } from './capture/capture-restored.v1.ts';
import { AdoptDisks } from './data/adopt-disks.v1.ts';
import { CheckDiskReplicas } from './data/check-disk-replicas.v1.ts';
import { DisksAdopted } from './data/disks-adopted.v1.ts';
import { DisksDisowned } from './data/disks-disowned.v1.ts';
import { DisownDisks } from './data/disown-disks.v1.ts';
import { AdoptImages } from './image/adopt-images.v1.ts';
import { CheckImageReplicas } from './image/check-image-replicas.v1.ts';
import { DisownImages } from './image/disown-images.v1.ts';
import { ImagesAdopted } from './image/images-adopted.v1.ts';
import { ImagesDisowned } from './image/images-disowned.v1.ts';
import { GroupRestored } from './protection/group-restored.v1.ts';
import { PreviewAdoption } from './protection/preview-adoption.v1.ts';
import { RequestAdoption } from './protection/request-adoption.v1.ts';
import { RestoreGroup } from './protection/restore-group.v1.ts';
import { BundleVerified } from './recovery/bundle-verified.v1.ts';
import { FindBundles } from './recovery/find-bundles.v1.ts';
import { ReadBundleEntities } from './recovery/read-bundle-entities.v1.ts';
import { ReadBundleHome } from './recovery/read-bundle-home.v1.ts';
import { ReadBundlePoint } from './recovery/read-bundle-point.v1.ts';
import { VerifyBundle } from './recovery/verify-bundle.v1.ts';
import { StartAdopt } from './saga/start-adopt.v1.ts';

/** By which a home is rebuilt from its bundle. */
export const adoptionMessages = [
  RestoreCapture,
  CaptureRestored,
  AdoptDisks,
  DisksAdopted,
  DisksDisowned,
  DisownDisks,
  AdoptImages,
  DisownImages,
  ImagesAdopted,
  ImagesDisowned,
  GroupRestored,
  RestoreGroup,
  BundleVerified,
  VerifyBundle,
  StartAdopt,
] as const;

export const adoptionRequests = [
  CheckDiskReplicas,
  CheckImageReplicas,
  PreviewAdoption,
  RequestAdoption,
  FindBundles,
  ReadBundleEntities,
  ReadBundleHome,
  ReadBundlePoint,
] as const;
