# shellcheck shell=sh disable=SC2034 # the variables are for the scripts that read this file
# What the scripts in the initramfs share.

IMAGE=/image          # the merged tree of the layers and the upper disk
UPPER=/upper          # the upper disk; its tree is below .up
CONFIG=/run/config    # the config drive's files
STATE=/run/firebuild  # what init and the scripts tell each other
DEVICES=/run/devices  # control groups that say which devices may be used
STEP_DEVICES=$DEVICES/step

# Writes a line of the protocol that the worker reads on the serial line.
say() {
  read -r uptime _ </proc/uptime
  echo "firebuild[$uptime] $*" >/dev/console
}

# Runs an applet of busybox with the image in the current directory as its root, so that no link in
# the image leads out of it. The image needs to hold nothing but a mounted /proc.
in_image() {
  chroot . /proc/self/fd/9/busybox "$@" 9</bin
}

# The last line of defence: the worker learns why, and the VM ends.
fault() {
  say "fault $*"
  sync
  poweroff -f
}

# Debian's busybox runs its own applet for a bare name; /usr/bin has the programs of coreutils and
# util-linux that can do more, and they are called by their path.
