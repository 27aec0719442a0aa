# shellcheck shell=sh disable=SC2154 # the worker's file sets what is read here
# Starts a program of the image that lies in the current directory, as process 1 of its world. The
# worker describes the program by a file that is read before and sets:
#   user, workdir, search_path, has_home
#   with_arguments COMMAND…       runs COMMAND… followed by the program's argument vector
#   with_environment COMMAND…     runs run_with NAME=VALUE… COMMAND…
# The script that reads this file says what becomes of a mistake:
#   problem CODE MESSAGE          never returns

# Sets uid, gid, groups and home from user.
resolve_user() {
  found=$(list_users | USER_SPEC=$user awk -f /lib/firebuild/users.awk)
  case $found in
    '! '*) problem 125 "${found#! }" ;;
  esac
  read -r uid gid groups home <<X
$found
X
}

# shellcheck disable=SC2016 # for the shell inside
list_users() {
  in_image sh -c '
    [ ! -f /etc/passwd ] || sed "s/^/P:/" /etc/passwd
    echo
    [ ! -f /etc/group ] || sed "s/^/G:/" /etc/group'
}

# Makes workdir if it is missing and sets directory to it, below the current one, without links.
resolve_workdir() {
  in_image mkdir -p "$workdir" 2>/dev/null
  directory=$(in_image realpath "$workdir" && echo .) ||
    problem 126 "the working directory $workdir cannot be made"
  directory=.${directory%??}
  [ -d "$directory" ] || problem 126 "the working directory $workdir is not a directory"
}

# Sets program to the path of $1 inside the image: busybox would run an applet of its own instead of
# a bare name.
# shellcheck disable=SC2016 # for the shell inside
find_program() {
  case $1 in
    */*) program=$1 ;;
    *)
      program=$(in_image sh -c '
        IFS=:
        for directory in $1; do
          if [ -f "$directory/$2" ] && [ -x "$directory/$2" ]; then
            printf "%s" "$directory/$2."
            exit 0
          fi
        done
        exit 1' sh "$search_path" "$1") ||
        problem 127 "exec: \"$1\": executable file not found in \$PATH"
      program=${program%.}
      ;;
  esac
}

# Never returns. The options are those of setpriv.
start_program() {
  privileges=$*
  resolve_user
  resolve_workdir
  # What Docker does too: a plain user may open /dev/stdout and /dev/stderr.
  [ "$uid" = 0 ] || chown "$uid" /proc/self/fd/1 /proc/self/fd/2
  with_arguments launch
}

launch() {
  find_program "$1"
  shift
  set -- /bin/busybox nsenter -r. "-w$directory" -S "$uid" -- "$program" "$@"
  [ -n "$has_home" ] || set -- "HOME=$home" "$@"
  with_environment "$@"
}

# The environment is set after everything that is not the image's has been linked and loaded.
run_with() {
  # shellcheck disable=SC2086 # several options
  exec /usr/bin/setpriv --regid "$gid" --groups "$groups" --inh-caps=-all $privileges -- \
    /bin/busybox env -i "$@"
}
