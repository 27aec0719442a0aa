# shellcheck shell=sh
# Debian packages: what firebuild and its tests need, and how missing ones are installed.
# Sourced by the launchers and by scripts/install-packages; defines functions only.

# Building and running images: the VMM, the guest's programs, the user network, the base image.
run_packages() {
  printf '%s ' qemu-system-x86 qemu-utils busybox-static dropbear-bin util-linux coreutils \
    cpio lz4 xz-utils zstd e2fsprogs iproute2 slirp4netns nftables uidmap mmdebstrap openssh-client
}

# What the tests call on top of these.
test_packages() {
  run_packages
  printf '%s ' kcat git python3 unzip attr libcap2-bin shellcheck jq bzip2 tmux postgresql-client \
    curl procps sudo containernetworking-plugins iptables
  # The languages of the example clients, which many have from elsewhere.
  python3 -c 'import ensurepip, venv' 2>/dev/null || printf '%s ' python3-venv
  { command -v node && command -v npm; } >/dev/null || printf '%s ' nodejs npm
  command -v go >/dev/null || printf '%s ' golang-go
}

# missing_packages NAME...: prints those that are not installed.
missing_packages() {
  installed=" $(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
    sed -n 's/^installed //p' | tr '\n' ' ')"
  for package in "$@"; do
    case $installed in
      *" $package "*) ;;
      *) printf '%s\n' "$package" ;;
    esac
  done
}

# root_command: prints what to put before a command to run it as root; fails where that is impossible.
root_command() {
  if [ "$(id -u)" = 0 ]; then
    return 0
  elif ! command -v sudo >/dev/null; then
    return 1
  elif sudo -n true 2>/dev/null || [ -t 2 ]; then
    # A password, if one is needed, is asked for on the terminal.
    echo sudo
  else
    return 1
  fi
}

# update_lists ROOT_COMMAND: apt-get update. Waits where another apt has the lists, as on a machine
# that has just started: apt's own lock time-out is for installing only. A source that fails is no
# reason to stop: what is installed afterwards decides.
update_lists() {
  update_until=$(($(date +%s) + 300))
  while ! update_output=$($1 env LC_ALL=C.UTF-8 apt-get -q update </dev/null 2>&1); do
    case $update_output in
      *'Could not get lock /var/lib/apt/lists'*) ;;
      *) break ;;
    esac
    [ "$(date +%s)" -lt "$update_until" ] || break
    sleep 1
  done
  printf '%s\n' "$update_output"
}

# apt_failure LOG: the first of apt's errors and, where the lists could not be fetched, why.
apt_failure() {
  sed -n 's/^E: //p' "$1" | head -n 1
  sed -n 's/^[WE]: \(Failed to fetch\)/apt-get update before it: \1/p' "$1" | head -n 1
}

# install_packages LOG NAME...: installs the missing ones of NAME..., says so on stderr, and keeps
# apt's output in LOG. Fails with one message.
install_packages() {
  packages_log=$1
  shift
  to_install=$(missing_packages "$@" | tr '\n' ' ')
  to_install=${to_install% }
  [ -n "$to_install" ] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "firebuild: missing: $to_install. This system has no apt-get; install them with its package manager" >&2
    return 1
  fi
  # sudo asks, and refuses, before its words go into the log.
  if ! as_root=$(root_command) || ! $as_root true; then
    # shellcheck disable=SC2086
    say_missing $to_install
    return 1
  fi
  echo "firebuild: installing $to_install" >&2
  packages_started=$(date +%s)
  # shellcheck disable=SC2086 # the lists are words
  if { update_lists "$as_root"
    $as_root env LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive apt-get -q -y \
      -o DPkg::Lock::Timeout=300 install --no-install-recommends $to_install
  } </dev/null >"$packages_log" 2>&1; then
    echo "firebuild: installed them in $(($(date +%s) - packages_started)) s" >&2
    return 0
  fi
  {
    echo "firebuild: apt-get could not install them:"
    apt_failure "$packages_log" | sed 's/^/  /'
    echo "Check the network and the sources in /etc/apt, then try again (log: $packages_log)"
  } >&2
  return 1
}

# say_missing NAME...: what root must do, for those who may not or do not want to do it from here.
say_missing() {
  echo "firebuild: packages are missing; as root: apt-get update && apt-get install --no-install-recommends $*" >&2
  remedy=$(tun_remedy)
  [ -z "$remedy" ] || echo "and, for the network of VMs: $remedy" >&2
}

# tun_remedy: prints what root must do to give this user's VMs a network; nothing where they have it.
tun_remedy() {
  if ! [ -e /dev/net/tun ]; then
    echo 'mkdir -p /dev/net && mknod -m 0666 /dev/net/tun c 10 200'
  elif ! [ -r /dev/net/tun ] || ! [ -w /dev/net/tun ]; then
    echo 'chmod 0666 /dev/net/tun'
  fi
}

# open_tun [--no-install]: makes the device usable and says so, or says what root must do and fails.
open_tun() {
  remedy=$(tun_remedy)
  [ -n "$remedy" ] || return 0
  if [ "${1-}" != --no-install ] && as_root=$(root_command) && $as_root sh -c "$remedy"; then
    echo "firebuild: opened /dev/net/tun to all users, as distributions have it by default" >&2
    return 0
  fi
  echo "firebuild: $(id -un) may not use /dev/net/tun, which VMs need for their network; as root: $remedy" >&2
  return 1
}
