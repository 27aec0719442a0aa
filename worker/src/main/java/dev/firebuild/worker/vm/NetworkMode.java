package dev.firebuild.worker.vm;

/** What a guest reaches. */
public enum NetworkMode {
  /** The outside world through slirp4netns, filtered; published ports lead in. */
  USER,
  /** Nothing. The worker's own SSH session still reaches the guest. */
  NONE
}
