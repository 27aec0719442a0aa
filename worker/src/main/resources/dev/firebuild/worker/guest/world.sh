# shellcheck shell=sh
# What the worlds of a run and of a build step have in common.

# Mounts the file $2 at /etc/$1 of the image in the current directory. Where the image has no such
# file an empty one is made, and its path is written to the file $3.
bind_etc() {
  target=$(in_image readlink -f "/etc/$1") || target=/etc/$1
  if [ ! -e ".$target" ]; then
    make_stub "$target" "$3"
  fi
  mount --bind "$2" ".$target"
}

make_stub() {
  parent=${1%/*}
  if [ -n "$parent" ] && [ ! -d ".$parent" ]; then
    in_image mkdir -p "$parent"
    stub_parent=$parent
  fi
  : >".$1"
  echo "$1" >>"$2"
  [ -z "$stub_parent" ] || echo "$stub_parent" >>"$2"
  stub_parent=''
}
