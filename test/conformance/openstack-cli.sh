#!/usr/bin/env bash
# Walks the stock `openstack` command line through the life of every kind of thing Lifeboat touches.
#
#   openstack-cli.sh                  against a simulator it starts itself
#   OS_CLOUD=x OS_ADMIN_CLOUD=y ...   against any cloud of clouds.yaml (a member's and an administrator's entry)
#
# Says SKIPPED and exits 0 where the command line (python3-openstackclient) is not installed.
set -uo pipefail
cd "$(dirname "$0")/../.."

if ! command -v openstack >/dev/null; then
  echo 'SKIPPED: the openstack command line is not installed (Debian: python3-openstackclient)'
  exit 0
fi

work=$(mktemp -d)
simulator=
cleanup() {
  [ -n "$simulator" ] && kill "$simulator" 2>/dev/null && wait "$simulator" 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT

if [ -z "${OS_CLOUD:-}" ]; then
  node=node_modules/.bin/node
  [ -x "$node" ] || node=node
  "$node" dist/programs/cloud-simulator.js --name simulated --delay-ms 20 --gib-bytes 16777216 --clouds-yaml >"$work/clouds.yaml" 2>"$work/simulator.log" &
  simulator=$!
  for _ in $(seq 100); do [ -s "$work/clouds.yaml" ] && break; sleep 0.1; done
  export OS_CLIENT_CONFIG_FILE="$work/clouds.yaml" OS_CLOUD=simulated OS_ADMIN_CLOUD=simulated-admin
fi

passed=0
failed=0
mark="cli-$$"

# Runs a command as the member (or `as_admin`); keeps its output in $out.
check() {
  if out=$(openstack "$@" 2>"$work/stderr"); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: openstack $*"
    sed 's/^/    /' "$work/stderr"
  fi
}
as_admin() { OS_CLOUD="$OS_ADMIN_CLOUD" check "$@"; }

# A command that must be refused, with these words.
refused() {
  local words=$1
  shift
  if out=$(openstack "$@" 2>&1); then
    failed=$((failed + 1))
    echo "NOT REFUSED: openstack $*"
  elif ! grep -qi -- "$words" <<<"$out"; then
    failed=$((failed + 1))
    echo "REFUSED IN OTHER WORDS: openstack $*"
    sed 's/^/    /' <<<"$out"
  else
    passed=$((passed + 1))
  fi
}

# What the last command said must be this.
says() {
  if [ "$out" = "$1" ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "EXPECTED '$1', GOT '$out'"
  fi
}

# Waits until a column of a thing has a value: until_is <value> <column> <show command...>
until_is() {
  local value=$1 column=$2
  shift 2
  for _ in $(seq "${CLI_WAIT:-60}"); do
    out=$(openstack "$@" -f value -c "$column" 2>/dev/null)
    [ "$out" = "$value" ] && passed=$((passed + 1)) && return
    case $out in *[Ee][Rr][Rr][Oo][Rr]*) break ;; esac
    sleep 1
  done
  failed=$((failed + 1))
  echo "NEVER $value: openstack $* (last: $out)"
}
until_gone() {
  for _ in $(seq "${CLI_WAIT:-60}"); do
    openstack "$@" >/dev/null 2>&1 || { passed=$((passed + 1)) && return; }
    sleep 1
  done
  failed=$((failed + 1))
  echo "NEVER GONE: openstack $*"
}

section() { echo "-- $* (${SECONDS}s)"; }

section identity
check token issue
check catalog list
as_admin project create "$mark"
as_admin project show "$mark" -f value -c name
says "$mark"
as_admin project list
as_admin user create --password secret-word "$mark-user"
as_admin role add --project "$mark" --user "$mark-user" member
as_admin role assignment list --user "$mark-user" --names
as_admin role remove --project "$mark" --user "$mark-user" member
as_admin user delete "$mark-user"
as_admin project delete "$mark"
as_admin domain list
as_admin endpoint list
check application credential create "$mark" -f value -c secret
check application credential list
check application credential delete "$mark"
refused 'not authorized' user list

section images
head -c 3000000 /dev/urandom >"$work/image.raw"
check image create "$mark" --file "$work/image.raw" --disk-format raw --container-format bare --property os_distro=debian --tag red -f value -c name
check image show "$mark" -f value -c status
says active
check image save "$mark" --file "$work/back.raw"
if cmp -s "$work/image.raw" "$work/back.raw"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo 'THE IMAGE CAME BACK CHANGED'; fi
check image set "$mark" --property role=web --protected
check image list --property role=web -f value -c Name
says "$mark"
refused 'protected' image delete "$mark"
check image set "$mark" --unprotected
refused 'publicize' image set "$mark" --public

section flavors and keypairs
check flavor list
check flavor show tiny
as_admin flavor create "$mark" --ram 64 --vcpus 1 --disk 1 --property hw_rng:allowed=true
as_admin flavor show "$mark" -f value -c ram
says 64
as_admin flavor delete "$mark"
ssh_key="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1dD0f1b5cY1mIaGm4p8rG0gBaVMo0mVbh0oYf7Zt0y lifeboat"
echo "$ssh_key" >"$work/key.pub"
check keypair create --public-key "$work/key.pub" "$mark"
check keypair list
check keypair show "$mark"

section networks
check network create "$mark"
check network set "$mark" --description front
check network set "$mark" --tag blue
check network list --tags blue -f value -c Name
says "$mark"
check subnet create "$mark" --network "$mark" --subnet-range 10.77.0.0/24 --dns-nameserver 10.77.0.2 --allocation-pool start=10.77.0.10,end=10.77.0.200
check subnet show "$mark" -f value -c gateway_ip
says 10.77.0.1
check router create "$mark"
check router set "$mark" --external-gateway public
check router add subnet "$mark" "$mark"
check router set "$mark" --route destination=192.168.9.0/24,gateway=10.77.0.254
check router show "$mark"
refused 'ports still attached' router delete "$mark"
refused 'in use' network delete "$mark"
check security group create "$mark"
check security group rule create "$mark" --protocol tcp --dst-port 80 --remote-ip 0.0.0.0/0
refused 'already exists' security group rule create "$mark" --protocol tcp --dst-port 80 --remote-ip 0.0.0.0/0
check security group rule create "$mark" --protocol icmp --remote-group "$mark"
check security group rule list "$mark"
check security group list
check security group show "$mark"
check port create "$mark" --network "$mark" --fixed-ip subnet="$mark",ip-address=10.77.0.50 --allowed-address ip-address=10.77.0.99 --security-group "$mark"
refused 'already allocated' port create "$mark-2" --network "$mark" --fixed-ip ip-address=10.77.0.50
check port show "$mark"
check port list --network "$mark"
check floating ip create public --description "$mark"
check floating ip list -f value -c 'Floating IP Address'
floating=$(head -1 <<<"$out")
check floating ip set --port "$mark" "$floating"
check floating ip show "$floating" -f value -c fixed_ip_address
says 10.77.0.50

section volumes
check volume type list
check volume create "$mark" --size 1 --property role=data
until_is available status volume show "$mark"
check volume list
check volume snapshot create "$mark" --volume "$mark"
until_is available status volume snapshot show "$mark"
refused 'snapshots' volume delete "$mark"
check volume snapshot list
check volume create "$mark-copy" --snapshot "$mark" --size 1
until_is available status volume show "$mark-copy"
check volume backup create "$mark" --name "$mark"
until_is available status volume backup show "$mark"
check volume backup create "$mark" --name "$mark-more" --incremental
until_is available status volume backup show "$mark-more"
refused 'Incremental backups exist' volume backup delete "$mark"
check volume backup list
# Client 6.0 restores and then fails to print what it did; the state of the volume tells.
openstack volume backup restore --force "$mark-more" "$mark-copy" >/dev/null 2>&1
until_is available status volume show "$mark-copy"
refused 'Policy' volume backup record export "$mark"
as_admin volume backup record export "$(openstack volume backup show "$mark" -f value -c id)"
check volume set "$mark" --size 2
until_is 2 size volume show "$mark"
check image create "$mark-upload" --volume "$mark-copy" --disk-format raw --container-format bare
until_is available status volume show "$mark-copy"
check volume create "$mark-boot" --size 1 --image "$mark" --bootable
until_is available status volume show "$mark-boot"

section servers
check server group create "$mark" --policy soft-anti-affinity
check server create "$mark" --flavor tiny --image "$mark" --port "$mark" --key-name "$mark" --property tier=web --hint group="$(openstack server group show "$mark" -f value -c id)"
until_is ACTIVE status server show "$mark"
check server create "$mark-2" --flavor tiny --volume "$mark-boot" --network "$mark" --security-group "$mark"
until_is ACTIVE status server show "$mark-2"
check server list
check server group show "$mark"
check server add volume "$mark" "$mark"
until_is in-use status volume show "$mark"
check server show "$mark"
check console log show "$mark"
check server image create "$mark" --name "$mark-snapshot"
until_is active status image show "$mark-snapshot"
check server stop "$mark"
until_is SHUTOFF status server show "$mark"
check server start "$mark"
until_is ACTIVE status server show "$mark"
check server set "$mark" --property color=blue
check server remove volume "$mark" "$mark"
until_is available status volume show "$mark"
as_admin server list --all-projects
as_admin compute service list
as_admin volume service list
as_admin network agent list

section quotas and limits
check limits show --absolute
as_admin quota set --volumes 60 "$(openstack token issue -f value -c project_id)"
check quota show

section removal
check server delete "$mark" "$mark-2"
until_gone server show "$mark"
until_gone server show "$mark-2"
check server group delete "$mark"
check keypair delete "$mark"
check volume backup delete "$mark-more"
until_gone volume backup show "$mark-more"
check volume backup delete "$mark"
until_gone volume backup show "$mark"
check volume delete "$mark-copy" "$mark-boot"
until_gone volume show "$mark-copy"
check volume snapshot delete "$mark"
until_gone volume snapshot show "$mark"
check volume delete "$mark"
until_gone volume show "$mark"
until_gone volume show "$mark-boot"
check image delete "$mark-snapshot" "$mark-upload" "$mark"
check floating ip delete "$floating"
check port delete "$mark"
check router unset "$mark" --route destination=192.168.9.0/24,gateway=10.77.0.254
check router remove subnet "$mark" "$mark"
check router delete "$mark"
check network delete "$mark"
check security group delete "$mark"

echo "$passed passed, $failed failed, ${SECONDS} s"
[ "$failed" -eq 0 ]
