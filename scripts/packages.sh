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
    curl sudo
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

# install_packages LOG NAME...: installs the missing ones of NAME..., says so on stderr, and keeps
# apt's output in LOG. Fails with one message.
install_packages() {
  packages_log=$1
  shift
  missing=$(missing_packages "$@" | tr '\n' ' ')
  missing=${missing% }
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "firebuild: missing: $missing. This system has no apt-get; install them with its package manager" >&2
    return 1
  fi
  if ! as_root=$(root_command); then
    echo "firebuild: missing packages; run as root: apt-get install $missing" >&2
    return 1
  fi
  echo "firebuild: installing $missing" >&2
  # An update that fails for one foreign source is no reason to stop; the install decides.
  # shellcheck disable=SC2086 # the lists are words
  if { $as_root apt-get -q update || true
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
      -o DPkg::Lock::Timeout=300 install --no-install-recommends $missing
  } </dev/null >"$packages_log" 2>&1; then
    return 0
  fi
  echo "firebuild: apt-get could not install $missing: $(grep '^E:' "$packages_log" | tail -n 1) (log: $packages_log)" >&2
  return 1
}
