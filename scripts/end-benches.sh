#!/bin/sh
# Ends what benches that were killed have left: their processes, which carry BENCH_PID in their
# environment, and their folders.
#
#   scripts/end-benches.sh FOLDER
#
#   FOLDER    where benches make their folders, each fbbPID-SOMETHING
set -eu

folder=$1

# is_bench PID: whether that process is a bench that runs.
is_bench() {
  tr '\0' '\n' 2>/dev/null <"/proc/$1/cmdline" | grep -qx 'dev\.firebuild\.systemtest\.bench\.Bench'
}

# end_processes PID: what that bench has started, and what that has started.
end_processes() {
  for process in /proc/[0-9]*; do
    if tr '\0' '\n' 2>/dev/null <"$process/environ" | grep -qx "BENCH_PID=$1"; then
      kill -KILL "${process#/proc/}" 2>/dev/null || true
    fi
  done
}

for left in "$folder"/fbb[0-9]*-*; do
  [ -d "$left" ] || continue
  pid=${left##*/fbb}
  pid=${pid%%-*}
  case $pid in *[!0-9]*) continue ;; esac
  if ! is_bench "$pid" 2>/dev/null; then
    end_processes "$pid" 2>/dev/null
    # What is mounted there stays, rm says so, and the others are looked at all the same.
    rm -rf --one-file-system -- "$left" || true
  fi
done
