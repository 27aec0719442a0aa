# shellcheck shell=sh
# Finds a JDK 25 and Maven, and builds the distribution when it is older than its sources.
# Sourced by the launchers after packages.sh; expects $root, the checkout.

: "${root:?}"

# ensure_utf8: file names and arguments are bytes to the kernel and text to Java, which drops what the
# locale cannot say. In a locale of ASCII, or one that is named but not installed here, that is most.
ensure_utf8() {
  if [ "$(locale charmap 2>/dev/null)" != UTF-8 ]; then
    LC_ALL=C.UTF-8
    export LC_ALL
  fi
}

# is_jdk25 HOME: whether HOME is a JDK (with a compiler) of feature release 25. Starts no process.
is_jdk25() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r line; do
    case $line in
      'JAVA_VERSION="25"' | 'JAVA_VERSION="25.'*) return 0 ;;
    esac
  done <"$1/release"
  return 1
}

# search_jdk25: sets jdk to the first JDK 25 in JAVA_HOME, PATH and the usual folders.
search_jdk25() {
  for jdk in "${JAVA_HOME-}" "${JAVA_HOME_25_X64-}" "${JDK_HOME-}"; do
    if [ -n "$jdk" ] && is_jdk25 "$jdk"; then return 0; fi
  done
  if jdk=$(command -v javac); then
    jdk=$(readlink -f "$jdk")
    jdk=${jdk%/bin/javac}
    if is_jdk25 "$jdk"; then return 0; fi
  fi
  for jdk in /usr/lib/jvm/* /usr/java/* /opt/* /opt/*/* /usr/local/* \
    "${HOME-/nonexistent}"/.sdkman/candidates/java/* "${HOME-/nonexistent}"/.jdks/*; do
    if is_jdk25 "$jdk"; then return 0; fi
  done
  jdk=
  return 1
}

# has_candidate NAME: whether apt knows a package NAME.
has_candidate() {
  apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [0-9]'
}

# find_jdk25 [--no-install]: sets jdk, installing the distribution's package where it has one;
# else says what to install and exits 2.
find_jdk25() {
  if search_jdk25; then return 0; fi
  package=openjdk-25-jdk-headless
  if [ "${1-}" != --no-install ] && command -v apt-get >/dev/null; then
    if ! has_candidate "$package" && as_root=$(root_command); then
      # A new machine may have no package lists yet.
      echo "firebuild: no JDK 25 here; looking whether the distribution has one" >&2
      update_lists "$as_root" >/dev/null
    fi
    if has_candidate "$package"; then
      jdk_log=$(mktemp "${TMPDIR:-/tmp}/firebuild-apt.XXXXXX")
      if install_packages "$jdk_log" "$package" && search_jdk25; then
        rm -f "$jdk_log"
        return 0
      fi
    fi
  fi
  cat >&2 <<MESSAGE
firebuild: needs a JDK 25 and found none in JAVA_HOME (${JAVA_HOME:-not set}), on the PATH, or in
/usr/lib/jvm, /usr/java, /opt, /usr/local, ~/.sdkman and ~/.jdks.
Install one, for example Eclipse Temurin 25 (https://adoptium.net/temurin/releases/?version=25) or,
where the distribution has it, the package $package; or set JAVA_HOME to the folder of one.
MESSAGE
  exit 2
}

# find_maven [--no-install [PACKAGE...]]: sets maven, installing Debian's where there is none; else
# says why and exits 2. PACKAGE... are needed soon: they are installed, or named, with Maven.
find_maven() {
  if maven=$(command -v mvn); then return 0; fi
  may_install=${1-}
  [ $# -eq 0 ] || shift
  if [ "$may_install" = --no-install ]; then
    # shellcheck disable=SC2046 # words
    say_missing $(missing_packages maven "$@")
    exit 2
  fi
  maven_log=$(mktemp "${TMPDIR:-/tmp}/firebuild-apt.XXXXXX")
  install_packages "$maven_log" maven "$@" || exit 2
  if ! maven=$(command -v mvn); then
    echo "firebuild: the package maven is installed, but there is no mvn on the PATH ($PATH)" >&2
    exit 2
  fi
  rm -f "$maven_log"
}

# run_maven ARGUMENT...: Maven on the JDK 25 that was found, in batch mode, in the checkout.
run_maven() {
  (
    cd "$root" || exit 1
    JAVA_HOME=$jdk
    # Maven 3's own libraries use what JDK 25 warns about.
    MAVEN_OPTS="${MAVEN_OPTS-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
    export JAVA_HOME MAVEN_OPTS
    exec "$maven" -B -ntp "$@" </dev/null
  )
}

# distribution_is_current: whether no source is newer than the distribution. Folders count, so a
# deleted file is seen too.
distribution_is_current() {
  [ -e "$dist/.built" ] || return 1
  [ -z "$(find "$root/pom.xml" "$root"/*/pom.xml "$root"/*/src/main -newer "$dist/.built" -print -quit)" ]
}

# ensure_distribution [--no-install [PACKAGE...]]: sets dist, and builds it where it is missing or old;
# the arguments are find_maven's. Two calls at the same time build once.
ensure_distribution() {
  dist=$root/cli/target/dist
  if distribution_is_current; then return 0; fi
  if ! mkdir -p "$root/cli/target" 2>/dev/null || ! [ -w "$root/cli/target" ]; then
    owner=$(stat -c %U "$root")
    echo "firebuild: its distribution is missing or older than its sources, and $(id -un) may not write to $root.
Run $root/firebuild --help as $owner once, or copy the checkout to a folder of your own." >&2
    exit 2
  fi
  find_maven "$@"
  exec 9>"$root/cli/target/dist.lock"
  flock 9
  if ! distribution_is_current; then
    build_distribution
  fi
  exec 9>&-
}

# build_distribution: assembles beside the old one and swaps, so that a running node keeps its jars.
build_distribution() {
  build_log=$root/cli/target/dist.log
  build_started=$(date +%s)
  echo "firebuild: building itself (log: $build_log)" >&2
  # What changes while this runs must make the next call build again.
  touch "$root/cli/target/dist.started"
  if ! run_maven -q -pl cli -am package -Pdist,fast -Dmaven.test.skip=true -Dspotless.check.skip=true \
    >"$build_log" 2>&1; then
    grep -m 12 -E '^\[ERROR\]|^\[WARNING\] .*\.java:' "$build_log" >&2 || tail -n 12 "$build_log" >&2
    echo "firebuild: the build failed; the whole log: $build_log" >&2
    exit 1
  fi
  rm -rf "$dist.old"
  if [ -e "$dist" ]; then mv "$dist" "$dist.old"; fi
  mv "$dist.new" "$dist"
  touch -r "$root/cli/target/dist.started" "$dist/.built"
  renew_picocli
  make_aot_cache
  echo "firebuild: built in $(($(date +%s) - build_started)) s" >&2
}

# renew_picocli: picocli's classes are of Java 5, which the AOT cache leaves out; compiled again from
# their own sources they go in. Without this all works, only slower.
renew_picocli() {
  picocli=$root/cli/target/picocli
  rm -rf "$picocli"
  mkdir -p "$picocli/sources" "$picocli/classes"
  {
    (cd "$picocli/sources" && "$jdk/bin/jar" --extract --file "$dist"/sources/picocli-*-sources.jar) &&
      "$jdk/bin/javac" -nowarn --release 25 -d "$picocli/classes" "$picocli"/sources/picocli/[AC]*.java &&
      (cd "$picocli/classes" && "$jdk/bin/jar" --update --file "$dist"/lib/picocli-*.jar picocli)
  } >>"$build_log" 2>&1 || echo "picocli could not be compiled again" >>"$build_log"
}

# make_aot_cache: classes of the command, loaded and linked ahead of time. Without it all works,
# only slower, so a failure here is a line in the log.
make_aot_cache() {
  "$jdk/bin/java" -XX:AOTCacheOutput="$dist/lib/cli.aot" \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dfirebuild.home="$root" \
    -cp "$dist/lib/cli.jar" dev.firebuild.cli.Main --help >>"$build_log" 2>&1 </dev/null ||
    echo "the AOT cache could not be made" >>"$build_log"
}

# ensure_module NAME: compiles what of a module is run by hand, after ensure_distribution.
ensure_module() {
  stamp=$root/$1/target/.compiled
  if [ -e "$stamp" ] && [ -e "$root/$1/target/classpath" ] &&
    [ -z "$(find "$dist/.built" "$root/$1/pom.xml" "$root"/*/src/main -newer "$stamp" -print -quit)" ]; then
    return 0
  fi
  find_maven
  build_log=$root/target/$1.log
  mkdir -p "$root/target"
  if ! run_maven -q -pl "$1" -am compile dependency:build-classpath -Dmdep.outputFile=target/classpath \
    -Dmdep.includeScope=runtime -Pfast -Dspotless.check.skip=true >"$build_log" 2>&1; then
    grep -m 12 -E '^\[ERROR\]|^\[WARNING\] .*\.java:' "$build_log" >&2 || tail -n 12 "$build_log" >&2
    exit 1
  fi
  touch "$stamp"
}

# module_classpath NAME: prints what a module runs with, after ensure_module.
module_classpath() {
  printf '%s/%s/target/classes:' "$root" "$1"
  cat "$root/$1/target/classpath"
}
