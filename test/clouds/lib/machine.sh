# May this machine run the clouds, and the Debian packages they are made of.
# Sourced by up.
PACKAGES="
  mariadb-server rabbitmq-server memcached
  keystone glance-api placement-api
  nova-api nova-conductor nova-scheduler nova-compute nova-compute-kvm
  neutron-server neutron-linuxbridge-agent neutron-dhcp-agent neutron-l3-agent neutron-metadata-agent
  cinder-api cinder-scheduler cinder-volume cinder-backup
  ceph-mon ceph-mgr ceph-osd ceph-common rbd-mirror python3-rbd python3-rados
  qemu-system-x86 qemu-utils qemu-block-extra tgt
  libvirt-daemon-system libvirt-daemon-system-sysv libvirt-clients python3-libvirt
  python3-openstackclient python3-pymysql uwsgi-plugin-python3
  dnsmasq-base iptables ebtables ipset conntrack bridge-utils iproute2 iputils-ping iputils-arping
  genisoimage busybox-static cpio kmod extlinux syslinux-common fdisk e2fsprogs xz-utils
  curl procps psmisc util-linux jq socat sudo"
HEAT_PACKAGES="heat-api heat-engine python3-heatclient"

# Memory and disk are asked for only by clouds that do not run yet.
check_machine() {
    local c n=0 have
    [ "$(id -u)" = 0 ] || cannot "this needs root"
    (. /etc/os-release 2>/dev/null; [ "$ID" = debian ] && [ "$VERSION_CODENAME" = bookworm ]) ||
        cannot "this needs Debian 12 (bookworm): the services are its packages"
    [ "$(uname -m)" = x86_64 ] || cannot "the guests are x86_64"
    unshare -m -n true 2>/dev/null || cannot "the kernel grants no mount and network namespaces"
    losetup -f >/dev/null 2>&1 || cannot "no loop device: the guest's disk cannot be made"
    mkdir -p "$STATE"/{run,log,done} 2>/dev/null || cannot "$STATE cannot be written"
    for c in $CLOUDS; do running "$c-keystone" || n=$((n + 1)); done
    [ $n = 0 ] && return 0
    have=$(awk '/^MemAvailable:/{print int($2 / 1048576)}' /proc/meminfo)
    [ "$have" -ge $((n * 5)) ] || cannot "$n cloud(s) need $((n * 5)) GiB of memory, $have are available"
    have=$(df -Pk "$STATE" | awk 'NR==2{print int($4 / 1048576)}')
    [ "$have" -ge $((n * 8)) ] || cannot "$n cloud(s) need $((n * 8)) GiB of disk in $STATE, $have are free"
}

# A port that somebody else listens on would answer in the service's name.
check_ports() {
    local c p
    for c in $CLOUDS; do
        [ -z "$(daemons "$c")" ] || continue
        for p in $API_PORTS; do
            ! port_open "$(cloud_ip "$c")" "$p" || cannot "$(cloud_ip "$c"):$p is in use by another program"
        done
    done
    return 0
}

missing_packages() {
    local p
    for p in $PACKAGES $([ "$WITH_HEAT" = 1 ] && echo $HEAT_PACKAGES); do
        case $(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null) in installed) ;; *) echo "$p" ;; esac
    done
}

install_packages() {
    local missing; missing=$(missing_packages)
    if [ -n "$missing" ]; then
        log "installing $(echo "$missing" | wc -l) packages and what they need"
        apt_ update >"$STATE/log/apt.log" 2>&1 || cannot "apt's package lists cannot be fetched (log/apt.log)"
        # No package may start its daemon: up starts them itself, twice.
        if [ ! -e /usr/sbin/policy-rc.d ]; then
            printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d
        fi
        apt_ install -y --no-install-recommends -o Dpkg::Options::=--force-unsafe-io $missing >>"$STATE/log/apt.log" 2>&1 ||
            if grep -qE '^E: (Failed to fetch|Unable to fetch|Unable to locate)' "$STATE/log/apt.log"; then
                cannot "apt cannot fetch the packages (log/apt.log)"
            else
                tail -5 "$STATE/log/apt.log" >&2; die "packages (log/apt.log)"
            fi
    fi
    patch_cinder_context
}
# apt is the one program here that may need a proxy: give it the caller's.
apt_() { env $PROXIES apt-get -q -o Dpkg::Use-Pty=0 -o APT::Update::Error-Mode=any "$@"; }

# Debian 12's oslo.messaging (14.0.3-0+deb12u1) strips everything but a few keys
# from the request context before it notifies, and builds the context anew.
# Cinder 21's RequestContext.from_dict() then gets read_deleted=None and raises:
# every notification of Cinder, so every create, ends in HTTP 500.  Later
# Cinder versions default to 'no', as done here.
patch_cinder_context() {
    sed -i "s/read_deleted=values.get('read_deleted'),/read_deleted=values.get('read_deleted', 'no'),/" \
        /usr/lib/python3/dist-packages/cinder/context.py
}
